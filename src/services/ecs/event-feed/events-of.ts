/** From what a transaction changed to the events that tell of it. */
import type { ContainerInstanceRecord, TaskRecord } from '../../../model/records.ts'
import type { ServiceEventRecord } from '../../../model/service-records.ts'
import type { RowChange } from '../../../store/table.ts'
import { hostOf, isStopped, type ReadTables, type TableName } from '../../../store/tables.ts'
import { describeContainerInstance } from '../describe-container-instance.ts'
import { taskView } from '../describe-task.ts'
import { containerInstanceEvent } from './container-instance-event.ts'
import type { EventContent } from './event.ts'
import { serviceEvent } from './service-event.ts'
import { hasNewTaskState, taskEvent } from './task-event.ts'

/** Tables whose changes can be events. */
export const EVENTFUL_TABLES: readonly TableName[] = ['tasks', 'containerInstances', 'serviceEvents']

/**
 * In the order of the changes; container instances last, each of them once, because their resources change with every task. `tables`
 * are as they are now. What is only removed, because its time is over, is no event.
 */
export const eventsOf = (changes: readonly RowChange[], tables: ReadTables, at: number): EventContent[] => [
  ...changes.flatMap((change) => ownEvent(change, tables, at) ?? []),
  ...Array.from(changedInstances(changes), (id) => tables.containerInstances.get(id))
    .filter((instance) => instance !== undefined)
    .map((instance) =>
      containerInstanceEvent(describeContainerInstance({ tx: tables }, instance), instance.clusterArn, at),
    ),
]

const ownEvent = ({ table, before, after }: RowChange, tables: ReadTables, at: number): EventContent | undefined => {
  if (after === undefined) return undefined
  if (table === 'serviceEvents') return before === undefined ? serviceEvent(after as ServiceEventRecord) : undefined
  if (table !== 'tasks' || !hasNewTaskState(before as TaskRecord | undefined, after as TaskRecord)) return undefined
  return taskEvent(after as TaskRecord, taskView(tables, after as TaskRecord, false), at)
}

/** Instances whose own record has a new version, or that have one task more or less. */
const changedInstances = (changes: readonly RowChange[]): ReadonlySet<string> => {
  const ids = new Set<string>()
  for (const { table, before, after } of changes) {
    if (table === 'containerInstances') {
      const instance = after as ContainerInstanceRecord | undefined
      if (instance && instance.version !== (before as ContainerInstanceRecord | undefined)?.version)
        ids.add(instance.containerInstanceId)
    } else if (table === 'tasks') {
      const [from, to] = [before, after].map((task) => burdened(task as TaskRecord | undefined))
      if (from !== to) for (const id of [from, to]) if (id !== undefined) ids.add(id)
    }
  }
  return ids
}

/** The instance that the task takes resources of. */
const burdened = (task: TaskRecord | undefined): string | undefined =>
  task === undefined || isStopped(task) ? undefined : hostOf(task)
