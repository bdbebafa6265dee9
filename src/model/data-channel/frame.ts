/**
 * The binary frames of a data channel: a header of fixed places, big endian, and a payload with its SHA-256. Decoding takes whatever comes
 * from outside, and gives a message or throws `DataChannelError`; it copies nothing.
 */
import { createHash } from 'node:crypto'
import { DATA_CHANNEL_FRAME_BYTES } from '../exec-limits.ts'
import { DataChannelError } from './data-channel-error.ts'

export type StreamMessageType = 'input_stream_data' | 'output_stream_data'

export type MessageType =
  /** What a client sends, and what an agent sends. */
  | StreamMessageType
  /** Both ends. */
  | 'acknowledge'
  /** The gateway, to both; here also the agent, whose command has ended. */
  | 'channel_closed'
  /** The gateway, to the agent: a client is there, or none. */
  | 'start_publication'
  | 'pause_publication'
  /** The agent, to the gateway. */
  | 'agent_session_state'

export interface ChannelMessage {
  /** One of `MessageType`, if the sender keeps to the protocol. */
  readonly messageType: string
  /** Milliseconds since the epoch; never 0. */
  readonly createdDate: number
  readonly sequenceNumber: number
  readonly flags: number
  /** A UUID in its usual form. */
  readonly messageId: string
  readonly payloadType: number
  readonly payload: Uint8Array
}

/** Flags of the first message of an agent's stream, of acknowledgements, and of every other message. */
export const FLAGS = { first: 1, acknowledge: 3, none: 0 } as const

/** Where the members of a header begin. */
const AT = {
  headerLength: 0,
  messageType: 4,
  schemaVersion: 36,
  createdDate: 40,
  sequenceNumber: 48,
  flags: 56,
  messageId: 64,
  payloadDigest: 80,
  payloadType: 112,
  payloadLength: 116,
  payload: 120,
} as const

const HEADER_LENGTH = AT.payloadLength
const MESSAGE_TYPE_BYTES = AT.schemaVersion - AT.messageType
const DIGEST_BYTES = AT.payloadType - AT.payloadDigest
const SCHEMA_VERSION = 1

/** Bytes that a message takes beside its payload. */
export const FRAME_OVERHEAD_BYTES = AT.payload

export const encodeFrame = (message: ChannelMessage): Buffer => {
  const { messageType, createdDate, sequenceNumber, flags, messageId, payloadType, payload } = message
  const frame = Buffer.alloc(AT.payload + payload.length)
  if (frame.length > DATA_CHANNEL_FRAME_BYTES) throw new DataChannelError('The payload does not fit into a frame.')
  frame.writeUInt32BE(HEADER_LENGTH, AT.headerLength)
  frame.write(messageType.padEnd(MESSAGE_TYPE_BYTES), AT.messageType, MESSAGE_TYPE_BYTES, 'latin1')
  frame.writeUInt32BE(SCHEMA_VERSION, AT.schemaVersion)
  frame.writeBigUInt64BE(BigInt(createdDate), AT.createdDate)
  frame.writeBigInt64BE(BigInt(sequenceNumber), AT.sequenceNumber)
  frame.writeBigUInt64BE(BigInt(flags), AT.flags)
  writeUuid(frame, messageId)
  digestOf(payload).copy(frame, AT.payloadDigest)
  frame.writeUInt32BE(payloadType, AT.payloadType)
  frame.writeUInt32BE(payload.length, AT.payloadLength)
  frame.set(payload, AT.payload)
  return frame
}

/** The message in a frame. Its payload is a part of the frame. Throws `DataChannelError`. */
export const decodeFrame = (bytes: Uint8Array): ChannelMessage => {
  const frame = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  checkSize(frame)
  const payload = frame.subarray(AT.payload)
  if (
    payload.length > 0 &&
    !digestOf(payload).equals(frame.subarray(AT.payloadDigest, AT.payloadDigest + DIGEST_BYTES))
  )
    throw new DataChannelError('The payload does not have the digest that its header says.')
  const createdDate = safeNumber(frame.readBigUInt64BE(AT.createdDate), 'created date')
  if (createdDate === 0) throw new DataChannelError('The created date is missing.')
  return {
    messageType: messageTypeOf(frame),
    createdDate,
    sequenceNumber: safeNumber(frame.readBigInt64BE(AT.sequenceNumber), 'sequence number'),
    flags: safeNumber(frame.readBigUInt64BE(AT.flags), 'flags'),
    messageId: readUuid(frame),
    payloadType: frame.readUInt32BE(AT.payloadType),
    payload,
  }
}

/** The type of the message in a frame that is not looked at any further: empty if there is none. */
export const messageTypeOf = (frame: Uint8Array): string => {
  if (frame.length < AT.payload) return ''
  const text = Buffer.from(frame.buffer, frame.byteOffset + AT.messageType, MESSAGE_TYPE_BYTES).toString('latin1')
  // Padded with spaces, or with zeros by other implementations.
  return text.replace(/[ \0]+$/, '')
}

const checkSize = (frame: Buffer): void => {
  if (frame.length < AT.payload) throw new DataChannelError('The frame is shorter than its header.')
  if (frame.length > DATA_CHANNEL_FRAME_BYTES) throw new DataChannelError('The frame is too long.')
  if (frame.readUInt32BE(AT.headerLength) !== HEADER_LENGTH)
    throw new DataChannelError('The header does not have the length that there is.')
  if (frame.readUInt32BE(AT.payloadLength) !== frame.length - AT.payload)
    throw new DataChannelError('The payload does not have the length that its header says.')
}

const safeNumber = (value: bigint, name: string): number => {
  const number = Number(value)
  if (!Number.isSafeInteger(number) || number < 0) throw new DataChannelError(`The ${name} is out of range.`)
  return number
}

const digestOf = (payload: Uint8Array): Buffer => createHash('sha256').update(payload).digest()

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The second half of a UUID comes first. */
const writeUuid = (frame: Buffer, uuid: string): void => {
  if (!UUID.test(uuid)) throw new DataChannelError('The message id is no UUID.')
  const bytes = Buffer.from(uuid.replaceAll('-', ''), 'hex')
  bytes.copy(frame, AT.messageId, 8, 16)
  bytes.copy(frame, AT.messageId + 8, 0, 8)
}

const readUuid = (frame: Buffer): string => {
  const first = frame.toString('hex', AT.messageId + 8, AT.messageId + 16)
  const second = frame.toString('hex', AT.messageId, AT.messageId + 8)
  return `${first.slice(0, 8)}-${first.slice(8, 12)}-${first.slice(12)}-${second.slice(0, 4)}-${second.slice(4)}`
}
