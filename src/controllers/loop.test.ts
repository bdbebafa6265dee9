import { describe, expect, it } from 'vitest'
import { ManualClock, settle } from '../kit/clock.ts'
import { SeededIds } from '../kit/ids.ts'
import { silentLog } from '../kit/log.ts'
import type { Controller } from './controller.ts'
import { ControllerLoop } from './loop.ts'

/** A controller that records what it is asked to reconcile, and the loop that runs it. */
const looping = (given: Partial<Controller> = {}) => {
  const clock = new ManualClock()
  const reconciled: string[] = []
  let wake: (key: string) => void = () => {}
  const controller: Controller = {
    name: 'recorder',
    everyMs: 10_000,
    keys: () => ['a', 'b'],
    watch: (given_) => {
      wake = given_
      return () => {
        wake = () => {}
      }
    },
    ...given,
    reconcile: async (key) => {
      reconciled.push(key)
      return given.reconcile?.(key)
    },
  }
  const loop = new ControllerLoop([controller], { clock, ids: new SeededIds(1), log: silentLog })
  return { clock, loop, reconciled, wake: (key: string) => wake(key) }
}

describe('the controller loop', () => {
  it('looks at all keys when it starts and every period', async () => {
    const { clock, loop, reconciled } = looping()
    loop.start()
    expect(reconciled).toEqual(['a', 'b'])
    await clock.advance(10_000)
    expect(reconciled).toEqual(['a', 'b', 'a', 'b'])
  })

  it('looks at a key in the same turn in which it is woken', async () => {
    const { loop, reconciled, wake } = looping({ keys: () => [] })
    loop.start()
    wake('c')
    expect(reconciled).toEqual(['c'])
  })

  it('feeds very many keys in portions, and never works on one key twice at once', async () => {
    const keys = Array.from({ length: 1000 }, (_, index) => `k${index}`)
    let running = 0
    let most = 0
    const { clock, loop, reconciled } = looping({
      keys: () => keys,
      reconcile: async () => {
        most = Math.max(most, ++running)
        await settle()
        running--
      },
    })
    loop.start()
    expect(reconciled.length).toBeLessThanOrEqual(64)
    await clock.advance(1000)
    for (let turn = 0; turn < 200; turn++) await settle()
    expect(new Set(reconciled).size).toBe(1000)
    expect(most).toBeLessThanOrEqual(16)
  })

  it('repeats what failed with growing delays, and says so in its status', async () => {
    let failures = 2
    const { clock, loop, reconciled } = looping({
      keys: () => ['a'],
      everyMs: 3_600_000,
      reconcile: async () => {
        if (failures-- > 0) throw new Error('not yet')
      },
    })
    loop.start()
    await settle()
    expect(loop.status()).toMatchObject([
      { name: 'recorder', failed: 1, succeeded: 0, lastRun: { key: 'a', error: 'not yet' } },
    ])
    await clock.advance(10_000)
    expect(reconciled).toHaveLength(3)
    expect(loop.status()).toMatchObject([{ failed: 2, succeeded: 1, queued: 0 }])
    expect(loop.status()[0]?.lastRun).not.toHaveProperty('error')
  })

  it('calls again when a controller asks for it', async () => {
    const { clock, loop, reconciled } = looping({
      keys: () => ['a'],
      everyMs: 3_600_000,
      reconcile: async () => ({ againInMs: 500 }),
    })
    loop.start()
    await clock.advance(1600)
    expect(reconciled).toHaveLength(4)
  })

  it('does not let one controller keep another from its work', async () => {
    const stuck: Controller = {
      name: 'stuck',
      everyMs: 1000,
      keys: () => Array.from({ length: 100 }, (_, index) => String(index)),
      watch: () => () => {},
      reconcile: () => new Promise(() => {}),
    }
    const done: string[] = []
    const brisk: Controller = {
      ...stuck,
      name: 'brisk',
      keys: () => ['a'],
      reconcile: async (key) => void done.push(key),
    }
    const clock = new ManualClock()
    new ControllerLoop([stuck, brisk], { clock, ids: new SeededIds(1), log: silentLog }).start()
    await clock.advance(5000)
    expect(done.length).toBeGreaterThanOrEqual(5)
  })

  it('survives a controller that cannot say what its keys are', async () => {
    let asked = 0
    const { clock, loop, reconciled } = looping({
      keys: () => {
        if (asked++ === 0) throw new Error('no keys')
        return ['a']
      },
    })
    loop.start()
    await clock.advance(10_000)
    expect(reconciled).toEqual(['a'])
  })

  it('lets what runs end before it has stopped, and begins nothing more', async () => {
    let finish = (): void => {}
    const { clock, loop, reconciled, wake } = looping({
      keys: () => ['a'],
      reconcile: () => new Promise<void>((resolve) => (finish = resolve)),
    })
    loop.start()
    let hasStopped = false
    const stopping = loop.stop().then(() => (hasStopped = true))
    wake('b')
    await clock.advance(60_000)
    expect(hasStopped).toBe(false)
    finish()
    await stopping
    expect(reconciled).toEqual(['a'])
  })
})
