/** Patterns for lines that are JSON: `{ $.level = "ERROR" && ($.latency > 500 || $.user NOT EXISTS) }`. */
import type { LiteralGroups } from '../regular-expression/literals.ts'
import { readComparison } from './comparison.ts'
import { type Condition, readCondition } from './condition.ts'
import { stringInJson, valueInJson } from './json-literals.ts'
import { type JsonSelector, readSelector } from './json-selector.ts'
import { PatternReader } from './pattern-reader.ts'
import type { PatternBody } from './pattern-body.ts'

const CONSTANTS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['NULL', null],
  ['TRUE', true],
  ['FALSE', false],
])
const KEYWORD = /[A-Za-z]+/y

export const readJsonPattern = (reader: PatternReader): PatternBody => {
  reader.expect('{')
  const selectors: JsonSelector[] = []
  const condition = readCondition(reader, () => readTest(reader, selectors))
  reader.expect('}')
  const { holds, literals } = condition
  return {
    matches: (line) => {
      const root = jsonOf(line)
      return root !== undefined && holds(root)
    },
    extracted: (line) => {
      const root = jsonOf(line)
      return new Map(selectors.flatMap((selector) => entryOf(selector, root)))
    },
    extractor: (reference) => valueReader(reference),
    literals,
  }
}

const entryOf = (selector: JsonSelector, root: unknown): [string, string][] => {
  const value = firstText(selector, root)
  return value === undefined ? [] : [[selector.text, value]]
}

const valueReader = (reference: string): ((line: string) => string | undefined) => {
  const reader = new PatternReader(reference)
  const selector = readSelector(reader)
  if (!reader.isAtEnd) throw reader.problem('Unexpected characters behind the property selector.')
  return (line) => firstText(selector, jsonOf(line))
}

const firstText = (selector: JsonSelector, root: unknown): string | undefined =>
  selector
    .select(root)
    .map(textOf)
    .find((text) => text !== undefined)

const readTest = (reader: PatternReader, selectors: JsonSelector[]): Condition<unknown> => {
  reader.skipSpace()
  const selector = readSelector(reader)
  selectors.push(selector)
  reader.skipSpace()
  const start = reader.at
  const keyword = reader.take(KEYWORD)?.toUpperCase()
  if (keyword === 'IS') return readConstant(reader, selector)
  if (keyword === 'NOT') {
    reader.skipSpace()
    if (reader.take(KEYWORD)?.toUpperCase() !== 'EXISTS') throw reader.problem('Expected EXISTS behind NOT.')
    return { holds: (root) => selector.select(root).length === 0, literals: [] }
  }
  reader.at = start
  const { holds, literals } = readComparison(reader)
  return {
    holds: (root) =>
      selector.select(root).some((value) => {
        const text = textOf(value)
        return text !== undefined && holds(text)
      }),
    literals: [...literals.flatMap(valueInJson), ...nameLiterals(selector)],
  }
}

const readConstant = (reader: PatternReader, selector: JsonSelector): Condition<unknown> => {
  reader.skipSpace()
  const start = reader.at
  const name = reader.take(KEYWORD)?.toUpperCase() ?? ''
  if (!CONSTANTS.has(name)) {
    reader.at = start
    throw reader.problem('Expected TRUE, FALSE or NULL behind IS.')
  }
  const constant = CONSTANTS.get(name)
  return { holds: (root) => selector.select(root).includes(constant), literals: nameLiterals(selector) }
}

/** AWS: lists and objects are no values, so that neither = nor != holds for them. */
const textOf = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value
  return typeof value === 'boolean' || Number.isFinite(value) ? String(value) : undefined
}

/** Only lines that are one object or list: text with JSON in it is none. */
const jsonOf = (line: string): unknown => {
  if (!/^\s*[{[]/.test(line)) return undefined
  try {
    return JSON.parse(line) as unknown
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const nameLiterals = ({ names }: JsonSelector): LiteralGroups => names.flatMap((name) => stringInJson([name]))
