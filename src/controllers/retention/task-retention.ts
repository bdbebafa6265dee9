/** Stopped tasks stay visible for an hour. A stopped task never changes again, so one that has expired can only be removed. */
import { STOPPED_TASK_RETENTION_MS } from '../../model/limits.ts'
import type { ReadTables } from '../../store/tables.ts'
import type { Controller } from '../controller.ts'
import { retention, type RetentionOptions } from './retention.ts'

export const taskRetention = (options: RetentionOptions): Controller =>
  retention(
    {
      name: 'task-retention',
      everyMs: 60_000,
      expired: expiredTasks,
      remove: (tx, taskId) => tx.tasks.remove(taskId),
    },
    options,
  )

function* expiredTasks(tables: ReadTables, now: number): Iterable<string> {
  for (const { taskId, stoppedAt = 0 } of tables.tasks.iterate('stopped', 'STOPPED')) {
    if (stoppedAt <= now - STOPPED_TASK_RETENTION_MS) yield taskId
  }
}
