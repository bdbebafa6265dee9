/**
 * Answers that go on: events in the framing `application/vnd.amazon.eventstream`, each with headers that say what it is and a payload in the
 * protocol's own format. https://smithy.io/2.0/aws/amazon-eventstream.html
 */
import { Buffer } from 'node:buffer'
import { crc32 } from 'node:zlib'
import { Bug } from '../kit/assert.ts'
import { checkOutput } from './check-output.ts'
import type { Member, StructureShape } from './schema.ts'

export const EVENT_STREAM_TYPE = 'application/vnd.amazon.eventstream'

/** A member of an output that is a stream of events, each one of a union's members. */
export interface EventStreamMember {
  readonly name: string
  readonly events: StructureShape
}

/** At most one member of an output is a stream. */
export const eventStreamMember = ({ members }: StructureShape): EventStreamMember | undefined => {
  for (const { name, shape, traits } of members)
    if (traits.streaming !== undefined && shape.kind === 'structure' && shape.union) return { name, events: shape }
  return undefined
}

export interface EventEncoding {
  /** Of payloads. */
  readonly contentType: string
  readonly encode: (shape: StructureShape, value: unknown) => string
  /** Throw a `Bug` for an event that the model does not know. */
  readonly isChecking: boolean
}

/** The messages of a stream: first what the output has besides its events, then each event as it comes. */
export async function* eventMessages(
  output: StructureShape,
  value: Readonly<Record<string, unknown>>,
  { name, events }: EventStreamMember,
  encoding: EventEncoding,
): AsyncGenerator<Buffer, void, void> {
  const { [name]: stream, ...rest } = value
  const content = { ':content-type': encoding.contentType }
  const initial = encoding.encode(output, rest)
  yield encodeMessage({ ':message-type': 'event', ':event-type': 'initial-response', ...content }, initial)
  for await (const event of stream as AsyncIterable<Readonly<Record<string, unknown>>>) {
    const member = memberOf(events, event)
    const { shape } = member
    if (shape.kind !== 'structure') throw new Bug(`events ${member.name} are no structures`)
    if (encoding.isChecking) checkOutput(shape, event[member.name], member.name)
    yield encodeMessage({ ...kindOf(member), ...content }, encoding.encode(shape, event[member.name]))
  }
}

const memberOf = ({ name, members }: StructureShape, event: Readonly<Record<string, unknown>>): Member => {
  const member = members.find((each) => event[each.name] !== undefined)
  if (member === undefined) throw new Bug(`an event is nothing that ${name} knows: ${Object.keys(event).join(', ')}`)
  return member
}

/** An exception is the last event of its stream. */
const kindOf = ({ name, traits }: Member): Readonly<Record<string, string>> =>
  traits.error === undefined
    ? { ':message-type': 'event', ':event-type': name }
    : { ':message-type': 'exception', ':exception-type': name }

/** Lengths of the message and of its headers, and the checksum of both. */
const PRELUDE_BYTES = 12
const CHECKSUM_BYTES = 4
const STRING_HEADER = 7

/** One message; all of its headers are texts. */
export const encodeMessage = (headers: Readonly<Record<string, string>>, payload: string): Buffer => {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => encodeHeader(name, value)))
  const body = Buffer.from(payload)
  const message = Buffer.alloc(PRELUDE_BYTES + head.length + body.length + CHECKSUM_BYTES)
  message.writeUInt32BE(message.length, 0)
  message.writeUInt32BE(head.length, 4)
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8)
  head.copy(message, PRELUDE_BYTES)
  body.copy(message, PRELUDE_BYTES + head.length)
  message.writeUInt32BE(crc32(message.subarray(0, -CHECKSUM_BYTES)), message.length - CHECKSUM_BYTES)
  return message
}

const encodeHeader = (name: string, value: string): Buffer => {
  const [key, text] = [Buffer.from(name), Buffer.from(value)]
  const length = Buffer.alloc(2)
  length.writeUInt16BE(text.length)
  return Buffer.concat([Buffer.from([key.length]), key, Buffer.from([STRING_HEADER]), length, text])
}
