import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { framedOutput } from './output-frames.ts'

const frame = (type: number, data: Buffer): Buffer => {
  const header = Buffer.alloc(8)
  header[0] = type
  header.writeUInt32BE(data.length, 4)
  return Buffer.concat([header, data])
}

async function* pieces(bytes: Buffer, lengths: readonly number[]): AsyncIterable<Buffer> {
  let offset = 0
  for (let index = 0; offset < bytes.length; index++) {
    const end = offset + (lengths[index % lengths.length] ?? 1)
    yield bytes.subarray(offset, end)
    offset = end
  }
}

const together = async (chunks: AsyncIterable<Buffer>): Promise<{ stdout: string; stderr: string }> => {
  const said = { stdout: '', stderr: '' }
  for await (const { stream, data } of framedOutput(chunks)) said[stream] += Buffer.from(data).toString('latin1')
  return said
}

describe('the output of a program without a terminal', () => {
  it('is put together again however the connection has cut it', async () => {
    const written = fc.array(fc.tuple(fc.constantFrom(1, 2), fc.uint8Array({ maxLength: 30 })), { maxLength: 20 })
    const lengths = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 10 })
    await fc.assert(
      fc.asyncProperty(written, lengths, async (writes, cuts) => {
        const bytes = Buffer.concat(writes.map(([type, data]) => frame(type, Buffer.from(data))))
        const of = (type: number): string =>
          Buffer.concat(writes.filter(([its]) => its === type).map(([, data]) => Buffer.from(data))).toString('latin1')
        expect(await together(pieces(bytes, cuts))).toEqual({ stdout: of(1), stderr: of(2) })
      }),
    )
  })

  it('is what there was of it where the connection breaks', async () => {
    const whole = Buffer.concat([frame(1, Buffer.from('begun')), frame(2, Buffer.from('cut off'))])
    expect(await together(pieces(whole.subarray(0, whole.length - 4), [7]))).toEqual({ stdout: 'begun', stderr: 'cut' })
  })
})
