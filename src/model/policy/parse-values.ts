/** The plain values in a policy document. */
import type { JsonNode } from './json-tree.ts'
import { MalformedPolicy, type Sentences } from './malformed-policy.ts'

export const stringOf = (node: JsonNode, { syntax }: Sentences): string => {
  if (node.type !== 'scalar' || typeof node.value !== 'string') throw new MalformedPolicy(syntax)
  return node.value
}

/** A list of strings, or one string instead of it. */
export const stringsOf = (node: JsonNode, sentences: Sentences): readonly string[] =>
  itemsOf(node).map((item) => stringOf(item, sentences))

/** A list, or one item instead of it. */
export const itemsOf = (node: JsonNode): readonly JsonNode[] => (node.type === 'list' ? node.items : [node])
