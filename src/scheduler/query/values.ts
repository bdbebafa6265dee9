/** Versions and dates as cluster queries write them. */

const VERSION = /^v?\d+(\.\d+)*/

export const isVersion = (text: string): boolean => VERSION.test(text)

/** Part by part, as numbers: 1.9.0 is less than 1.14.5. Negative if `left` is older. Suffixes such as `-rc1` do not count. */
export const compareVersions = (left: string, right: string): number => {
  const [leftParts, rightParts] = [partsOf(left), partsOf(right)]
  for (let index = 0; index < Math.max(leftParts.length, rightParts.length); index++) {
    const difference = (leftParts[index] ?? 0) - (rightParts[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

const partsOf = (version: string): number[] =>
  (VERSION.exec(version)?.[0] ?? '0').replace('v', '').split('.').map(Number)

const DATE = /^\d{4}-\d{2}-\d{2}$/
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})?$/
const SECOND_MS = 1000
const DAY_MS = 86_400_000

/**
 * Compares a time in milliseconds with a written date, as exactly as that is written: to the day, or to the second.
 * Without a zone, UTC. Undefined if the text is no date.
 */
export const dateComparison = (text: string): ((timeMs: number) => number) | undefined => {
  const time = DATE_TIME.exec(text)
  if (time === null && !DATE.test(text)) return undefined
  // oxlint-disable-next-line no-restricted-globals -- reads a written date, not the clock
  const writtenMs = Date.parse(time !== null && time[1] === undefined ? `${text}Z` : text)
  if (Number.isNaN(writtenMs)) return undefined
  const unitMs = time === null ? DAY_MS : SECOND_MS
  return (timeMs) => Math.floor(timeMs / unitMs) - Math.floor(writtenMs / unitMs)
}
