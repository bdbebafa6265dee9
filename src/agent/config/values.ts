/**
 * How the values of agent settings are written: Go durations, JSON lists and maps, booleans in the usual short forms, ranges. Each
 * reader turns the text into a value or throws a `ValueError` that says what was expected.
 */
import { isIP, isIPv4 } from 'node:net'
import { TO_OTHERS } from '../../kit/network/return-paths.ts'

/** What the setting wants, as the end of the sentence "must be ...". */
export class ValueError extends Error {
  override readonly name = 'ValueError'
}

/** Reads a setting's text. `warn` takes what the operator should know although the value can be used. */
export type Reader<T> = (text: string, warn: (message: string) => void) => T

export const text: Reader<string> = (value) => value

export const ipAddress: Reader<string> = (value) => {
  if (isIP(value) === 0) throw new ValueError('an IP address')
  return value
}

const TRUE = new Set(['true', 't', '1'])
const FALSE = new Set(['false', 'f', '0'])

export const flag: Reader<boolean> = (value) => {
  const lower = value.toLowerCase()
  if (TRUE.has(lower)) return true
  if (FALSE.has(lower)) return false
  throw new ValueError('true or false')
}

export const oneOf =
  <const T extends string>(choices: readonly T[]): Reader<T> =>
  (value) => {
    const choice = choices.find((known) => known === value.toLowerCase())
    if (choice === undefined) throw new ValueError(`one of ${choices.join(', ')}`)
    return choice
  }

export const integer =
  (lowest: number, highest: number): Reader<number> =>
  (value) => {
    const number = Number(value)
    if (!/^-?\d+$/.test(value) || number < lowest || number > highest) {
      throw new ValueError(`a whole number from ${lowest} to ${highest}`)
    }
    return number
  }

/** Like `integer`, but what is too small becomes the lowest, as in the ECS agent. */
export const integerOfAtLeast =
  (lowest: number): Reader<number> =>
  (value, warn) => {
    if (!/^-?\d+$/.test(value)) throw new ValueError('a whole number')
    if (Number(value) >= lowest) return Number(value)
    warn(`is less than ${lowest}, which is used instead`)
    return lowest
  }

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}

/** Milliseconds of a Go duration such as `1h30m` or `1.5s`, undefined if it is none. https://pkg.go.dev/time#ParseDuration */
export const goDurationMs = (value: string): number | undefined => {
  if (value === '0') return 0
  if (!/^\+?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/.test(value)) return undefined
  let total = 0
  for (const [, amount, unit] of value.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g)) {
    total += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0)
  }
  return total
}

export interface DurationLimits {
  /** Smaller values become this one. */
  readonly minimumMs?: number
  readonly maximumMs?: number
  /** What stands in for a value outside the limits, where that is not the limit itself. */
  readonly replacementMs?: number
}

/** A Go duration in milliseconds. As in the ECS agent, a value outside the limits is replaced, with a warning. */
export const duration =
  ({ minimumMs = 0, maximumMs = Infinity, replacementMs }: DurationLimits = {}): Reader<number> =>
  (value, warn) => {
    const milliseconds = goDurationMs(value)
    if (milliseconds === undefined) throw new ValueError('a duration such as 30s, 10m or 1h30m')
    if (milliseconds >= minimumMs && milliseconds <= maximumMs) return milliseconds
    const used = replacementMs ?? (milliseconds < minimumMs ? minimumMs : maximumMs)
    warn(`is outside what is allowed; ${used / 1000}s is used instead`)
    return used
  }

const json = (value: string, expected: string): unknown => {
  try {
    return JSON.parse(value)
  } catch {
    throw new ValueError(expected)
  }
}

const PORT_LIST = 'a JSON list of ports, e.g. [22,2375]'

export const portList: Reader<readonly number[]> = (value) => {
  const list = json(value, PORT_LIST)
  const isPort = (item: unknown): item is number =>
    Number.isInteger(item) && Number(item) >= 1 && Number(item) <= 65_535
  if (!Array.isArray(list) || !list.every(isPort)) throw new ValueError(PORT_LIST)
  return Object.freeze(list)
}

export interface PortRange {
  readonly first: number
  readonly last: number
}

export const portRange: Reader<PortRange> = (value) => {
  const [, first, last] = /^(\d{1,5})-(\d{1,5})$/.exec(value.trim()) ?? []
  const range = { first: Number(first), last: Number(last) }
  if (!(range.first >= 1 && range.first <= range.last && range.last <= 65_535)) {
    throw new ValueError('a range of ports, e.g. 40000-50000')
  }
  return Object.freeze(range)
}

const stringList =
  (expected: string): Reader<readonly string[]> =>
  (value) => {
    const list = json(value, expected)
    if (!Array.isArray(list) || !list.every((item) => typeof item === 'string')) throw new ValueError(expected)
    return Object.freeze(list)
  }

export const listOf =
  <const T extends string>(choices: readonly T[]): Reader<readonly T[]> =>
  (value, warn) =>
    stringList(`a JSON list of ${choices.join(', ')}`)(value, warn).map((item) => {
      const choice = choices.find((known) => known === item)
      if (choice === undefined) throw new ValueError(`a JSON list of ${choices.join(', ')}`)
      return choice
    })

export const commaList: Reader<readonly string[]> = (value) =>
  Object.freeze(
    value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  )

export const balancerList: Reader<readonly string[]> = (value, warn) => {
  const addresses = commaList(value, warn)
  if (addresses.length > TO_OTHERS || !addresses.every((address) => isIPv4(address)))
    throw new ValueError(`IPv4 addresses with commas between, ${TO_OTHERS} at most`)
  return addresses
}

const STRING_MAP = 'a JSON object of strings, e.g. {"name":"value"}'

export const stringMap: Reader<Readonly<Record<string, string>>> = (value) => {
  const map = json(value, STRING_MAP)
  if (!isObject(map) || !Object.values(map).every((item) => typeof item === 'string')) throw new ValueError(STRING_MAP)
  return Object.freeze(map as Record<string, string>)
}

export const jsonObject: Reader<Readonly<Record<string, unknown>>> = (value) => {
  const map = json(value, 'a JSON object')
  if (!isObject(map)) throw new ValueError('a JSON object')
  return Object.freeze(map)
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export interface RequestRate {
  readonly perSecond: number
  readonly burst: number
}

/** `<requests a second>,<burst>`. As in the ECS agent, what is no such pair is replaced. */
export const requestRate =
  (fallback: RequestRate): Reader<RequestRate> =>
  (value, warn) => {
    const [, perSecond, burst] = /^(\d{1,6}),(\d{1,6})$/.exec(value.replaceAll(' ', '')) ?? []
    const rate = { perSecond: Number(perSecond), burst: Number(burst) }
    if (rate.perSecond >= 1 && rate.burst >= 1) return Object.freeze(rate)
    warn(`is no <requests a second>,<burst>; ${fallback.perSecond},${fallback.burst} is used instead`)
    return fallback
  }
