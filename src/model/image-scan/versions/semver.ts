/** Order of versions of npm. Source: Semantic Versioning 2.0.0, 11. */
import { compareDigits, compareStrings } from './dpkg.ts'

/** Below 0 if `a` is the earlier one. What follows a `+` does not count. */
export const compareSemver = (a: string, b: string): number => {
  const [left, right] = [partsOf(a), partsOf(b)]
  for (let at = 0; at < Math.max(left.numbers.length, right.numbers.length); at += 1) {
    const difference = compareDigits(left.numbers[at] ?? '', right.numbers[at] ?? '')
    if (difference !== 0) return difference
  }
  return comparePreRelease(left.preRelease, right.preRelease)
}

const partsOf = (text: string) => {
  const [version = ''] = text
    .trim()
    .replace(/^[v=]+/, '')
    .split('+', 1)
  const hyphen = version.indexOf('-')
  const [numbers, preRelease] =
    hyphen === -1 ? [version, undefined] : [version.slice(0, hyphen), version.slice(hyphen + 1)]
  return { numbers: numbers.split('.'), preRelease: preRelease?.split('.') }
}

const comparePreRelease = (a: readonly string[] | undefined, b: readonly string[] | undefined): number => {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const [left, right] = [a[at], b[at]]
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1
    const difference = compareIdentifier(left, right)
    if (difference !== 0) return difference
  }
  return 0
}

const compareIdentifier = (a: string, b: string): number => {
  const [isNumber, isOtherNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)]
  if (isNumber !== isOtherNumber) return isNumber ? -1 : 1
  return isNumber ? compareDigits(a, b) : compareStrings(a, b)
}
