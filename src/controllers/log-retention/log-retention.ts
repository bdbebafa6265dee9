/** Events of log groups that were kept as long as their group says make room. What calls see of them has ended before, to the moment. */
import type { Clock } from '../../kit/clock.ts'
import { DAY_MS } from '../../model/limits.ts'
import type { LogStore } from '../../store/logs/log-store.ts'
import type { Store } from '../../store/store.ts'
import type { Controller } from '../controller.ts'

export interface LogRetentionOptions {
  readonly store: Store
  readonly clock: Clock
  readonly logs: LogStore
}

const EVERY_MS = 600_000

/** By the ARN of the group. */
export const logRetention = ({ store: { tables }, clock, logs }: LogRetentionOptions): Controller => ({
  name: 'log-retention',
  everyMs: EVERY_MS,
  watch: () => () => {},
  keys: function* () {
    for (const { arn, retentionDays } of tables.logGroups.rows()) if (retentionDays !== undefined) yield arn
  },
  reconcile: async (arn) => {
    const { groupId, retentionDays } = tables.logGroups.get(arn) ?? {}
    if (groupId === undefined || retentionDays === undefined) return
    await logs.dropBefore(groupId, clock.now() - retentionDays * DAY_MS)
  },
})
