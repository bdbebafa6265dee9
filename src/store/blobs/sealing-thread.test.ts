import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../kit/clock.ts'
import { frameSealOf } from './frames.ts'
import { BLOCK_CONTENT_BYTES, fillBlock, LocalSealer, newBlock, type Sealer } from './sealer.ts'
import { SealingThread } from './sealing-thread.ts'

const IDLE_MS = 10_000
const seal = frameSealOf(undefined)

const blockOf = (content: Buffer): Buffer => {
  const block = newBlock(seal)
  for (let filled = 0; filled < content.length;) filled += fillBlock(block, filled, seal, content, filled)
  return block
}

/** The frames that come of it. */
const sealed = async (sealer: Sealer, contents: readonly Buffer[]): Promise<Buffer[]> => {
  const all = contents.map((content, index) => sealer.seal(blockOf(content), index * 4, content.length))
  return (await Promise.all(all)).map(({ block, bytes }) => block.subarray(0, bytes))
}

describe('the thread that seals uploads', () => {
  it('makes what is made without it, for several uploads at once', async () => {
    const thread = new SealingThread()
    const contents = [BLOCK_CONTENT_BYTES, BLOCK_CONTENT_BYTES, 70_000, 1].map((length) => randomBytes(length))
    const sealers = await Promise.all([thread.sealer(seal), thread.sealer(seal)])
    const expected = await sealed(new LocalSealer(seal), contents)
    const frames = await Promise.all(sealers.map((sealer) => sealed(sealer, contents)))
    expect(frames.flat().map((bytes) => bytes.toString('hex'))).toEqual(
      [...expected, ...expected].map((bytes) => bytes.toString('hex')),
    )
    const digest = createHash('sha256').update(Buffer.concat(contents)).digest('hex')
    expect(await Promise.all(sealers.map((sealer) => sealer.digest()))).toEqual([digest, digest])
    await thread.close()
  })

  it('ends when nothing is uploaded any more, and begins again', async () => {
    const clock = new ManualClock()
    const thread = new SealingThread(clock)
    const first = await thread.sealer(seal)
    await sealed(first, [randomBytes(10)])
    const second = await thread.sealer(seal)
    first.end()
    await clock.advance(IDLE_MS)
    expect(await second.digest()).toHaveLength(64)
    second.end()
    await clock.advance(IDLE_MS)
    await expect(second.digest()).rejects.toThrow('has ended')
    const third = await thread.sealer(seal)
    expect(await third.digest()).toHaveLength(64)
    await thread.close()
  })

  it('says so when it dies, to whoever waits and whoever comes; the next upload has another', async () => {
    const thread = new SealingThread()
    const sealer = await thread.sealer(seal)
    const waiting = sealer.seal(newBlock(seal), 0, BLOCK_CONTENT_BYTES * 2)
    await expect(waiting).rejects.toThrow()
    await expect(sealer.digest()).rejects.toThrow()
    const next = await thread.sealer(seal)
    expect(await next.digest()).toHaveLength(64)
    await thread.close()
  })
})
