/**
 * ListTasks: ARNs of tasks in the order of their ids, from sorted indexes: a page costs what it gives. Only a filter without an index
 * of its own looks at more; how much is limited, so that such a page may be short and yet have a token.
 */
import type { ListTasksRequest, ListTasksResponse } from '@aws-sdk/client-ecs'
import { taskArn, taskDefinitionOf } from '../../../model/arn.ts'
import { LIST_TASKS_ROWS, PAGE_SIZE } from '../../../model/limits.ts'
import type { ClusterRecord, TaskRecord } from '../../../model/records.ts'
import { taskListKey } from '../../../store/tables.ts'
import { Described, type Lazy } from '../../../wire/described.ts'
import { clusterKey, onAnything, onContainerInstance } from '../access.ts'
import { requireContainerInstance } from '../container-instance-lookups.ts'
import type { EcsContext, EcsOperation } from '../context.ts'
import { ecsEnums, oneOf } from '../enums.ts'
import { invalidParameter } from '../faults.ts'
import { requireCluster } from '../lookups.ts'
import { requireService } from '../service-lookups.ts'

export const listTasks: EcsOperation<ListTasksRequest, ListTasksResponse> = {
  access: (input, context) =>
    input.containerInstance ? onContainerInstance(input, context) : onAnything(clusterKey(context, input)),
  handle: (input, context) => {
    const cluster = requireCluster(context, input.cluster)
    checkFilters(input)
    const size = pageSize(input.maxResults)
    if (!input.nextToken && isIndexed(input)) return firstPage(input, context, cluster, size)
    const matches = filterOf(input, context, cluster)
    const scope = scopeOf(input, context, cluster)
    const rows = candidates(input, context, cluster, positionOf(input, context, scope))
    const { arns, position } = page(cluster, rows, matches, size)
    return {
      taskArns: arns,
      ...(position === undefined ? {} : { nextToken: context.pageTokens.seal(scope, position) }),
    }
  },
}

/** An index alone decides. */
const isIndexed = ({ launchType, containerInstance, family, serviceName }: ListTasksRequest): boolean =>
  !launchType && !containerInstance && !(family && serviceName)

/** The page that is asked for most: its encoding is kept for as long as no task comes or goes. */
const firstPage = (
  input: ListTasksRequest,
  context: EcsContext,
  cluster: ClusterRecord,
  size: number,
): Lazy<ListTasksResponse> => {
  const keys = context.tx.tasks.sortedKeys(...indexOf(input, context, cluster))
  const prefix = taskArn(cluster.clusterArn, '')
  const taskArns = new Described(keys.state, String(size), () => keys.first(size).map((taskId) => prefix + taskId))
  if (keys.size <= size) return { taskArns }
  return {
    taskArns,
    nextToken: context.pageTokens.seal(scopeOf(input, context, cluster), keys.first(size).at(-1) ?? ''),
  }
}

/** AWS: startedBy stands alone, but for the desired status. There are no daemons to filter by. */
const checkFilters = ({
  startedBy,
  family,
  containerInstance,
  launchType,
  serviceName,
  daemonName,
}: ListTasksRequest) => {
  if (daemonName) throw invalidParameter('Daemons are not supported.')
  if (startedBy && (family || containerInstance || launchType || serviceName))
    throw invalidParameter('When you specify startedBy as the filter, it must be the only filter that you use.')
}

const pageSize = (maxResults: number | undefined): number => {
  if (maxResults === undefined) return PAGE_SIZE
  if (maxResults < 1 || maxResults > PAGE_SIZE) throw invalidParameter(`maxResults must be between 1 and ${PAGE_SIZE}.`)
  return maxResults
}

const desiredStatusOf = ({ desiredStatus }: ListTasksRequest): string =>
  oneOf('desiredStatus', desiredStatus ?? 'RUNNING', ecsEnums.DesiredStatus)

/** What the index does not decide. */
const filterOf = (
  input: ListTasksRequest,
  context: EcsContext,
  cluster: ClusterRecord,
): ((task: TaskRecord) => boolean) => {
  const launchType = input.launchType && oneOf('launchType', input.launchType, ecsEnums.LaunchType)
  const instanceId =
    input.containerInstance && requireContainerInstance(context, cluster, input.containerInstance).containerInstanceId
  const { family } = input
  return (task) =>
    (!family || taskDefinitionOf(task.taskDefinitionArn).family === family) &&
    (launchType === undefined || task.launchType === launchType) &&
    (instanceId === undefined || task.containerInstanceId === instanceId)
}

/** A token is good for the filters that it was given for, whatever the size of the page. */
const scopeOf = (input: ListTasksRequest, { account, region }: EcsContext, cluster: ClusterRecord): string =>
  JSON.stringify([
    'ListTasks',
    account,
    region,
    cluster.clusterName,
    desiredStatusOf(input),
    input.startedBy,
    input.family,
    input.serviceName,
    input.containerInstance,
    input.launchType,
  ])

/** The id of the last task that was looked at. */
const positionOf = ({ nextToken }: ListTasksRequest, context: EcsContext, scope: string): string => {
  if (!nextToken) return ''
  const position = context.pageTokens.open(scope, nextToken)
  if (position === undefined) throw invalidParameter('Invalid token.')
  return position
}

const candidates = (
  input: ListTasksRequest,
  context: EcsContext,
  cluster: ClusterRecord,
  position: string,
): Iterable<TaskRecord> => context.tx.tasks.iterateAfter(...indexOf(input, context, cluster), position)

/** The index that decides most of what the filters say, and the value in it. */
const indexOf = (
  input: ListTasksRequest,
  context: EcsContext,
  cluster: ClusterRecord,
): [index: 'listed' | 'listedByFamily' | 'listedByStartedBy' | 'listedByService', value: string] => {
  const { clusterArn } = cluster
  const status = desiredStatusOf(input)
  if (input.startedBy) return ['listedByStartedBy', taskListKey(clusterArn, status, input.startedBy)]
  if (input.serviceName) {
    const { serviceName } = requireService(context, cluster, input.serviceName)
    return ['listedByService', taskListKey(clusterArn, status, serviceName)]
  }
  if (input.family) return ['listedByFamily', taskListKey(clusterArn, status, input.family)]
  return ['listed', taskListKey(clusterArn, status)]
}

/** The next matching tasks; `position` is set if there may be more. */
const page = (
  { clusterArn }: ClusterRecord,
  rows: Iterable<TaskRecord>,
  matches: (task: TaskRecord) => boolean,
  size: number,
): { readonly arns: string[]; readonly position?: string } => {
  const arns: string[] = []
  const prefix = taskArn(clusterArn, '')
  let seen = 0
  let position = ''
  for (const task of rows) {
    if (arns.length === size || seen === LIST_TASKS_ROWS) return { arns, position }
    if (matches(task)) arns.push(prefix + task.taskId)
    position = task.taskId
    seen++
  }
  return { arns }
}
