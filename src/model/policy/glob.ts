/**
 * Patterns with `*` (any characters, also none, colons and slashes among them) and `?` (exactly one). Matching takes time in proportion to
 * pattern and text at most, whatever the pattern, which a regular expression does not promise.
 */
import { ANY, type Glob, ONE } from './glob-codes.ts'
import { matchesLongGlob } from './long-glob.ts'

/** A pattern as policies write it. */
export const globOf = (text: string): Glob =>
  codesOf(text).map((code) => (code === STAR ? ANY : code === QUESTION_MARK ? ONE : code))

/** The text as a pattern of no other. */
export const codesOf = (text: string): number[] => {
  const codes: number[] = []
  for (let index = 0; index < text.length; index++) codes.push(text.charCodeAt(index))
  return codes
}

const [STAR, QUESTION_MARK, COLON] = [42, 63, 58]

export const textOfGlob = (glob: Glob): string => glob.map((code) => String.fromCharCode(code)).join('')

/** The pattern cut at its colons into at most so many parts. */
export const splitGlob = (glob: Glob, parts: number): readonly Glob[] => {
  const split: Glob[] = []
  let start = 0
  while (split.length < parts - 1) {
    const colon = glob.indexOf(COLON, start)
    if (colon === -1) break
    split.push(glob.slice(start, colon))
    start = colon + 1
  }
  return [...split, glob.slice(start)]
}

/** A test for one pattern, as cheap as the pattern allows. */
export const matcherOf = (glob: Glob): ((text: string) => boolean) => {
  if (glob.includes(ONE)) return (text) => matchesGlob(glob, text)
  const [first = '', ...others] = literalsOf(glob)
  const last = others.pop()
  if (last === undefined) return (text) => text === first
  if (others.length === 0 && last === '') return first === '' ? () => true : (text) => text.startsWith(first)
  return (text) => {
    if (!text.startsWith(first) || !text.endsWith(last)) return false
    let at = first.length
    for (const literal of others) {
      const found = text.indexOf(literal, at)
      if (found === -1) return false
      at = found + literal.length
    }
    return at + last.length <= text.length
  }
}

/** What stands between the pattern's `*`, before the first and behind the last; each but those is found as early as it can be. */
const literalsOf = (glob: Glob): string[] => {
  const literals: string[] = []
  let start = 0
  for (let any = glob.indexOf(ANY); any !== -1; any = glob.indexOf(ANY, start)) {
    literals.push(textOfGlob(glob.slice(start, any)))
    start = any + 1
  }
  return [...literals, textOfGlob(glob.slice(start))]
}

/** Pattern times text: from here on it takes too long to try each place. */
const LONG = 100_000

/** On a mismatch, the last `*` takes one character more; earlier ones need never be looked at again. */
export const matchesGlob = (glob: Glob, text: string): boolean => {
  if (glob.length * text.length > LONG) return matchesLongGlob(glob, text)
  let [inGlob, inText, lastAny, takenTo] = [0, 0, -1, 0]
  while (inText < text.length) {
    const code = glob[inGlob]
    if (code === ANY) {
      lastAny = inGlob++
      takenTo = inText
    } else if (code === ONE || code === text.charCodeAt(inText)) {
      inGlob++
      inText++
    } else if (lastAny >= 0) {
      inGlob = lastAny + 1
      inText = ++takenTo
    } else return false
  }
  while (glob[inGlob] === ANY) inGlob++
  return inGlob === glob.length
}
