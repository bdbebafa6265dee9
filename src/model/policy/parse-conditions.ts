/** `Condition` in a policy document. */
import { acceptsValue, type NamedOperator, operatorNamed } from './conditions.ts'
import type { PolicyCondition } from './document.ts'
import type { JsonNode } from './json-tree.ts'
import { LEGACY_PARSING, MalformedPolicy, NO_VENDOR, type Sentences } from './malformed-policy.ts'
import { itemsOf } from './parse-values.ts'

export const parseConditions = (node: JsonNode | undefined, sentences: Sentences): readonly PolicyCondition[] =>
  [...membersOf(node, sentences)].flatMap(([operator, keys]) => {
    const named = operatorNamed(operator)
    if (named === undefined) throw new MalformedPolicy(sentences.syntax)
    return [...membersOf(keys, sentences)].map(([key, values]) => ({
      operator,
      key: checkedKey(key),
      values: itemsOf(values).map((value) => checkedValue(named, textOf(value, sentences))),
    }))
  })

const membersOf = (node: JsonNode | undefined, { syntax }: Sentences): ReadonlyMap<string, JsonNode> => {
  if (node === undefined) return new Map()
  if (node.type !== 'object') throw new MalformedPolicy(syntax)
  return node.members
}

const checkedKey = (key: string): string => {
  if (!/^[^:]+:./.test(key)) throw new MalformedPolicy(NO_VENDOR)
  return key
}

/** AWS: numbers and booleans may stand without quotes. */
const textOf = (node: JsonNode, { syntax }: Sentences): string => {
  if (node.type !== 'scalar' || node.value === null) throw new MalformedPolicy(syntax)
  return String(node.value)
}

const checkedValue = (named: NamedOperator, value: string): string => {
  if (!acceptsValue(named, value)) throw new MalformedPolicy(LEGACY_PARSING)
  return value
}
