import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppendFile } from './append-file.ts'
import { BLOCK_BYTES, BlockPool } from './block-pool.ts'

describe.each([
  ['on a disk', tmpdir()],
  ['where nothing can be written directly', '/dev/shm'],
])('a file that is appended to, %s', (_name, parent) => {
  let directory: string
  const pool = new BlockPool(4)

  beforeEach(() => void (directory = mkdtempSync(path.join(parent, 'longshore-append-'))))
  afterEach(() => rmSync(directory, { recursive: true }))

  it('has what it was given, however that comes and however often it is picked up', async () => {
    const piece = fc.oneof(fc.nat(5000), fc.nat(3 * BLOCK_BYTES), fc.constantFrom(4096, BLOCK_BYTES, 2 * BLOCK_BYTES))
    const goes = fc.array(fc.array(piece, { maxLength: 4 }), { minLength: 1, maxLength: 4 })
    let number = 0
    await fc.assert(
      fc.asyncProperty(goes, async (pieces) => {
        const place = path.join(directory, `${(number += 1)}`)
        const written: Buffer[] = []
        let file = await AppendFile.create(place, pool)
        for (const lengths of pieces) {
          for (const length of lengths) {
            const bytes = randomBytes(length)
            written.push(bytes)
            await file.append(bytes)
          }
          await file.flush()
          const content = Buffer.concat(written)
          expect([file.bytes, file.writtenBytes]).toEqual([content.length, content.length])
          expect(readFileSync(place).subarray(0, content.length).equals(content)).toBe(true)
          await file.close()
          file = await AppendFile.goOn(place, pool, content.length)
        }
        await file.finish()
        await file.close()
        expect(readFileSync(place).equals(Buffer.concat(written))).toBe(true)
      }),
      { numRuns: 40 },
    )
  })

  it('fails where a block cannot be written, though those before it are still on their way', async () => {
    const place = path.join(directory, 'failing')
    const file = await AppendFile.create(place, pool)
    const handle = await open(place)
    await handle.close()
    const prototype = Object.getPrototypeOf(handle) as { write: () => Promise<{ bytesWritten: number }> }
    const { write } = prototype
    const first = Promise.withResolvers<void>()
    let writes = 0
    prototype.write = async () => {
      writes += 1
      if (writes === 2) throw new Error('no space left')
      await first.promise
      return { bytesWritten: BLOCK_BYTES }
    }
    try {
      const appending = (async () => {
        for (let block = 0; block < 6; block += 1) await file.append(randomBytes(BLOCK_BYTES))
      })()
      appending.catch(() => undefined)
      // A rejection that nobody has taken would be told of by then.
      await new Promise((resolve) => void setImmediate(resolve))
      first.resolve()
      await expect(appending).rejects.toThrow('no space left')
    } finally {
      prototype.write = write
      await file.close()
    }
    // All memory has come back.
    const free = Array.from({ length: 5 }, () => pool.tryTake()).filter((block) => block !== undefined)
    expect(free).toHaveLength(4)
    for (const block of free) pool.release(block)
  })

  it('holds no memory between two goes', async () => {
    const one = new BlockPool(1)
    const files = [
      await AppendFile.create(path.join(directory, 'a'), one),
      await AppendFile.create(path.join(directory, 'b'), one),
    ]
    for (const file of files) {
      await file.append(randomBytes(3 * BLOCK_BYTES + 1))
      await file.flush()
    }
    expect(one.tryTake()).toBeDefined()
    for (const file of files) await file.close()
    expect(statSync(path.join(directory, 'b')).size).toBeGreaterThan(3 * BLOCK_BYTES)
  })
})

describe('blocks', () => {
  it('are given in turn to whoever waits', async () => {
    const pool = new BlockPool(1)
    const first = await pool.take()
    const waiting = [pool.take(), pool.take()]
    expect(pool.tryTake()).toBeUndefined()
    pool.release(first)
    expect(await waiting[0]).toBe(first)
    pool.release(first)
    expect(await waiting[1]).toBe(first)
  })

  it('begin where pages do', async () => {
    const pool = new BlockPool(3)
    const offsets = [pool.tryTake(), pool.tryTake(), pool.tryTake()].map((block) => block?.byteOffset)
    expect(offsets).toEqual([0, BLOCK_BYTES, 2 * BLOCK_BYTES])
    expect(pool.tryTake()).toBeUndefined()
  })
})
