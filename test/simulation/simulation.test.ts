import { describe, expect, it } from 'vitest'
import { simulate } from './simulation.ts'

const SEEDS = Array.from({ length: 12 }, (_, index) => index + 1)
const MINUTES = 10

describe('a simulated installation', () => {
  it.each(SEEDS)('keeps what it promised and comes to rest, whatever goes wrong: seed %i', async (seed) => {
    const { breaches, trace } = await simulate({ seed, minutes: MINUTES })
    const again = `npm run simulate -- --first-seed ${seed} --seeds 1 --minutes ${MINUTES} --trace`
    expect(breaches, `${trace.join('\n')}\nagain: ${again}`).toEqual([])
  })

  it('goes the same way with the same seed, to the last byte that it writes', async () => {
    const [one, other] = [await simulate({ seed: 4, minutes: 20 }), await simulate({ seed: 4, minutes: 20 })]
    expect(other.digest).toBe(one.digest)
    expect(other.steps).toBe(one.steps)
    expect((await simulate({ seed: 5, minutes: 20 })).digest).not.toBe(one.digest)
  })
})
