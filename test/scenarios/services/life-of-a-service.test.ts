/** A service from its beginning to its end: it always has as many tasks as it is to have. */
import { describe, expect, it } from 'vitest'
import { world } from '../../world.ts'
import { register } from '../control-plane/run-task.ts'
import { create, MINUTE_MS, messages, running, SECOND_MS, seen, spread } from './services.ts'

describe('a new service', () => {
  it('brings its tasks to RUNNING, spread over the instances, and comes to rest', async () => {
    const w = await world({ agents: 3 })
    await register(w)
    await create(w, { desiredCount: 6 })
    await w.advance(5 * SECOND_MS)
    expect(await running(w)).toHaveLength(6)
    expect(await spread(w)).toEqual([2, 2, 2])

    await w.advance(MINUTE_MS)
    expect(await seen(w)).toMatchObject({
      runningCount: 6,
      pendingCount: 0,
      deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED', runningCount: 6 }],
    })
    const [started, ...others] = (await messages(w)).filter((message) => !message.includes('deployment'))
    expect(started).toMatch(/^\(service web\) has started 6 tasks: (\(task [0-9a-f]{32}\) ?){6}\.$/)
    expect(others).toEqual(['(service web) has reached a steady state.'])
  })
})
