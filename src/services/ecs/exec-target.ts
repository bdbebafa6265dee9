/** Where a command of ECS Exec runs: the container that a request means, if its agent can be reached. */
import type { TaskContainerRecord, TaskRecord } from '../../model/records.ts'
import { DATA_CHANNEL_CAPABILITY, EXECUTE_COMMAND_AGENT } from '../../model/exec-session.ts'
import { hostOf } from '../../store/tables.ts'
import type { EcsContext } from './context.ts'
import { clientException, invalidParameter, targetNotConnected } from './faults.ts'

export interface ExecTarget {
  readonly container: TaskContainerRecord
  readonly runtimeId: string
  /** The instance whose agent runs it. */
  readonly containerInstanceId: string
}

export const requireExecTarget = (
  context: EcsContext,
  task: TaskRecord,
  containerName: string | undefined,
): ExecTarget => {
  const container = requireContainer(task, containerName)
  const agent = container.managedAgents?.find(({ name }) => name === EXECUTE_COMMAND_AGENT)
  const isRunning = [task.desiredStatus, task.lastStatus, container.lastStatus].every((status) => status === 'RUNNING')
  if (!isRunning || agent?.lastStatus !== 'RUNNING' || container.runtimeId === undefined) throw notEnabled()
  return { container, runtimeId: container.runtimeId, containerInstanceId: requireReachable(context, task) }
}

/** AWS: a name is needed only where there are several containers. */
const requireContainer = (task: TaskRecord, containerName: string | undefined): TaskContainerRecord => {
  const { containers } = task
  if (!containerName && containers.length > 1)
    throw clientException('A container name must be specified, because the task has several containers.')
  const container = containerName ? containers.find(({ name }) => name === containerName) : containers[0]
  if (container === undefined) throw clientException(`The task has no container named ${containerName}.`)
  return container
}

const requireReachable = ({ tx }: EcsContext, task: TaskRecord): string => {
  const instance = tx.containerInstances.get(hostOf(task) ?? '')
  if (instance?.status === 'INACTIVE' || instance?.agentConnected !== true) throw targetNotConnected()
  if (!instance.attributes.some(({ name }) => name === DATA_CHANNEL_CAPABILITY))
    throw targetNotConnected(
      "The execute command failed because the agent of the task's container instance has no data channel to this control plane. " +
        "Amazon's agent leaves that to the SSM agent, which needs AWS. Run the task on an instance with the agent of Longshore.",
    )
  return instance.containerInstanceId
}

/** AWS: as its clients report it, e.g. https://github.com/keidarcy/e1s/issues/206. */
const notEnabled = () =>
  invalidParameter(
    "The execute command failed because execute command was not enabled when the task was run or the execute command agent isn't " +
      'running. Wait and try again or run a new task with execute command enabled and try again.',
  )
