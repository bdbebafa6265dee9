/** Order of versions of Python packages. Source: PEP 440, "Summary of permitted suffixes and relative ordering" and "Normalization". */
import { compareDigits, compareStrings } from './dpkg.ts'

const VERSION = new RegExp(
  '^v?(?:(\\d+)!)?(\\d+(?:\\.\\d+)*)' +
    '(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\\d*))?' +
    '(?:(?:-(\\d+))|(?:[-_.]?(post|rev|r)[-_.]?(\\d*)))?' +
    '(?:[-_.]?(dev)[-_.]?(\\d*))?' +
    '(?:\\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$',
)

const PHASES: Readonly<Record<string, number>> = { a: 0, alpha: 0, b: 1, beta: 1, c: 2, rc: 2, pre: 2, preview: 2 }
/** A release is after its candidates; a development release of it alone is before them. */
const [BEFORE_ALL, FINAL] = [-1, 3]

/** Below 0 if `a` is the earlier one. */
export const comparePep440 = (a: string, b: string): number => {
  const [left, right] = [partsOf(a), partsOf(b)]
  if (left === undefined || right === undefined)
    return left === right ? compareStrings(a, b) : left === undefined ? -1 : 1
  return (
    compareDigits(left.epoch, right.epoch) ||
    compareReleases(left.release, right.release) ||
    left.phase - right.phase ||
    compareDigits(left.phaseNumber, right.phaseNumber) ||
    compareOptional(left.post, right.post, -1) ||
    compareOptional(left.dev, right.dev, 1) ||
    compareLocal(left.local, right.local)
  )
}

const partsOf = (text: string) => {
  const found = VERSION.exec(text.trim().toLowerCase())
  if (found === null) return undefined
  const [, epoch = '0', release = '', phase, phaseNumber = '', shortPost, post, postNumber = '', dev, devNumber = ''] =
    found
  const postOf = post === undefined ? shortPost : postNumber
  const isBareDev = phase === undefined && postOf === undefined && dev !== undefined
  return {
    epoch,
    release: release.split('.'),
    phase: phase === undefined ? (isBareDev ? BEFORE_ALL : FINAL) : (PHASES[phase] ?? FINAL),
    phaseNumber,
    post: postOf,
    dev: dev === undefined ? undefined : devNumber,
    local: found[10]?.split(/[-_.]/),
  }
}

const compareReleases = (a: readonly string[], b: readonly string[]): number => {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const difference = compareDigits(a[at] ?? '', b[at] ?? '')
    if (difference !== 0) return difference
  }
  return 0
}

/** `absent`: the sign of what has none against what has one. */
const compareOptional = (a: string | undefined, b: string | undefined, absent: number): number => {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? absent : -absent
  return compareDigits(a, b)
}

const compareLocal = (a: readonly string[] | undefined, b: readonly string[] | undefined): number => {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const [left, right] = [a[at], b[at]]
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1
    const [isNumber, isOtherNumber] = [/^\d+$/.test(left), /^\d+$/.test(right)]
    const difference =
      isNumber === isOtherNumber
        ? isNumber
          ? compareDigits(left, right)
          : compareStrings(left, right)
        : isNumber
          ? 1
          : -1
    if (difference !== 0) return difference
  }
  return 0
}
