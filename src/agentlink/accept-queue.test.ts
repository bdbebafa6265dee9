import { describe, expect, it } from 'vitest'
import { ManualClock } from '../kit/clock.ts'
import { AcceptQueue } from './accept-queue.ts'

const queue = () => {
  const clock = new ManualClock()
  const accepts = new AcceptQueue(clock, { perSecond: 100, burst: 5, waiting: 50 })
  let accepted = 0
  const arrive = (count: number): number => {
    let refused = 0
    for (let index = 0; index < count; index++) if (!accepts.add(() => accepted++)) refused++
    return refused
  }
  return { clock, arrive, accepts, accepted: () => accepted }
}

describe('the accept queue', () => {
  it('lets a burst in at once', () => {
    const { arrive, accepted } = queue()
    expect(arrive(5)).toBe(0)
    expect(accepted()).toBe(5)
  })

  it('lets a storm in at its rate, in order, and refuses what is too much', async () => {
    const { clock, arrive, accepted } = queue()
    expect(arrive(70)).toBe(15)
    expect(accepted()).toBe(5)
    await clock.advance(100)
    expect(accepted()).toBe(15)
    await clock.advance(1000)
    expect(accepted()).toBe(55)
  })

  it('leaves nobody waiting when it is stopped', () => {
    const { arrive, accepts, accepted } = queue()
    arrive(10)
    accepts.stop()
    expect(accepted()).toBe(10)
  })
})
