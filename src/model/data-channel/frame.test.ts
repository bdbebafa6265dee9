import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DATA_CHANNEL_FRAME_BYTES } from '../exec-limits.ts'
import { DataChannelError } from './data-channel-error.ts'
import { type ChannelMessage, decodeFrame, encodeFrame, FRAME_OVERHEAD_BYTES, messageTypeOf } from './frame.ts'

const MESSAGE: ChannelMessage = {
  messageType: 'input_stream_data',
  createdDate: 1_767_225_600_123,
  sequenceNumber: 7,
  flags: 1,
  messageId: '00112233-4455-4677-8899-aabbccddeeff',
  payloadType: 1,
  payload: Buffer.from('hello'),
}

const aMessage = (): fc.Arbitrary<ChannelMessage> =>
  fc.record({
    messageType: fc.constantFrom('input_stream_data', 'output_stream_data', 'acknowledge', 'channel_closed'),
    createdDate: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    sequenceNumber: fc.maxSafeNat(),
    flags: fc.constantFrom(0, 1, 3),
    messageId: fc.uuid(),
    payloadType: fc.integer({ min: 0, max: 12 }),
    payload: fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes)),
  })

const A_NAMED_ERROR = new DataChannelError('')

const failureOf = (work: () => unknown): unknown => {
  try {
    work()
    return undefined
  } catch (error) {
    return error
  }
}

describe('a frame', () => {
  it('has every member where the protocol has it', () => {
    const frame = encodeFrame(MESSAGE)
    expect(frame.length).toBe(125)
    expect(frame.readUInt32BE(0)).toBe(116)
    expect(frame.toString('latin1', 4, 36)).toBe('input_stream_data'.padEnd(32))
    expect(frame.readUInt32BE(36)).toBe(1)
    expect(frame.readBigUInt64BE(40)).toBe(1_767_225_600_123n)
    expect(frame.readBigInt64BE(48)).toBe(7n)
    expect(frame.readBigUInt64BE(56)).toBe(1n)
    expect(frame.toString('hex', 64, 80)).toBe('8899aabbccddeeff0011223344554677')
    expect(frame.toString('hex', 80, 112)).toBe('2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824')
    expect(frame.readUInt32BE(112)).toBe(1)
    expect(frame.readUInt32BE(116)).toBe(5)
    expect(frame.toString('utf8', 120)).toBe('hello')
  })

  it('gives back what it was made of', () => {
    fc.assert(
      fc.property(aMessage(), (message) => {
        expect(decodeFrame(encodeFrame(message))).toEqual(message)
      }),
    )
  })

  it('may pad the type with zeros', () => {
    const frame = encodeFrame(MESSAGE)
    frame.fill(0, 4 + 'input_stream_data'.length, 36)
    expect(decodeFrame(frame).messageType).toBe('input_stream_data')
    expect(messageTypeOf(frame)).toBe('input_stream_data')
    expect(messageTypeOf(frame.subarray(0, 100))).toBe('')
  })

  it.each([
    ['shorter than a header', (frame: Buffer) => frame.subarray(0, 119)],
    ['with another header length', (frame: Buffer) => (frame.writeUInt32BE(200, 0), frame)],
    ['cut off', (frame: Buffer) => frame.subarray(0, -1)],
    ['longer than it says', (frame: Buffer) => Buffer.concat([frame, Buffer.from('!')])],
    ['without a date', (frame: Buffer) => (frame.fill(0, 40, 48), frame)],
    ['with a negative number', (frame: Buffer) => (frame.writeBigInt64BE(-1n, 48), frame)],
    ['with a number beyond all', (frame: Buffer) => (frame.writeBigInt64BE(2n ** 60n, 48), frame)],
    ['with another payload than its digest is of', (frame: Buffer) => (frame.write('jello', 120), frame)],
  ])('is refused %s', (_, spoil) => {
    expect(() => decodeFrame(spoil(encodeFrame(MESSAGE)))).toThrow(DataChannelError)
  })

  it('is refused if it is too long', () => {
    const payload = Buffer.alloc(DATA_CHANNEL_FRAME_BYTES - FRAME_OVERHEAD_BYTES)
    expect(decodeFrame(encodeFrame({ ...MESSAGE, payload })).payload.length).toBe(payload.length)
    expect(() => encodeFrame({ ...MESSAGE, payload: Buffer.alloc(payload.length + 1) })).toThrow(DataChannelError)
    expect(() => decodeFrame(Buffer.alloc(DATA_CHANNEL_FRAME_BYTES + 1))).toThrow(DataChannelError)
    expect(() => encodeFrame({ ...MESSAGE, messageId: 'none' })).toThrow(DataChannelError)
  })

  it('is a message or a named error, whatever it is made of', () => {
    const spoilt = fc
      .tuple(aMessage(), fc.array(fc.tuple(fc.nat({ max: 2119 }), fc.nat({ max: 255 })), { maxLength: 8 }))
      .map(([message, changes]) => {
        const frame = encodeFrame(message)
        for (const [at, value] of changes) if (at < frame.length) frame[at] = value
        return frame
      })
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 400 }), spoilt), (bytes) => {
        expect(failureOf(() => decodeFrame(bytes)) ?? A_NAMED_ERROR).toBeInstanceOf(DataChannelError)
      }),
      { numRuns: 1000 },
    )
  })
})
