/** What a pattern says of the value of a field: `= 4*`, `!= 403`, `> 1e3`, `= %[a-z]+%`. */
import { ANY } from '../policy/glob-codes.ts'
import { codesOf, matcherOf } from '../policy/glob.ts'
import type { LiteralGroups } from '../regular-expression/literals.ts'
import type { PatternReader } from './pattern-reader.ts'

export interface Comparison {
  readonly holds: (value: string) => boolean
  /** Of each, a value for which it holds contains one at least. */
  readonly literals: LiteralGroups
}

interface Value {
  readonly equals: (value: string) => boolean
  readonly number?: number
  readonly literals: LiteralGroups
}

const OPERATOR = /!=|<=|>=|=|<|>/y
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
/** AWS: what has other characters must stand in quotation marks. */
const BARE_VALUE = /[A-Za-z0-9_.*+:/-]+/y
const STAR = 42

export const readComparison = (reader: PatternReader): Comparison => {
  reader.skipSpace()
  const operator = reader.take(OPERATOR)
  if (operator === undefined) throw reader.problem('Expected one of the operators =, !=, <, <=, > and >=.')
  reader.skipSpace()
  const start = reader.at
  const value = readValue(reader)
  if (operator === '=') return { holds: value.equals, literals: value.literals }
  if (operator === '!=') return { holds: (text) => !value.equals(text), literals: [] }
  if (value.number === undefined) {
    reader.at = start
    throw reader.problem(`The operator ${operator} compares with a number.`)
  }
  return { holds: orderOf(operator, value.number), literals: [] }
}

const orderOf = (operator: string, number: number): Comparison['holds'] => {
  if (operator === '<') return (text) => numberOf(text) < number
  if (operator === '<=') return (text) => numberOf(text) <= number
  return operator === '>' ? (text) => numberOf(text) > number : (text) => numberOf(text) >= number
}

const readValue = (reader: PatternReader): Value => {
  if (reader.next === '%') {
    const expression = reader.expression()
    return { equals: (text) => expression.test(text), literals: expression.literals }
  }
  if (reader.next === '"') return textValue(reader.quoted())
  const bare = reader.take(BARE_VALUE)
  if (bare === undefined) throw reader.problem('Expected a value: a number, a text or a regular expression.')
  if (!NUMBER.test(bare)) return textValue(bare)
  const number = Number(bare)
  return { equals: (text) => text === bare || numberOf(text) === number, number, literals: [] }
}

/** Stars stand for any characters. */
const textValue = (text: string): Value => ({
  equals: matcherOf(codesOf(text).map((code) => (code === STAR ? ANY : code))),
  literals: text
    .split('*')
    .filter((piece) => piece !== '')
    .map((piece) => [piece]),
})

/** Compares with nothing if the text is no number. */
const numberOf = (text: string): number => (NUMBER.test(text) ? Number(text) : NaN)
