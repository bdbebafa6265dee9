/** What must hold, whatever happens. An invariant looks at the world after every step; what it says is one sentence per breach. */
import type { ContainerInstanceRecord, TaskRecord } from '../../../src/model/records.ts'
import type { Feed } from '../feed.ts'
import type { Site } from '../site.ts'

export interface Invariant {
  readonly name: string
  readonly check: () => Iterable<string>
}

export type MakeInvariant = (site: Site, feed: Feed) => Invariant

/** ARN of the task that a container says it belongs to. */
export const TASK_LABEL = 'com.amazonaws.ecs.task-arn'
export const CONTAINER_LABEL = 'com.amazonaws.ecs.container-name'

export const taskIdOf = ({ labels }: { readonly labels: Readonly<Record<string, string>> }): string => {
  const arn = labels[TASK_LABEL] ?? ''
  return arn.slice(arn.lastIndexOf('/') + 1)
}

/** Tasks that hold resources, by the instance that they are on, as far as is durable. */
export const activeByInstance = (feed: Feed): Map<string, TaskRecord[]> =>
  Map.groupBy(
    [...feed.rows<TaskRecord>('tasks').values()].filter(({ lastStatus }) => lastStatus !== 'STOPPED'),
    ({ containerInstanceId, hostInstanceId }) => containerInstanceId ?? hostInstanceId ?? '',
  )

export const instancesOf = (feed: Feed): ReadonlyMap<string, ContainerInstanceRecord> =>
  feed.rows<ContainerInstanceRecord>('containerInstances')

export const isStoppedByScheduler = (before: TaskRecord | undefined, after: TaskRecord): boolean =>
  before?.desiredStatus === 'RUNNING' &&
  after.desiredStatus === 'STOPPED' &&
  after.stopCode === 'ServiceSchedulerInitiated'
