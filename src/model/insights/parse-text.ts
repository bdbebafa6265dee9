/** Takes texts apart for `parse`: by a regular expression's groups, or by a pattern in which stars stand for fields. */
import type { TextPattern } from './syntax.ts'

/** By group or star; undefined if the text is not as the pattern says. */
export const parseText = (text: string, pattern: TextPattern): readonly (string | undefined)[] | undefined =>
  typeof pattern === 'string' ? byStars(text, pattern.split('*')) : pattern.exec(text)?.groups

/** A star at the end takes the rest; others take as little as they can. */
const byStars = (text: string, [first = '', ...others]: readonly string[]): readonly string[] | undefined => {
  const values: string[] = []
  let at = text.indexOf(first)
  if (at === -1) return undefined
  at += first.length
  for (const [index, piece] of others.entries()) {
    const end = piece === '' && index === others.length - 1 ? text.length : text.indexOf(piece, at)
    if (end === -1) return undefined
    values.push(text.slice(at, end))
    at = end + piece.length
  }
  return values
}
