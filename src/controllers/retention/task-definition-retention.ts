/**
 * A revision whose deletion was requested goes when no task is left that was started from it. Stopped tasks count as long as they can be
 * described, because their descriptions say what the definition gave them. The family stays, so that no revision's number comes twice.
 * AWS: "DELETE_IN_PROGRESS ... until all the associated tasks and services have been terminated"; how long after, it does not say.
 */
import type { TaskDefinitionRecord } from '../../model/records.ts'
import { type ReadTables, taskListKey } from '../../store/tables.ts'
import type { Controller } from '../controller.ts'
import { retention, type RetentionOptions } from './retention.ts'

export const taskDefinitionRetention = (options: RetentionOptions): Controller =>
  retention(
    {
      name: 'task-definition-retention',
      everyMs: 60_000,
      expired: unusedDefinitions,
      // Nothing can start from it any more: what is unused stays so.
      remove: (tx, taskDefinitionArn) => tx.taskDefinitions.remove(taskDefinitionArn),
    },
    options,
  )

function* unusedDefinitions(tables: ReadTables): Iterable<string> {
  for (const definition of tables.taskDefinitions.rows()) {
    if (definition.status === 'DELETE_IN_PROGRESS' && !isInUse(tables, definition)) yield definition.taskDefinitionArn
  }
}

const isInUse = (tables: ReadTables, { family, taskDefinitionArn }: TaskDefinitionRecord): boolean => {
  for (const { clusterArn } of tables.clusters.rows()) {
    for (const desiredStatus of ['RUNNING', 'STOPPED']) {
      const tasks = tables.tasks.iterate('listedByFamily', taskListKey(clusterArn, desiredStatus, family))
      for (const task of tasks) if (task.taskDefinitionArn === taskDefinitionArn) return true
    }
  }
  return false
}
