/** Finds tasks that a request names by id or ARN, within one cluster. */
import { clusterNameOf, isArn, parseArn, taskArn } from '../../model/arn.ts'
import type { ClusterRecord, TaskRecord } from '../../model/records.ts'
import type { EcsContext } from './context.ts'
import { invalidParameter } from './faults.ts'
import { missing } from './missing-member.ts'

/** AWS: ids are 32 hexadecimal digits; the first format, a UUID, is still read. */
const ID = /^(?:[0-9a-zA-Z]{32}|[0-9a-zA-Z-]{36})$/

/** The id that an id or ARN stands for, in the cluster; whether there is such a task is another question. */
export const taskIdOf = (cluster: ClusterRecord, identifier: string): string => {
  const id = isArn(identifier) ? idOfArn(cluster, identifier) : identifier
  if (!ID.test(id)) throw invalidParameter('taskId length should be one of [32,36]')
  return id
}

/** ARNs of the first format do not name the cluster. */
const idOfArn = (cluster: ClusterRecord, arn: string): string => {
  const parsed = parseArn(arn)
  if (parsed?.service !== 'ecs') throw invalidParameter('Invalid identifier: Identifier is not an Amazon ECS ARN.')
  const [type, ...path] = parsed.resource.split('/')
  if (type !== 'task') throw invalidParameter(`Invalid identifier: Identifier is for ${type}. Expected task.`)
  const id = path.pop() ?? ''
  const clusterName = clusterNameOf(cluster.clusterArn)
  if (path.length > 1) throw invalidParameter('Invalid identifier: Unexpected number of separators')
  if (path.length === 1 && path[0] !== clusterName) {
    throw invalidParameter(`Invalid identifier: Identifier is for cluster ${path[0]}. Your cluster is ${clusterName}`)
  }
  return id
}

/** Finds one after another. The format of ARNs that we give ourselves is told by its beginning, without taking it apart. */
export const taskFinder = (context: EcsContext, cluster: ClusterRecord) => {
  const { tasks } = context.tx
  const prefix = taskArn(cluster.clusterArn, '')
  return (identifier: string): TaskRecord | undefined => {
    const own = identifier.startsWith(prefix) ? tasks.get(identifier.slice(prefix.length)) : undefined
    const task = own ?? tasks.get(taskIdOf(cluster, identifier))
    if (task?.clusterArn !== cluster.clusterArn) return undefined
    return own === undefined && isArn(identifier) && !isOwn(cluster, identifier) ? undefined : task
  }
}

export const getTask = (context: EcsContext, cluster: ClusterRecord, identifier: string): TaskRecord | undefined =>
  taskFinder(context, cluster)(identifier)

/** Whether a task's ARN is of the account and region of the cluster. */
const isOwn = ({ clusterArn }: ClusterRecord, arn: string): boolean =>
  clusterArn.startsWith(arn.slice(0, arn.lastIndexOf(':') + 1))

export const requireTask = (
  context: EcsContext,
  cluster: ClusterRecord,
  identifier: string | undefined,
): TaskRecord => {
  if (!identifier) throw missing('task')
  const task = getTask(context, cluster, identifier)
  if (task === undefined) throw invalidParameter('The referenced task was not found.')
  return task
}

/** The ARN of a task that is named by id or ARN. */
export const arnOfTask = (cluster: ClusterRecord, identifier: string): string =>
  isArn(identifier) ? identifier : taskArn(cluster.clusterArn, identifier)
