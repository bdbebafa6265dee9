/** Payloads that are JSON texts of objects. */
import { DataChannelError } from './data-channel-error.ts'

export type JsonObject = Readonly<Record<string, unknown>>

export const encodeJson = (value: object): Buffer => Buffer.from(JSON.stringify(value))

/** Throws `DataChannelError` if the bytes are something else than an object. */
export const decodeJson = (payload: Uint8Array): JsonObject => {
  const value = parsed(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8'))
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new DataChannelError('The payload is no JSON object.')
  return value as JsonObject
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new DataChannelError('The payload is no JSON.', { cause: error })
  }
}

export const textIn = (object: JsonObject, name: string): string => {
  const value = object[name]
  if (typeof value !== 'string') throw new DataChannelError(`The payload has no text "${name}".`)
  return value
}

/** A whole number that is not negative. */
export const countIn = (object: JsonObject, name: string): number => {
  const value = object[name]
  if (!Number.isSafeInteger(value) || (value as number) < 0)
    throw new DataChannelError(`The payload has no number "${name}".`)
  return value as number
}

/** Bytes, which are written in Base64. */
export const bytesIn = (object: JsonObject, name: string): Buffer => Buffer.from(textIn(object, name), 'base64')
