import { describe, expect, it } from 'vitest'
import { ManualClock } from './clock.ts'

describe('ManualClock', () => {
  it('fires timers in due order, ties in the order they were set', async () => {
    const clock = new ManualClock(0)
    const fired: string[] = []
    clock.setTimer(20, () => fired.push('late'))
    clock.setTimer(10, () => fired.push('first'))
    clock.setTimer(10, () => fired.push('second'))
    await clock.advance(30)
    expect(fired).toEqual(['first', 'second', 'late'])
  })

  it('fires a timer that another one sets, if it falls due on the way', async () => {
    const clock = new ManualClock(0)
    const firedAt: number[] = []
    clock.setTimer(10, () => clock.setTimer(5, () => firedAt.push(clock.now())))
    await clock.advance(20)
    expect(firedAt).toEqual([15])
    expect(clock.now()).toBe(20)
  })

  it('does not fire a cancelled timer', async () => {
    const clock = new ManualClock()
    let fired = false
    clock.setTimer(1, () => (fired = true)).cancel()
    await clock.advance(10)
    expect(fired).toBe(false)
  })

  it('wakes who sleeps', async () => {
    const clock = new ManualClock(0)
    const woke = clock.sleep(50).then(() => clock.now())
    await clock.advance(100)
    expect(await woke).toBe(50)
  })
})
