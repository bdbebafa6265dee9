import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { jsonLines } from './json-lines.ts'

const read = async (chunks: readonly (string | Buffer)[]): Promise<unknown[]> => {
  const values: unknown[] = []
  for await (const value of jsonLines(
    Readable.from(
      chunks.map((chunk) => Buffer.from(chunk)),
      { objectMode: false },
    ),
  )) {
    values.push(value)
  }
  return values
}

describe('a stream of JSON lines', () => {
  it('yields a value per line however the bytes are cut', async () => {
    const euro = Buffer.from('{"a":"€"}\r\n')
    expect(await read([euro.subarray(0, 7), euro.subarray(7), '{"b"', ':2}\n{"c":3}\n'])).toEqual([
      { a: '€' },
      { b: 2 },
      { c: 3 },
    ])
  })

  it('yields a last line without an end and no value for empty ones', async () => {
    expect(await read(['\n\n{"a":1}'])).toEqual([{ a: 1 }])
  })

  it('refuses a line without end', async () => {
    await expect(read(['x'.repeat(1024 * 1024 + 1)])).rejects.toThrow('a line of more than')
  })
})
