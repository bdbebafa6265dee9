/** Sets of characters, as code points: what one character of a regular expression may be. */

/** First and last code point of each range, in order and apart from each other: `[a, b, c, d]` is a to b and c to d. */
export type CharacterSet = readonly number[]

const LAST_CODE_POINT = 0x10ffff

export const DIGITS: CharacterSet = [0x30, 0x39]
export const WORD: CharacterSet = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a]
export const SPACE: CharacterSet = [0x09, 0x0d, 0x20, 0x20]
export const ANY: CharacterSet = [0, LAST_CODE_POINT]
export const ANY_BUT_LINE_BREAK: CharacterSet = [0, 0x09, 0x0b, LAST_CODE_POINT]

/** The set of any ranges, which may overlap. */
export const characterSet = (ranges: readonly (readonly [first: number, last: number])[]): CharacterSet => {
  const set: number[] = []
  for (const [first, last] of ranges.toSorted(([one], [other]) => one - other)) {
    const end = set.at(-1)
    if (end === undefined || first > end + 1) set.push(first, last)
    else set[set.length - 1] = Math.max(end, last)
  }
  return set
}

export const rangesOf = (set: CharacterSet): [number, number][] =>
  Array.from({ length: set.length / 2 }, (_, index) => [set[2 * index]!, set[2 * index + 1]!])

export const complement = (set: CharacterSet): CharacterSet => {
  const bounds = [-1, ...set, LAST_CODE_POINT + 1]
  const gaps = Array.from({ length: bounds.length / 2 }, (_, index): [number, number] => [
    bounds[2 * index]! + 1,
    bounds[2 * index + 1]! - 1,
  ])
  return characterSet(gaps.filter(([first, last]) => first <= last))
}

export const includes = (set: CharacterSet, code: number): boolean => {
  for (let index = 0; index < set.length; index += 2) if (code <= set[index + 1]!) return code >= set[index]!
  return false
}

/** Ranges beyond this are not gone through for the other cases of their characters; nobody means them. */
const CASED_RANGE = 1000

/** The set with the other case of each of its letters. */
export const inAnyCase = (set: CharacterSet): CharacterSet => {
  const ranges = rangesOf(set)
  const others = ranges
    .filter(([first, last]) => last - first < CASED_RANGE)
    .flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, index) => first + index))
    .flatMap((code) => otherCases(String.fromCodePoint(code)))
  return characterSet([...ranges, ...others.map((code): [number, number] => [code, code])])
}

const otherCases = (character: string): number[] =>
  [character.toLowerCase(), character.toUpperCase()]
    .filter((other) => other !== character && Array.from(other).length === 1)
    .map((other) => other.codePointAt(0)!)
