/** Frames of a data channel as the Session Manager plugin writes and reads them, written from the description of the protocol alone. */
import { createHash, randomBytes } from 'node:crypto'

export interface Frame {
  readonly messageType: string
  readonly sequenceNumber: number
  readonly messageId: Buffer
  readonly payloadType: number
  readonly payload: Buffer
}

interface NewFrame {
  readonly messageType: string
  readonly sequenceNumber: number
  readonly flags: number
  readonly payloadType: number
  readonly payload: Buffer
}

/** A frame as the plugin writes it. */
export const encode = ({ messageType, sequenceNumber, flags, payloadType, payload }: NewFrame): Buffer => {
  const header = Buffer.alloc(120)
  header.writeUInt32BE(116, 0)
  header.fill(' ', 4, 36)
  header.write(messageType, 4)
  header.writeUInt32BE(1, 36)
  header.writeBigUInt64BE(BigInt(Math.floor(performance.timeOrigin + performance.now())), 40)
  header.writeBigInt64BE(BigInt(sequenceNumber), 48)
  header.writeBigUInt64BE(BigInt(flags), 56)
  const id = randomBytes(16)
  id.copy(header, 64, 8, 16)
  id.copy(header, 72, 0, 8)
  createHash('sha256').update(payload).digest().copy(header, 80)
  header.writeUInt32BE(payloadType, 112)
  header.writeUInt32BE(payload.length, 116)
  return Buffer.concat([header, payload])
}

/** A frame as the plugin reads it; undefined for what the plugin does not take. */
export const decode = (bytes: Buffer): Frame | undefined => {
  if (bytes.length < 120) return undefined
  const headerLength = bytes.readUInt32BE(0)
  const payload = bytes.subarray(headerLength + 4)
  if (headerLength === 0 || bytes.readBigUInt64BE(40) === 0n) return undefined
  const digest = createHash('sha256').update(payload).digest()
  if (bytes.readUInt32BE(116) !== 0 && !digest.equals(bytes.subarray(80, 112))) return undefined
  return {
    messageType: bytes.toString('latin1', 4, 36).replaceAll('\0', '').trim(),
    sequenceNumber: Number(bytes.readBigInt64BE(48)),
    messageId: Buffer.concat([bytes.subarray(72, 80), bytes.subarray(64, 72)]),
    payloadType: bytes.readUInt32BE(112),
    payload,
  }
}
