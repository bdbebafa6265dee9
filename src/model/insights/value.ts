/** Values of fields and of expressions. Everything is text to a query until an operation asks for a number. */
import { dateOf } from './calendar.ts'

/** Undefined where there is none. */
export type Value = string | number | boolean | Timestamp | Structure | undefined

export class Timestamp {
  readonly ms: number

  constructor(ms: number) {
    this.ms = ms
  }
}

/** A list or a map, as `jsonParse` makes them; null to what takes texts and numbers. */
export class Structure {
  readonly json: object
  /** Characters of the text that it was made of. */
  readonly length: number

  constructor(json: object, length: number) {
    this.json = json
    this.length = length
  }
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const DISPLAYED_DECIMALS = 4

/** NaN where there is none. */
export const numberOf = (value: Value): number => {
  if (typeof value === 'number') return value
  if (typeof value === 'string') return NUMBER.test(value) ? Number(value) : NaN
  if (typeof value === 'boolean') return value ? 1 : 0
  return value instanceof Timestamp ? value.ms : NaN
}

export const textOf = (value: Value): string | undefined => {
  if (typeof value === 'string' || value === undefined || value instanceof Structure)
    return value instanceof Structure ? undefined : value
  if (typeof value === 'boolean') return value ? '1' : '0'
  return value instanceof Timestamp ? timestampText(value.ms) : numberText(value)
}

/** As results show it. */
export const shown = (value: Value): string | undefined =>
  value instanceof Structure ? jsonText(value) : textOf(value)

/** Undefined for what is nested more deeply than can be written. */
export const jsonText = ({ json }: Structure): string | undefined => {
  try {
    return JSON.stringify(json)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

const numberText = (value: number): string | undefined => {
  if (!Number.isFinite(value)) return undefined
  return String(Number.isInteger(value) ? value : Number(value.toFixed(DISPLAYED_DECIMALS)))
}

/** Largest and smallest times that the calendar knows. */
const LAST_MS = 8.64e15

const timestampText = (ms: number): string | undefined =>
  Math.abs(ms) <= LAST_MS ? dateOf(ms).toISOString().replace('T', ' ').replace('Z', '') : undefined

/** A value of a JSON of that length. Numbers stay as they were written, as far as JavaScript can. */
export const valueOfJson = (json: unknown, length: number): Value => {
  if (typeof json === 'object' && json !== null) return new Structure(json, length)
  if (typeof json === 'number') return String(json)
  return typeof json === 'string' || typeof json === 'boolean' ? json : undefined
}

/** What a value takes besides its text, in characters. */
const VALUE_WEIGHT = 8

/** Characters that a value keeps in memory, about. */
export const weightOf = (value: Value): number =>
  VALUE_WEIGHT + (typeof value === 'string' || value instanceof Structure ? value.length : 0)

export const isTrue = (value: Value): boolean =>
  typeof value === 'boolean'
    ? value
    : typeof value === 'string'
      ? value === 'true' || numberOf(value) > 0
      : numberOf(value) > 0

export const areEqual = (one: Value, other: Value): boolean => {
  if (one === undefined || other === undefined || one instanceof Structure || other instanceof Structure) return false
  const [number, otherNumber] = [numberOf(one), numberOf(other)]
  if (!Number.isNaN(number) && !Number.isNaN(otherNumber)) return number === otherNumber
  if (typeof one === 'boolean' || typeof other === 'boolean') return truthOf(one) === truthOf(other)
  return textOf(one) === textOf(other)
}

const truthOf = (value: Value): string | undefined => (typeof value === 'boolean' ? String(value) : textOf(value))

/** Undefined where there is no order. */
export const order = (one: Value, other: Value): number | undefined => {
  const difference = numberOf(one) - numberOf(other)
  if (!Number.isNaN(difference)) return difference
  const [text, otherText] = [textOf(one), textOf(other)]
  if (text === undefined || otherText === undefined) return undefined
  return text < otherText ? -1 : text > otherText ? 1 : 0
}

/** `order` for the command `sort`: what is missing comes first, then texts in natural order, then numbers. */
export const naturalOrder = (one: Value, other: Value): number => {
  const [number, otherNumber] = [numberOf(one), numberOf(other)]
  if (!Number.isNaN(number) && !Number.isNaN(otherNumber)) return number - otherNumber
  if (!Number.isNaN(number)) return 1
  if (!Number.isNaN(otherNumber)) return -1
  return textOrder(textOf(one) ?? '', textOf(other) ?? '')
}

/**
 * Digits that belong together, and letters, are compared as one; digits first by how many they are. Texts are only looked at as far as they
 * are the same: long ones are compared very often.
 */
const textOrder = (one: string, other: string): number => {
  const start = chunkStart(one, other, commonLength(one, other))
  const [chunk, otherChunk] = [chunkAt(one, start), chunkAt(other, start)]
  const areNumbers = kindAt(chunk, 0) === DIGIT && kindAt(otherChunk, 0) === DIGIT
  if (areNumbers && chunk.length !== otherChunk.length) return chunk.length - otherChunk.length
  return chunk < otherChunk ? -1 : chunk > otherChunk ? 1 : 0
}

/** Characters that are compared at once, which is far faster than one by one. */
const STRETCH = 256

const commonLength = (one: string, other: string): number => {
  const most = Math.min(one.length, other.length)
  let length = 0
  while (length + STRETCH < most && one.slice(length, length + STRETCH) === other.slice(length, length + STRETCH))
    length += STRETCH
  while (length < most && one.charCodeAt(length) === other.charCodeAt(length)) length++
  return length
}

/** Where that begins which is not the same, if all before `at` is: there, or with what goes on over it in one of them. */
const chunkStart = (one: string, other: string, at: number): number => {
  const kind = kindAt(one, at - 1)
  if (kindAt(one, at) !== kind && kindAt(other, at) !== kind) return at
  let start = at
  while (start > 0 && kindAt(one, start - 1) === kind) start--
  return start
}

const chunkAt = (text: string, start: number): string => {
  const kind = kindAt(text, start)
  let end = start
  while (end < text.length && kindAt(text, end) === kind) end++
  return text.slice(start, end)
}

const DIGIT = 0
const LETTER = 1
const OTHER = 2

/** Undefined beyond the text. */
const kindAt = (text: string, index: number): number | undefined => {
  const code = text.charCodeAt(index)
  if (Number.isNaN(code)) return undefined
  if (code >= 48 && code <= 57) return DIGIT
  return (code | 32) >= 97 && (code | 32) <= 122 && code < 128 ? LETTER : OTHER
}
