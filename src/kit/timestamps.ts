/** Turning moments into text and back. It never asks what time it is: that is the clock's. */

/** The SDK's form of a moment. */
export const dateOf = (milliseconds: number): Date => new Date(milliseconds)

/** RFC 3339 in UTC, without a fraction where it is zero: `2026-01-02T03:04:05Z`. */
export const isoText = (milliseconds: number): string => new Date(milliseconds).toISOString().replace('.000Z', 'Z')

/** RFC 9110's date, as HTTP headers have it: `Fri, 02 Jan 2026 03:04:05 GMT`. */
export const httpDateText = (milliseconds: number): string => new Date(milliseconds).toUTCString()

/** ISO 8601's basic form in whole seconds, as signatures have it: `20260102T030405Z`. */
export const basicText = (milliseconds: number): string =>
  `${new Date(milliseconds).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`

/** Milliseconds of an RFC 3339 or HTTP date, or undefined if it is neither. */
export const parseTimestamp = (text: string): number | undefined => {
  if (!/^\d{4}-\d\d-\d\d[Tt ]|^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} /.test(text)) return undefined
  const milliseconds = Date.parse(text)
  return Number.isNaN(milliseconds) ? undefined : milliseconds
}

const BASIC = /^(\d{4})(0[1-9]|1[0-2])([0-2]\d|3[01])T([01]\d|2[0-3])([0-5]\d)([0-5]\d)Z$/

/** Milliseconds of ISO 8601's basic form, or undefined if the text is not so written. */
export const parseBasic = (text: string): number | undefined => {
  const [, year, month, day, hour, minute, second] = BASIC.exec(text) ?? []
  return year === undefined
    ? undefined
    : Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
}
