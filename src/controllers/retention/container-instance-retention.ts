/** Container instances that were deregistered long enough ago are forgotten. They never come back: whoever registers is a new one. */
import { INACTIVE_INSTANCE_RETENTION_MS } from '../../model/limits.ts'
import type { ReadTables } from '../../store/tables.ts'
import type { Controller } from '../controller.ts'
import { retention, type RetentionOptions } from './retention.ts'

export const containerInstanceRetention = (options: RetentionOptions): Controller =>
  retention(
    {
      name: 'container-instance-retention',
      everyMs: 600_000,
      expired: expiredInstances,
      remove: (tx, containerInstanceId) => tx.containerInstances.remove(containerInstanceId),
    },
    options,
  )

function* expiredInstances(tables: ReadTables, now: number): Iterable<string> {
  for (const { containerInstanceId, status, deregisteredAt = 0 } of tables.containerInstances.rows()) {
    if (status === 'INACTIVE' && deregisteredAt <= now - INACTIVE_INSTANCE_RETENTION_MS) yield containerInstanceId
  }
}
