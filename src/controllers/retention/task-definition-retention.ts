/**
 * A revision whose deletion was requested goes when no task is left that was started from it, and no service that may start one. Stopped
 * tasks count as long as they can be described, because their descriptions say what the definition gave them. The family stays, so that
 * no revision's number comes twice.
 * AWS: "DELETE_IN_PROGRESS ... until all the associated tasks and services have been terminated"; how long after, it does not say.
 */
import type { TaskDefinitionRecord } from '../../model/records.ts'
import { type ReadTables, taskListKey } from '../../store/tables.ts'
import type { Controller } from '../controller.ts'
import { neededRevisions } from './needed-revisions.ts'
import { retention, type RetentionOptions } from './retention.ts'

export const taskDefinitionRetention = (options: RetentionOptions): Controller =>
  retention(
    {
      name: 'task-definition-retention',
      everyMs: 60_000,
      expired: unusedDefinitions,
      // Nothing new can start from it: what is unused stays so.
      remove: (tx, taskDefinitionArn) => tx.taskDefinitions.remove(taskDefinitionArn),
    },
    options,
  )

function* unusedDefinitions(tables: ReadTables): Iterable<string> {
  let ofServices: ReadonlySet<string> | undefined
  for (const definition of tables.taskDefinitions.rows()) {
    if (definition.status !== 'DELETE_IN_PROGRESS' || hasTasks(tables, definition)) continue
    ofServices ??= definitionsOfServices(tables)
    if (!ofServices.has(definition.taskDefinitionArn)) yield definition.taskDefinitionArn
  }
}

const definitionsOfServices = (tables: ReadTables): ReadonlySet<string> => {
  const definitions = new Set<string>()
  for (const { serviceArn, status } of tables.services.rows()) {
    if (status === 'INACTIVE') continue
    for (const revisionArn of neededRevisions(tables, serviceArn))
      definitions.add(tables.serviceRevisions.get(revisionArn)?.taskDefinitionArn ?? '')
  }
  return definitions
}

const hasTasks = (tables: ReadTables, { family, taskDefinitionArn }: TaskDefinitionRecord): boolean => {
  for (const { clusterArn } of tables.clusters.rows()) {
    for (const desiredStatus of ['RUNNING', 'STOPPED']) {
      const tasks = tables.tasks.iterate('listedByFamily', taskListKey(clusterArn, desiredStatus, family))
      for (const task of tasks) if (task.taskDefinitionArn === taskDefinitionArn) return true
    }
  }
  return false
}
