import { expect, it } from 'vitest'
import { ManualClock } from '../../kit/clock.ts'
import { RequestLimit } from './request-limit.ts'

it('is counted for each address by itself', () => {
  const limit = new RequestLimit({ perSecond: 1, burst: 1 }, new ManualClock())
  expect(['a', 'a', 'b', 'b'].map((address) => limit.admits(address))).toEqual([true, false, true, false])
})

it('is still counted when very many addresses have asked', async () => {
  const clock = new ManualClock()
  const limit = new RequestLimit({ perSecond: 1, burst: 2 }, clock)
  for (let number = 0; number < 5000; number++) limit.admits(`10.0.${number >> 8}.${number & 255}`)
  expect([limit.admits('x'), limit.admits('x'), limit.admits('x')]).toEqual([true, true, false])
  await clock.advance(1000)
  expect([limit.admits('x'), limit.admits('x')]).toEqual([true, false])
})
