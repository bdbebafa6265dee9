/** Patterns for lines of any kind: `ERROR -"retry later"`, `?ERROR ?WARN`, `%time(out|d)%`. */
import { anyOf, type LiteralGroups } from '../regular-expression/literals.ts'
import { InvalidFilterPattern } from './invalid-filter-pattern.ts'
import type { PatternBody } from './pattern-body.ts'
import type { PatternReader } from './pattern-reader.ts'

interface Term {
  readonly role: 'required' | 'optional' | 'excluded'
  readonly isIn: (line: string) => boolean
  readonly literals: LiteralGroups
}

/** AWS: terms with other characters stand in quotation marks. */
const WORD = /[\p{L}\p{N}_]+(?=\s|$)/uy
const ROLES: ReadonlyMap<string, Term['role']> = new Map([
  ['?', 'optional'],
  ['-', 'excluded'],
])

export const readTermPattern = (reader: PatternReader): PatternBody => {
  const terms: Term[] = []
  for (reader.skipSpace(); !reader.isAtEnd; reader.skipSpace()) terms.push(readTerm(reader))
  const [required, excluded, optional] = (['required', 'excluded', 'optional'] as const).map((role) =>
    terms.filter((term) => term.role === role),
  ) as [Term[], Term[], Term[]]
  // AWS: next to terms of another kind, optional ones are ignored.
  const isOptional = optional.length > 0 && optional.length === terms.length
  return {
    matches: isOptional
      ? (line) => optional.some(({ isIn }) => isIn(line))
      : (line) => required.every(({ isIn }) => isIn(line)) && !excluded.some(({ isIn }) => isIn(line)),
    literals: isOptional
      ? anyOf(optional.map(({ literals }) => literals))
      : required.flatMap(({ literals }) => literals),
    extracted: () => new Map(),
    extractor: () => {
      throw new InvalidFilterPattern('A pattern of terms has no fields to take values from.', 0)
    },
  }
}

const readTerm = (reader: PatternReader): Term => {
  const role = ROLES.get(reader.next!)
  if (role !== undefined) {
    reader.at++
    reader.skipSpace()
  }
  return { role: role ?? 'required', ...readContent(reader) }
}

const readContent = (reader: PatternReader): Omit<Term, 'role'> => {
  if (reader.next === '%') {
    const expression = reader.expression()
    return { isIn: (line) => expression.test(line), literals: expression.literals }
  }
  if (reader.next === '"') return literalTerm(reader.quoted())
  const word = reader.take(WORD)
  if (word !== undefined) return literalTerm(word)
  const wrong = /\S*/y
  wrong.lastIndex = reader.at
  throw reader.problem(`Invalid character(s) in term '${wrong.exec(reader.text)?.[0] ?? ''}'.`)
}

const literalTerm = (text: string): Omit<Term, 'role'> =>
  // AWS: quotation marks around nothing match everything.
  text.trim() === '' ? { isIn: () => true, literals: [] } : { isIn: (line) => line.includes(text), literals: [[text]] }
