/**
 * Frames of both websockets: the envelope `{"type": ..., "message": {...}}`, the header block that an agent puts before its telemetry,
 * and the body of a rejected upgrade. Decoding never throws: what is not a frame is undefined, and the ends ignore it.
 */
import type { Envelope } from './acs-messages.ts'

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const parseObject = (text: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** The envelope, if the text is one whose `message` is an object. */
export const decodeEnvelope = (text: string): Envelope<string, Record<string, unknown>> | undefined => {
  const value = parseObject(text)
  if (value === undefined || typeof value.type !== 'string' || !isObject(value.message)) return undefined
  return { type: value.type, message: value.message }
}

const END_OF_HEADERS = '\r\n\r\n'

/** An agent's telemetry frame: signed headers, an empty line, the JSON. */
export const frameWithHeaders = (headers: Readonly<Record<string, string>>, json: string): string => {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return lines.join('\r\n') + END_OF_HEADERS + json
}

/** The JSON of a telemetry frame, with or without headers before it. */
export const withoutHeaders = (frame: string): string => {
  if (frame.startsWith('{')) return frame
  const end = frame.indexOf(END_OF_HEADERS)
  return end === -1 ? frame : frame.slice(end + END_OF_HEADERS.length)
}

export interface LinkException {
  readonly exception: string
  readonly message: string
}

/** Body of a rejected upgrade: one member, named as the exception. */
export const encodeRejection = ({ exception, message }: LinkException): string =>
  JSON.stringify({ [exception]: message })

/** Reads the short form and the envelope. */
export const decodeRejection = (body: string): LinkException | undefined => {
  const value = parseObject(body)
  if (value === undefined) return undefined
  if (typeof value.type === 'string') {
    const text = isObject(value.message) ? value.message.message : undefined
    return { exception: value.type, message: typeof text === 'string' ? text : '' }
  }
  const [first, ...others] = Object.entries(value)
  if (first === undefined || others.length > 0 || typeof first[1] !== 'string') return undefined
  return { exception: first[0], message: first[1] }
}
