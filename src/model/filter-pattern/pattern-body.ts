/** What each kind of filter pattern can do. */
import type { LiteralGroups } from '../regular-expression/literals.ts'

export interface PatternBody {
  readonly matches: (line: string) => boolean
  /** The values of the line that the pattern names, by their names. */
  readonly extracted: (line: string) => ReadonlyMap<string, string>
  /** Reads, from lines that match, the value that a metric filter refers to; throws `InvalidFilterPattern` for what is no reference. */
  readonly extractor: (reference: string) => (line: string) => string | undefined
  /** Of each, a matching line contains one at least. */
  readonly literals: LiteralGroups
}
