/**
 * A batch as the journal has it: length and checksum, the ids of the group and of the key, if it has one, and all the rest, sealed with
 * that key. A frame that a crash has torn is recognised by its checksum.
 */
import { crc32 } from 'node:zlib'
import { openBytes, sealBytes } from '../../kit/sealing.ts'
import type { LogRun } from './log-run.ts'

const FRAME_HEAD_BYTES = 8
const SEALED_FOR = 'log frame'

/** A frame that was read, before its content is looked at. */
export interface Frame {
  readonly groupId: string
  /** The key that opens it; undefined if it is not sealed. */
  readonly keyId: string | undefined
  /** Throws `Unsealable` if the key is not the one that it was sealed with. */
  readonly run: (key: Uint8Array | undefined) => LogRun
  readonly bytes: Buffer
}

/** Its parts, which are not copied together: they are written one behind the other. */
export const encodeFrame = (groupId: string, run: LogRun, key: Uint8Array | undefined): readonly Buffer[] => {
  const [sealedWith, group] = [Buffer.from(run.keyId ?? ''), Buffer.from(groupId)]
  const plain = encodeRun(run)
  const body = key === undefined ? plain : [sealBytes(key, Buffer.concat(plain), SEALED_FOR)]
  const payload = [Buffer.from([sealedWith.length, group.length]), sealedWith, group, ...body]
  const head = Buffer.alloc(FRAME_HEAD_BYTES)
  head.writeUInt32LE(bytesIn(payload), 0)
  head.writeUInt32LE(
    payload.reduce((checksum, part) => crc32(part, checksum), 0),
    4,
  )
  return [head, ...payload]
}

export const bytesIn = (parts: readonly Buffer[]): number => parts.reduce((sum, { length }) => sum + length, 0)

/** The frame that begins at `offset`, or undefined if there is none that is whole. */
export const decodeFrame = (bytes: Buffer, offset: number): Frame | undefined => {
  if (offset + FRAME_HEAD_BYTES > bytes.length) return undefined
  const from = offset + FRAME_HEAD_BYTES
  const end = from + bytes.readUInt32LE(offset)
  if (end > bytes.length || end < from + 2) return undefined
  const payload = bytes.subarray(from, end)
  if (crc32(payload) !== bytes.readUInt32LE(offset + 4)) return undefined
  const keyEnd = 2 + payload[0]!
  const groupEnd = keyEnd + payload[1]!
  const body = payload.subarray(groupEnd)
  const keyId = keyEnd === 2 ? undefined : payload.toString('utf8', 2, keyEnd)
  return {
    groupId: payload.toString('utf8', keyEnd, groupEnd),
    keyId,
    run: (key) => decodeRun(keyId === undefined ? body : openBytes(key ?? NO_KEY, body, SEALED_FOR), keyId),
    bytes: bytes.subarray(offset, end),
  }
}

/** Opens nothing. */
const NO_KEY = new Uint8Array(32)

const columnBytes = ({ buffer, byteOffset, byteLength }: Float64Array | Uint32Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength)

/** Count, first sequence, time of ingestion, length of the stream's id, length of the batch's. */
const RUN_HEAD_BYTES = 4 + 8 + 8 + 1 + 1

/** Of a batch: its sequences are consecutive, and it came at one time. */
const encodeRun = ({ streamId, timestamps, sequences, ingestedAt, offsets, text, batchId = '' }: LogRun): Buffer[] => {
  const [stream, batch] = [Buffer.from(streamId), Buffer.from(batchId)]
  const head = Buffer.alloc(RUN_HEAD_BYTES)
  head.writeUInt32LE(timestamps.length, 0)
  head.writeDoubleLE(sequences[0] ?? 0, 4)
  head.writeDoubleLE(ingestedAt[0] ?? 0, 12)
  head[20] = stream.length
  head[21] = batch.length
  return [head, stream, batch, columnBytes(timestamps), columnBytes(offsets), text]
}

const decodeRun = (bytes: Buffer, keyId: string | undefined): LogRun => {
  const count = bytes.readUInt32LE(0)
  const firstSequence = bytes.readDoubleLE(4)
  const timestamps = new Float64Array(count)
  const offsets = new Uint32Array(count + 1)
  const streamEnd = RUN_HEAD_BYTES + bytes[20]!
  const batchEnd = streamEnd + bytes[21]!
  const offsetsAt = batchEnd + timestamps.byteLength
  const textAt = offsetsAt + offsets.byteLength
  bytes.copy(columnBytes(timestamps), 0, batchEnd, offsetsAt)
  bytes.copy(columnBytes(offsets), 0, offsetsAt, textAt)
  return {
    streamId: bytes.toString('utf8', RUN_HEAD_BYTES, streamEnd),
    timestamps,
    sequences: new Float64Array(count).map((_, index) => firstSequence + index),
    ingestedAt: new Float64Array(count).fill(bytes.readDoubleLE(12)),
    offsets,
    text: bytes.subarray(textAt),
    keyId,
    batchId: batchEnd === streamEnd ? undefined : bytes.toString('utf8', streamEnd, batchEnd),
  }
}
