/** From a task set's record and its revision's to the SDK's shape: the only crossing. */
import type { LoadBalancer, TaskSet } from '@aws-sdk/client-ecs'
import { defined } from '../../kit/assert.ts'
import { dateOf } from '../../kit/timestamps.ts'
import { taskSetArn } from '../../model/arn.ts'
import type { ServiceRecord, ServiceRevisionRecord, TaskSetRecord } from '../../model/service-records.ts'
import { computedDesiredCount } from '../../model/task-set-size.ts'
import { type ReadTables, taskCountKey } from '../../store/tables.ts'

export const describeTaskSet = (
  tables: ReadTables,
  service: ServiceRecord,
  taskSet: TaskSetRecord,
  withTags: boolean,
): TaskSet => {
  const { taskSetId } = taskSet
  const revision = tables.serviceRevisions.get(taskSet.serviceRevisionArn)
  return {
    id: taskSetId,
    taskSetArn: taskSetArn(taskSet.serviceArn, taskSetId),
    serviceArn: taskSet.serviceArn,
    clusterArn: taskSet.clusterArn,
    ...(taskSet.startedBy === undefined ? {} : { startedBy: taskSet.startedBy }),
    ...(taskSet.externalId === undefined ? {} : { externalId: taskSet.externalId }),
    status: taskSet.status,
    computedDesiredCount: computedDesiredCount(service, taskSet),
    pendingCount: tables.tasks.count('inDeployment', taskCountKey(taskSetId, 'PENDING')),
    runningCount: tables.tasks.count('inDeployment', taskCountKey(taskSetId, 'RUNNING')),
    createdAt: dateOf(taskSet.createdAt),
    updatedAt: dateOf(taskSet.updatedAt),
    ...describeLaunch(defined(revision, 'the revision of a task set')),
    loadBalancers: describeLoadBalancers(revision),
    serviceRegistries: [],
    scale: { value: taskSet.scalePercent, unit: 'PERCENT' },
    stabilityStatus: taskSet.stabilityStatus,
    stabilityStatusAt: dateOf(taskSet.stabilityStatusAt),
    ...(withTags ? { tags: [...taskSet.tags] } : {}),
  }
}

/** As they were asked for. */
export const describeLoadBalancers = (revision: ServiceRevisionRecord | undefined): LoadBalancer[] =>
  (revision?.loadBalancers ?? []).map(({ resolvedTargetGroupArn: _resolved, ...asked }) => asked)

/** What the tasks of a revision are made of, in the words that task sets and service revisions share. */
export const describeLaunch = (
  revision: ServiceRevisionRecord,
): Pick<
  TaskSet,
  | 'taskDefinition'
  | 'launchType'
  | 'capacityProviderStrategy'
  | 'platformVersion'
  | 'platformFamily'
  | 'networkConfiguration'
> => ({
  taskDefinition: revision.taskDefinitionArn,
  ...(revision.capacityProviderStrategy.length > 0
    ? { capacityProviderStrategy: revision.capacityProviderStrategy.map((item) => ({ ...item })) }
    : { launchType: revision.launchType }),
  ...(revision.platformVersion === undefined ? {} : { platformVersion: revision.platformVersion }),
  ...(revision.launchType === 'FARGATE' ? { platformFamily: 'Linux' } : {}),
  ...(revision.networkConfiguration === undefined ? {} : { networkConfiguration: revision.networkConfiguration }),
})
