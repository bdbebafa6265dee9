/** Conditions joined by `&&` and `||`, of which the first binds more closely, and by parentheses. */
import { anyOf, type LiteralGroups } from '../regular-expression/literals.ts'
import type { PatternReader } from './pattern-reader.ts'

/** Of a line that was taken apart into fields. */
export interface Condition<Fields> {
  readonly holds: (fields: Fields) => boolean
  readonly literals: LiteralGroups
}

/** Parentheses in parentheses. */
const DEEPEST = 50

export const readCondition = <Fields>(
  reader: PatternReader,
  readOne: () => Condition<Fields>,
  depth = 0,
): Condition<Fields> => {
  const alternatives = [readConjunction(reader, readOne, depth)]
  while (reader.takeText('||')) alternatives.push(readConjunction(reader, readOne, depth))
  if (alternatives.length === 1) return alternatives[0]!
  return {
    holds: (fields) => alternatives.some(({ holds }) => holds(fields)),
    literals: anyOf(alternatives.map(({ literals }) => literals)),
  }
}

const readConjunction = <Fields>(
  reader: PatternReader,
  readOne: () => Condition<Fields>,
  depth: number,
): Condition<Fields> => {
  const parts = [readPrimary(reader, readOne, depth)]
  while (reader.takeText('&&')) parts.push(readPrimary(reader, readOne, depth))
  if (parts.length === 1) return parts[0]!
  return {
    holds: (fields) => parts.every(({ holds }) => holds(fields)),
    literals: parts.flatMap(({ literals }) => literals),
  }
}

const readPrimary = <Fields>(
  reader: PatternReader,
  readOne: () => Condition<Fields>,
  depth: number,
): Condition<Fields> => {
  if (!reader.takeText('(')) return readOne()
  if (depth >= DEEPEST) throw reader.problem('The parentheses are nested too deeply.')
  const condition = readCondition(reader, readOne, depth + 1)
  reader.expect(')')
  return condition
}
