/** The tasks that a user means by a word: a task's ARN, its id, the beginning or the end of it, or the name of a service. */
import {
  ClusterNotFoundException,
  DescribeTasksCommand,
  type ECSClient,
  paginateListServices,
  paginateListTasks,
  ServiceNotFoundException,
  type Task,
} from '@aws-sdk/client-ecs'
import { closestName } from '../kit/closest-name.ts'
import { UserError } from '../kit/command.ts'

export interface FoundTasks {
  readonly kind: 'task' | 'service'
  /** Of a service, its name. */
  readonly name: string
  /** Those of a service that are to run, the oldest first. */
  readonly tasks: readonly Task[]
}

const DESCRIBE_ITEMS = 100
const LISTED = 10_000
/** Tasks and services that a message names. */
const NAMED = 10

export const shortName = (arn = ''): string => arn.slice(arn.lastIndexOf('/') + 1)

/** So many characters of a task's id tell it apart from others for a human: the last ones, as it begins with the time. */
const SHORT_ID = 8

export const shortTaskId = (arn = ''): string => shortName(arn).slice(-SHORT_ID)

/** Throws `UserError` if nothing, or more than one task, is meant. */
export const findTasks = async (ecs: ECSClient, cluster: string, word: string): Promise<FoundTasks> => {
  try {
    const task = await taskOf(ecs, cluster, word)
    if (task !== undefined) return { kind: 'task', name: shortName(task.taskArn), tasks: [task] }
    return { kind: 'service', name: shortName(word), tasks: await serviceTasks(ecs, cluster, shortName(word)) }
  } catch (error) {
    if (error instanceof ServiceNotFoundException)
      throw new UserError(await nothing(ecs, cluster, word), { cause: error })
    if (!(error instanceof ClusterNotFoundException)) throw error
    throw new UserError(`There is no cluster "${shortName(cluster)}". 'longshore status' lists those there are.`, {
      cause: error,
    })
  }
}

/** Those that are to run. Rejects with `ServiceNotFoundException`. */
export const serviceTasks = async (ecs: ECSClient, cluster: string, serviceName: string): Promise<Task[]> => {
  const arns = await listTasks(ecs, { cluster, serviceName, desiredStatus: 'RUNNING' })
  const tasks = await describeTasks(ecs, cluster, arns)
  return tasks.toSorted((a, b) => (a.createdAt?.getTime() ?? 0) - (b.createdAt?.getTime() ?? 0))
}

/** Those that stopped a while ago, the oldest first. */
export const stoppedServiceTasks = async (ecs: ECSClient, cluster: string, serviceName: string): Promise<Task[]> => {
  const arns = await listTasks(ecs, { cluster, serviceName, desiredStatus: 'STOPPED' })
  const tasks = await describeTasks(ecs, cluster, arns)
  return tasks.toSorted((a, b) => (a.createdAt?.getTime() ?? 0) - (b.createdAt?.getTime() ?? 0))
}

/** Those of them that there still are. */
export const describeTasks = async (ecs: ECSClient, cluster: string, arns: readonly string[]): Promise<Task[]> => {
  const tasks: Task[] = []
  for (let from = 0; from < arns.length; from += DESCRIBE_ITEMS) {
    const some = arns.slice(from, from + DESCRIBE_ITEMS)
    tasks.push(...((await ecs.send(new DescribeTasksCommand({ cluster, tasks: some }))).tasks ?? []))
  }
  return tasks
}

const TASK_ARN = /^arn:[^:]+:ecs:[^:]*:[^:]*:task\//
const PART_OF_ID = /^[0-9a-f]{1,32}$/

const taskOf = async (ecs: ECSClient, cluster: string, word: string): Promise<Task | undefined> => {
  if (TASK_ARN.test(word)) return (await describeTasks(ecs, cluster, [word]))[0]
  if (!PART_OF_ID.test(word)) return undefined
  const arns = await taskArnsLike(ecs, cluster, word)
  if (arns.length > 1) {
    const some = arns.slice(0, NAMED).map(shortName).join(', ')
    throw new UserError(`${arns.length} tasks begin or end with "${word}" (${some}); give more of the id.`)
  }
  return (await describeTasks(ecs, cluster, arns))[0]
}

/** Those that stopped a while ago are found, too. */
const taskArnsLike = async (ecs: ECSClient, cluster: string, part: string): Promise<string[]> => {
  const lists = await Promise.all(
    (['RUNNING', 'STOPPED'] as const).map((desiredStatus) => listTasks(ecs, { cluster, desiredStatus })),
  )
  return lists.flat().filter((arn) => shortName(arn).startsWith(part) || arn.endsWith(part))
}

const listTasks = async (
  ecs: ECSClient,
  filter: { cluster: string; serviceName?: string; desiredStatus: 'RUNNING' | 'STOPPED' },
): Promise<string[]> => {
  const arns: string[] = []
  for await (const { taskArns = [] } of paginateListTasks({ client: ecs, pageSize: DESCRIBE_ITEMS }, filter)) {
    arns.push(...taskArns)
    if (arns.length >= LISTED) break
  }
  return arns
}

const nothing = async (ecs: ECSClient, cluster: string, word: string): Promise<string> => {
  const names: string[] = []
  for await (const { serviceArns = [] } of paginateListServices({ client: ecs, pageSize: DESCRIBE_ITEMS }, { cluster }))
    names.push(...serviceArns.map(shortName))
  const meant = closestName(word, names)
  const hint = meant === undefined ? '' : ` (is "${meant}" meant?)`
  const some = names.toSorted().slice(0, NAMED).join(', ')
  const services = names.length === 0 ? 'It has no services.' : `Its services: ${some}.`
  return `The cluster ${shortName(cluster)} has no task or service "${word}"${hint}. ${services}`
}
