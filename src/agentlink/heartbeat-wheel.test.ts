import { describe, expect, it } from 'vitest'
import { ManualClock } from '../kit/clock.ts'
import { SeededIds } from '../kit/ids.ts'
import { HeartbeatWheel } from './heartbeat-wheel.ts'

describe('the heartbeat wheel', () => {
  it('serves each session once per turn, spread over it', async () => {
    const clock = new ManualClock()
    const wheel = new HeartbeatWheel(clock, new SeededIds(1), 45_000)
    const beats = Array.from({ length: 450 }, () => 0)
    beats.forEach((_, index) => wheel.add(() => beats[index]!++))
    await clock.advance(15_000)
    const early = beats.filter((count) => count === 1).length
    expect(early).toBeGreaterThan(100)
    expect(early).toBeLessThan(200)
    await clock.advance(30_000)
    expect(beats.every((count) => count === 1)).toBe(true)
  })

  it('lets go of sessions that left, also while it serves them', async () => {
    const clock = new ManualClock()
    const wheel = new HeartbeatWheel(clock, new SeededIds(1), 1000)
    let beats = 0
    const leave = wheel.add(() => {
      beats++
      leave()
    })
    await clock.advance(5000)
    expect(beats).toBe(1)
  })
})
