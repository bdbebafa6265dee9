import { describe, expect, it } from 'vitest'
import { ManualClock, settle } from './clock.ts'
import { SeededIds } from './ids.ts'
import { WorkQueue } from './work-queue.ts'

const BACKOFF = { minMs: 100, maxMs: 1000, jitter: 0, multiplier: 2 }

const aQueue = (work: (key: string) => Promise<void>, concurrency = 1) => {
  const clock = new ManualClock()
  const failures: string[] = []
  const queue = new WorkQueue({
    clock,
    ids: new SeededIds(1),
    concurrency,
    backoff: BACKOFF,
    work,
    onFailure: (key, _error, retryInMs) => failures.push(`${key}:${retryInMs}`),
  })
  return { queue, clock, failures }
}

/** Work that ends when told. */
const heldWork = () => {
  const started: string[] = []
  const releases: (() => void)[] = []
  const work = (key: string): Promise<void> => {
    started.push(key)
    return new Promise((resolve) => releases.push(resolve))
  }
  return { started, work, release: () => releases.shift()?.() }
}

describe('WorkQueue', () => {
  it('holds a waiting key once, however often it is added', async () => {
    const { started, work, release } = heldWork()
    const { queue } = aQueue(work)
    for (const key of ['a', 'b', 'b', 'b']) queue.add(key)
    release()
    await settle()
    release()
    await settle()
    expect(started).toEqual(['a', 'b'])
  })

  it('runs a key again, once, if it is added while it runs', async () => {
    const { started, work, release } = heldWork()
    const { queue } = aQueue(work, 4)
    queue.add('a')
    queue.add('a')
    queue.add('a')
    expect(started).toEqual(['a'])
    release()
    await settle()
    expect(started).toEqual(['a', 'a'])
  })

  it('runs no more keys at once than it may', async () => {
    const { started, work } = heldWork()
    const { queue } = aQueue(work, 2)
    for (const key of ['a', 'b', 'c']) queue.add(key)
    await settle()
    expect(started).toEqual(['a', 'b'])
  })

  it('backs off per key and starts over after a success', async () => {
    let failuresLeft = 2
    const { queue, clock, failures } = aQueue(async () => {
      if (failuresLeft-- > 0) throw new Error('not yet')
    })
    queue.add('a')
    await clock.advance(1000)
    expect(failures).toEqual(['a:100', 'a:200'])
    failuresLeft = 1
    queue.add('a')
    await clock.advance(1000)
    expect(failures).toEqual(['a:100', 'a:200', 'a:100'])
  })

  it('does nothing more once stopped', async () => {
    const { started, work, release } = heldWork()
    const { queue, clock } = aQueue(work)
    queue.add('a')
    queue.add('b')
    queue.addAfter('c', 10)
    queue.stop()
    release()
    await clock.advance(100)
    expect(started).toEqual(['a'])
  })
})
