/** Order of versions of RPM, `[epoch:]version-release`. Source: rpm-version(7). */
import { compareDigits, compareStrings } from './dpkg.ts'

/** Below 0 if `a` is the earlier one. A release is compared if both have one. */
export const compareRpm = (a: string, b: string): number => {
  const [left, right] = [partsOf(a), partsOf(b)]
  const versions = compareDigits(left.epoch, right.epoch) || compareSegments(left.version, right.version)
  if (versions !== 0 || left.release === undefined || right.release === undefined) return versions
  return compareSegments(left.release, right.release)
}

const partsOf = (text: string) => {
  const [, epoch = '0', rest = ''] = /^(?:(\d+):)?(.*)$/s.exec(text.trim()) ?? []
  const hyphen = rest.lastIndexOf('-')
  return hyphen === -1
    ? { epoch, version: rest, release: undefined }
    : { epoch, version: rest.slice(0, hyphen), release: rest.slice(hyphen + 1) }
}

const SEGMENTS = /~|\^|\d+|[A-Za-z]+/g

/** What is neither a digit nor a letter only separates, but for `~`, which comes before everything, and `^`, which comes after the end alone. */
const compareSegments = (a: string, b: string): number => {
  const [left, right] = [a.match(SEGMENTS) ?? [], b.match(SEGMENTS) ?? []]
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const difference = compareSegment(left[at], right[at])
    if (difference !== 0) return difference
  }
  return 0
}

const compareSegment = (a: string | undefined, b: string | undefined): number => {
  if (a === b) return 0
  if (a === '~') return -1
  if (b === '~') return 1
  if (a === undefined) return -1
  if (b === undefined) return 1
  if (a === '^') return -1
  if (b === '^') return 1
  const [isNumber, isOtherNumber] = [/^\d/.test(a), /^\d/.test(b)]
  if (isNumber !== isOtherNumber) return isNumber ? 1 : -1
  return isNumber ? compareDigits(a, b) : compareStrings(a, b)
}
