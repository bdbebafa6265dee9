/** RunTask: up to ten tasks of one definition on instances that the scheduler chooses, now or when there is capacity. */
import type { Failure, RunTaskRequest, RunTaskResponse, Task } from '@aws-sdk/client-ecs'
import { resourceId } from '../../../model/arn.ts'
import { CLIENT_TOKEN_LENGTH, RUN_TASK_COUNT, STARTED_BY_LENGTH } from '../../../model/limits.ts'
import { type TaskLaunch, taskMaker } from '../../../model/new-task.ts'
import type { TaskRecord } from '../../../model/records.ts'
import { Fault } from '../../../wire/fault.ts'
import { startingTasks } from '../access-launches.ts'
import type { EcsContext, EcsOperation } from '../context.ts'
import { describeTask, taskView } from '../describe-task.ts'
import { invalidParameter } from '../faults.ts'
import { launchTarget } from '../launch-target.ts'
import { requireActiveTaskDefinition, requireCluster } from '../lookups.ts'
import { type PlacedLaunch, placeLaunch } from '../place-launch.ts'
import { checkedLaunch } from '../task-launch.ts'
import { checkConstraints, checkStrategies, describeFailures } from '../task-placement.ts'

export const runTask: EcsOperation<RunTaskRequest, RunTaskResponse> = {
  access: (input, context) => startingTasks('RunTask', input, context),
  clientToken: {
    of: ({ clientToken }) => checkedToken(clientToken),
    scope: ({ cluster = 'default' }) => resourceId(cluster),
    conflict: (_input, answer) => tokenConflict(answer as RunTaskAnswer),
    kept: {
      of: (answer) => kept(answer as RunTaskAnswer),
      answer: (earlier: KeptAnswer, context) => answerAgain(earlier, context),
    },
  },
  handle: (input, context) => {
    const cluster = requireCluster(context, input.cluster)
    const definition = requireActiveTaskDefinition(context, input.taskDefinition)
    const count = checkedCount(input.count)
    const { launchType, capacityProviderNames } = launchTarget(input, cluster, count)
    const launch = checkedLaunch(context, input, {
      cluster,
      definition,
      launchType,
      platformVersion: input.platformVersion,
      startedByLength: STARTED_BY_LENGTH,
    })
    const placed = place(context, input, launch, count, capacityProviderNames)
    const newTask = taskMaker(launch, context.ids)
    const tasks = placed.targets.map((target) => context.tx.tasks.insert(newTask(target)))
    return {
      tasks: tasks.map((task) => describe(context, task)),
      failures: describeFailures(placed.failures, cluster.clusterArn, launchType),
    }
  },
}

const describe = ({ tx }: EcsContext, task: TaskRecord): Task => describeTask(task, taskView(tx, task, true))

interface RunTaskAnswer {
  readonly tasks: Task[]
  readonly failures: Failure[]
}

/** What a client token remembers: its tasks are described as they are when it comes again. */
interface KeptAnswer {
  readonly taskIds: readonly string[]
  readonly failures: Failure[]
}

const kept = ({ tasks, failures }: RunTaskAnswer): KeptAnswer => ({ taskIds: arnsOf(tasks).map(resourceId), failures })

const answerAgain = ({ taskIds, failures }: KeptAnswer, context: EcsContext): RunTaskAnswer => ({
  tasks: taskIds.flatMap((taskId) => context.tx.tasks.get(taskId) ?? []).map((task) => describe(context, task)),
  failures,
})

const tokenConflict = ({ tasks }: RunTaskAnswer): Fault =>
  new Fault({
    code: 'ConflictException',
    message: 'The client token was already used in a request with different parameters.',
    members: { resourceIds: arnsOf(tasks) },
  })

const arnsOf = (tasks: readonly Task[]): string[] => tasks.map(({ taskArn = '' }) => taskArn)

const checkedToken = (token: string | undefined): string | undefined => {
  if (!token) return undefined
  if (token.length > CLIENT_TOKEN_LENGTH || !/^[\x21-\x7e]*$/.test(token))
    throw invalidParameter(`clientToken can have up to ${CLIENT_TOKEN_LENGTH} characters in the range of 33-126.`)
  return token
}

const checkedCount = (count = 1): number => {
  if (!Number.isInteger(count) || count < 1 || count > RUN_TASK_COUNT)
    throw invalidParameter(`count must be between 1 and ${RUN_TASK_COUNT}.`)
  return count
}

const place = (
  context: EcsContext,
  { placementConstraints = [], placementStrategy = [] }: RunTaskRequest,
  launch: TaskLaunch,
  count: number,
  capacityProviderNames: readonly string[] | undefined,
): PlacedLaunch => {
  checkConstraints(placementConstraints, launch.definition, launch.launchType)
  checkStrategies(placementStrategy, launch.launchType)
  return placeLaunch(context, launch, { placementConstraints, placementStrategy }, count, capacityProviderNames)
}
