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

const ISO_8601 =
  /^(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01])(?:[Tt]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(\.\d{1,9})?)?([Zz]|[+-]\d\d:?\d\d)?)?)?)?$/

/**
 * Milliseconds of any of the W3C's forms of ISO 8601, or undefined if the text is none: from the year alone to fractions of seconds.
 * What is left out is the least it can be; without a time zone it is UTC. https://www.w3.org/TR/NOTE-datetime
 */
export const parseIso8601 = (text: string): number | undefined => {
  const match = ISO_8601.exec(text)
  if (match === null) return undefined
  const [, year, month = '1', day = '1', hour = '0', minute = '0', second = '0', fraction = '0', zone = 'Z'] = match
  const milliseconds = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  )
  if (new Date(milliseconds).getUTCDate() !== Number(day)) return undefined
  return milliseconds + Math.floor(Number(fraction) * 1000) - zoneMinutes(zone) * 60_000
}

/** How far a time zone is ahead of UTC. */
const zoneMinutes = (zone: string): number => {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? []
  return sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
}
