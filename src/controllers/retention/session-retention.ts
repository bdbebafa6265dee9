/** Sessions of ECS Exec that have ended are shown for thirty days, the newest ten thousand of them. */
import { SESSION_RETENTION_MS, SESSIONS_KEPT } from '../../model/exec-limits.ts'
import { hasEnded, type SessionRecord } from '../../model/exec-session.ts'
import type { ReadTables } from '../../store/tables.ts'
import type { Controller } from '../controller.ts'
import { retention, type RetentionOptions } from './retention.ts'

export const sessionRetention = (options: RetentionOptions): Controller =>
  retention(
    {
      name: 'session-retention',
      everyMs: 600_000,
      expired: expiredSessions,
      remove: (tx, sessionId) => tx.sessions.remove(sessionId),
    },
    options,
  )

function* expiredSessions(tables: ReadTables, now: number): Iterable<string> {
  const ended = [...tables.sessions.rows()].filter(hasEnded).toSorted((one, other) => endOf(other) - endOf(one))
  for (const [index, session] of ended.entries())
    if (index >= SESSIONS_KEPT || endOf(session) <= now - SESSION_RETENTION_MS) yield session.sessionId
}

const endOf = ({ endedAt = 0 }: SessionRecord): number => endedAt
