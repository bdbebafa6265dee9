import { describe, expect, it } from 'vitest'
import { aSession } from '../../../test/builders/a-session.ts'
import { emptyStore } from '../../../test/services-deps.ts'
import { ManualClock } from '../../kit/clock.ts'
import { SESSION_RETENTION_MS, SESSIONS_KEPT } from '../../model/exec-limits.ts'
import type { SessionRecord } from '../../model/exec-session.ts'
import { sessionRetention } from './session-retention.ts'

const keptAt = async (now: number, sessions: readonly SessionRecord[]): Promise<string[]> => {
  const [store, clock] = [await emptyStore(), new ManualClock(now)]
  await store.transact((tx) => {
    for (const session of sessions) tx.sessions.insert(session)
  })
  const controller = sessionRetention({ store, clock })
  for (const key of controller.keys()) await controller.reconcile(key)
  return Array.from(store.tables.sessions.rows(), ({ sessionId }) => sessionId)
}

describe('session retention', () => {
  it('removes sessions that ended thirty days ago, and no others', async () => {
    const sessions = [
      aSession({ sessionId: 'old', endedAt: 0 }),
      aSession({ sessionId: 'new', endedAt: 1 }),
      aSession({ sessionId: 'live' }),
    ]
    expect(await keptAt(SESSION_RETENTION_MS, sessions)).toEqual(['new', 'live'])
  })

  it('keeps no more than so many that ended, the last of them', async () => {
    const sessions = Array.from({ length: SESSIONS_KEPT + 2 }, (_, index) =>
      aSession({ sessionId: `s${index}`, endedAt: index }),
    )
    const kept = await keptAt(SESSIONS_KEPT, sessions)
    expect(kept).toHaveLength(SESSIONS_KEPT)
    expect(kept[0]).toBe('s2')
  })
})
