/** How texts look in a line of JSON, which has several ways to write most of them. */
import type { LiteralGroups } from '../regular-expression/literals.ts'

/** A string in JSON may have any of its characters escaped, letters by `\u` alone. */
const ESCAPE = '\\u'
/** What JSON may write with a backslash and one character. */
const ESCAPED = /["\\/\b\f\n\r\t]/
/** A number may be written in several ways. */
const MAYBE_NUMBER = /^[0-9eE.+-]*$/

/** What must be in JSON for a value to contain one of these texts. */
export const valueInJson = (group: readonly string[]): LiteralGroups =>
  group.some((text) => MAYBE_NUMBER.test(text)) ? [] : stringInJson(group)

/** Likewise, where the value is known to be a string. */
export const stringInJson = (group: readonly string[]): LiteralGroups => {
  const pieces = group.map((text) => longest(text.split(ESCAPED)))
  return pieces.includes('') ? [] : [[...new Set([...pieces, ESCAPE])]]
}

const longest = (pieces: readonly string[]): string =>
  pieces.reduce((best, piece) => (piece.length > best.length ? piece : best), '')
