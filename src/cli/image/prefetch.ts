/**
 * Images onto container instances, by public calls alone: on each instance a task is started whose container has a program that no image has. Its
 * agent pulls the image, makes the container, and cannot start it, which is the sign that the image is there. So nothing of the image runs, and
 * it needs no shell.
 */
import {
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeTasksCommand,
  type ECSClient,
  paginateListContainerInstances,
  RegisterTaskDefinitionCommand,
  StartTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs'
import { SystemClock } from '../../kit/clock.ts'
import { UserError } from '../../kit/command.ts'

export interface Prefetch {
  readonly cluster: string
  readonly images: readonly string[]
  /** `NAME=VALUE`; without it, all instances. */
  readonly attribute?: string | undefined
  readonly executionRoleArn?: string | undefined
  readonly isAwaited: boolean
}

export interface Outcome {
  readonly image: string
  readonly containerInstanceArn: string
  readonly state: 'started' | 'present' | 'failed'
  /** Until it was there. */
  readonly seconds?: number
  readonly reason?: string
}

const FAMILY = 'longshore-prefetch'
const CONTAINER = 'image'
/** The label makes simulated containers end so, too. */
const CANNOT_START = {
  entryPoint: ['/.longshore-prefetch'],
  command: [],
  dockerLabels: { 'longshore.simulated.fail-start': 'no such file or directory' },
}
/** What was there to start is there. */
const STARTED_IN_VAIN = /^CannotStartContainerError:/
/** The least that a container may have. */
const MEMORY_MIB = 6
/** StartTask takes no more instances at once, DescribeTasks no more tasks. */
const START_ITEMS = 10
const DESCRIBE_ITEMS = 100
const LOOK_EVERY_MS = 250

/** `tell` hears of each outcome as it comes. */
export const prefetch = async (
  client: ECSClient,
  wanted: Prefetch,
  tell: (outcome: Outcome) => void,
): Promise<readonly Outcome[]> => {
  const instances = await instancesOf(client, wanted)
  const outcomes: Outcome[] = []
  const say = (outcome: Outcome): void => {
    outcomes.push(outcome)
    tell(outcome)
  }
  const started = new Map<string, string>()
  for (const image of wanted.images)
    for (const task of await startOn(client, wanted, image, instances, say)) started.set(task.taskArn ?? '', image)
  if (wanted.isAwaited) await watch(client, wanted.cluster, started, say)
  return outcomes
}

const instancesOf = async (client: ECSClient, { cluster, attribute }: Prefetch): Promise<string[]> => {
  const filter = attribute === undefined ? {} : { filter: filterOf(attribute) }
  const arns: string[] = []
  for await (const { containerInstanceArns = [] } of paginateListContainerInstances(
    { client, pageSize: DESCRIBE_ITEMS },
    { cluster, status: 'ACTIVE', ...filter },
  ))
    arns.push(...containerInstanceArns)
  return arns
}

/** In ECS's cluster query language. */
const filterOf = (attribute: string): string => {
  const [, name, value] = /^([\w./-]+)=(.+)$/.exec(attribute) ?? []
  if (name === undefined || value === undefined)
    throw new UserError(`--attribute is "${attribute}"; it must be NAME=VALUE, e.g. stack=web.`)
  return `attribute:${name} == '${value.replaceAll("'", "\\'")}'`
}

/** Gives the tasks that will tell more. The definition is of use to nobody else, and goes when they are over. */
const startOn = async (
  client: ECSClient,
  { cluster, executionRoleArn, isAwaited }: Prefetch,
  image: string,
  instances: readonly string[],
  say: (outcome: Outcome) => void,
): Promise<Task[]> => {
  const { taskDefinition: definition } = await client.send(
    new RegisterTaskDefinitionCommand({
      family: FAMILY,
      networkMode: 'none',
      containerDefinitions: [{ name: CONTAINER, image, memory: MEMORY_MIB, ...CANNOT_START }],
      ...(executionRoleArn !== undefined && { executionRoleArn }),
    }),
  )
  const { taskDefinitionArn: taskDefinition = '' } = definition ?? {}
  const started: Task[] = []
  try {
    for (const containerInstances of batches(instances, START_ITEMS)) {
      const input = { cluster, taskDefinition, containerInstances, startedBy: FAMILY }
      const { tasks = [], failures = [] } = await client.send(new StartTaskCommand(input))
      started.push(...tasks)
      for (const { arn: containerInstanceArn = '', reason = 'MISSING' } of failures)
        say({ image, containerInstanceArn, state: 'failed', reason })
      if (!isAwaited)
        for (const { containerInstanceArn = '' } of tasks) say({ image, containerInstanceArn, state: 'started' })
    }
  } finally {
    await client.send(new DeregisterTaskDefinitionCommand({ taskDefinition }))
    await client.send(new DeleteTaskDefinitionsCommand({ taskDefinitions: [taskDefinition] }))
  }
  return started
}

const watch = async (
  client: ECSClient,
  cluster: string,
  started: Map<string, string>,
  say: (outcome: Outcome) => void,
): Promise<void> => {
  const clock = new SystemClock()
  while (started.size > 0) {
    for (const tasks of batches([...started.keys()], DESCRIBE_ITEMS)) {
      const { tasks: found = [], failures = [] } = await client.send(new DescribeTasksCommand({ cluster, tasks }))
      for (const task of found) {
        const outcome = outcomeOf(task, started.get(task.taskArn ?? '') ?? '')
        if (outcome === undefined) continue
        started.delete(task.taskArn ?? '')
        say(outcome)
      }
      for (const { arn = '' } of failures) started.delete(arn)
    }
    if (started.size > 0) await clock.sleep(LOOK_EVERY_MS)
  }
}

/** Undefined as long as nobody can say. */
const outcomeOf = (task: Task, image: string): Outcome | undefined => {
  if (task.lastStatus !== 'STOPPED') return undefined
  const { containerInstanceArn = '', pullStoppedAt, createdAt, containers = [], stoppedReason = '' } = task
  const reason = containers[0]?.reason ?? stoppedReason
  if (!STARTED_IN_VAIN.test(reason)) return { image, containerInstanceArn, state: 'failed', reason }
  const seconds = pullStoppedAt && createdAt && (pullStoppedAt.getTime() - createdAt.getTime()) / 1000
  return { image, containerInstanceArn, state: 'present', ...(seconds !== undefined && { seconds }) }
}

function* batches(items: readonly string[], size: number): Iterable<string[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size)
}
