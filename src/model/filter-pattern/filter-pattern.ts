/**
 * Filter patterns of CloudWatch Logs, read once and then asked of line after line. Three languages: terms for any line, `[...]` for
 * fields between spaces, and `{...}` for JSON; regular expressions in each.
 * Source: "Filter pattern syntax for metric filters, subscription filters, filter log events, and Live Tail", CloudWatch Logs User Guide.
 */
import { FILTER_PATTERN_EXPRESSIONS, FILTER_PATTERN_LENGTH } from '../limits.ts'
import { InvalidFilterPattern } from './invalid-filter-pattern.ts'
import { readJsonPattern } from './json-pattern.ts'
import type { PatternBody } from './pattern-body.ts'
import { PatternReader } from './pattern-reader.ts'
import { readSpaceDelimitedPattern } from './space-delimited-pattern.ts'
import { readTermPattern } from './term-pattern.ts'

export interface FilterPattern extends PatternBody {
  readonly text: string
  readonly kind: 'terms' | 'space-delimited' | 'json'
  /** How many regular expressions it has; few filters of a log group may have any. */
  readonly expressions: number
}

/** Throws `InvalidFilterPattern`. The empty pattern matches everything. */
export const parseFilterPattern = (text: string): FilterPattern => {
  if (text.length > FILTER_PATTERN_LENGTH)
    throw new InvalidFilterPattern(
      `A filter pattern has ${FILTER_PATTERN_LENGTH} characters at most.`,
      FILTER_PATTERN_LENGTH,
    )
  const reader = new PatternReader(text)
  reader.skipSpace()
  const kind = reader.next === '{' ? 'json' : reader.next === '[' ? 'space-delimited' : 'terms'
  const body = READERS[kind](reader)
  reader.skipSpace()
  if (!reader.isAtEnd) throw reader.problem('Unexpected characters behind the pattern.')
  if (kind !== 'terms' && reader.expressions > FILTER_PATTERN_EXPRESSIONS)
    throw reader.problem(`A filter pattern has ${FILTER_PATTERN_EXPRESSIONS} regular expressions at most.`)
  const isCheap = kind === 'terms' && reader.expressions === 0
  const matches = isCheap ? body.matches : guarded(body)
  return { ...body, matches, text, kind, expressions: reader.expressions }
}

/** Looks for the literals first, which costs far less than taking the line apart. */
const guarded = ({ matches, literals }: PatternBody): PatternBody['matches'] => {
  if (literals.length === 0) return matches
  const hasLiterals = (line: string) => literals.every((group) => group.some((literal) => line.includes(literal)))
  return (line) => hasLiterals(line) && matches(line)
}

/** Bytes of which a line that matches, as UTF-8, contains one of each group: what has none of a group need not be looked at. */
export const literalsOf = ({ literals }: FilterPattern): readonly (readonly Buffer[])[] =>
  literals
    // Half of a character has no bytes of its own.
    .filter((group) => group.every((literal) => literal !== '' && literal.isWellFormed()))
    .map((group) => group.map((literal) => Buffer.from(literal)))

const READERS = { json: readJsonPattern, 'space-delimited': readSpaceDelimitedPattern, terms: readTermPattern }
