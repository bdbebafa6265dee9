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

const CHUNK = /\d+|[A-Za-z]+|[^\dA-Za-z]+/g

/** Digits that belong together are compared by their number, and first by how many they are. */
const textOrder = (one: string, other: string): number => {
  const [chunks, otherChunks] = [one.match(CHUNK) ?? [], other.match(CHUNK) ?? []]
  for (let index = 0; index < Math.min(chunks.length, otherChunks.length); index++) {
    const [chunk, otherChunk] = [chunks[index]!, otherChunks[index]!]
    const areNumbers = /^\d/.test(chunk) && /^\d/.test(otherChunk)
    if (areNumbers && chunk.length !== otherChunk.length) return chunk.length - otherChunk.length
    if (chunk !== otherChunk) return chunk < otherChunk ? -1 : 1
  }
  return chunks.length - otherChunks.length
}
