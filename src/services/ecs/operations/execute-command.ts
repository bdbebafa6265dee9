/** ExecuteCommand: a session in a container, for a client that comes with the token. The command begins when the client is there. */
import type { ExecuteCommandRequest, ExecuteCommandResponse } from '@aws-sdk/client-ecs'
import { compact } from '../../../kit/compact.ts'
import { containerArn, resourceId, taskArn } from '../../../model/arn.ts'
import { dataChannelPath, newSessionToken, type SessionRecord, tokenDigest } from '../../../model/exec-session.ts'
import { EXEC_COMMAND_LENGTH, SESSION_TOKEN_MS } from '../../../model/exec-limits.ts'
import type { ContextValues } from '../../../model/policy/types.ts'
import type { ClusterRecord, TaskRecord } from '../../../model/records.ts'
import { clusterKey, on, onCluster, onTask } from '../access.ts'
import type { EcsContext, EcsOperation } from '../context.ts'
import { sessionKey, sessionLogging } from '../exec-logging.ts'
import { type ExecTarget, requireExecTarget } from '../exec-target.ts'
import { invalidParameter } from '../faults.ts'
import { requireTask } from '../find-task.ts'
import { requireCluster } from '../lookups.ts'

export const executeCommand: EcsOperation<ExecuteCommandRequest, ExecuteCommandResponse> = {
  access: (input, context) => {
    const [cluster, task] = [...onCluster(input, context), ...onTask(input, context)]
    const keys = { ...clusterKey(context, input), ...containerKey(input, context, task?.resource) }
    return [cluster, task].flatMap((demand) => (demand === undefined ? [] : [on(context.tx, demand.resource, keys)]))
  },
  handle: (input, context) => {
    const cluster = requireCluster(context, input.cluster)
    const task = requireTask(context, cluster, input.task)
    const target = requireExecTarget(context, task, input.container)
    const tokenValue = newSessionToken()
    const session = context.tx.sessions.insert(newSession(input, context, { cluster, task, target, tokenValue }))
    const { clusterArn, taskId } = task
    return {
      clusterArn,
      containerArn: containerArn(clusterArn, taskId, target.container.containerId),
      containerName: target.container.name,
      interactive: input.interactive ?? false,
      session: { sessionId: session.sessionId, streamUrl: session.streamUrl, tokenValue },
      taskArn: taskArn(clusterArn, taskId),
    }
  },
}

/** Of a task's only container also where it is not named, or a policy could be got round by not naming it. */
const containerKey = (
  { container }: ExecuteCommandRequest,
  { tx }: EcsContext,
  task: string | undefined,
): ContextValues => {
  const containers = tx.tasks.get(resourceId(task ?? ''))?.containers ?? []
  const name = container || (containers.length === 1 ? containers[0]?.name : undefined)
  return name ? { 'ecs:container-name': [name] } : {}
}

interface Found {
  readonly cluster: ClusterRecord
  readonly task: TaskRecord
  readonly target: ExecTarget
  readonly tokenValue: string
}

const newSession = (
  { command, interactive }: ExecuteCommandRequest,
  context: EcsContext,
  { cluster, task, target, tokenValue }: Found,
): SessionRecord => {
  const { account, region, now, principal, ids, tx } = context
  const { container, runtimeId, containerInstanceId } = target
  const sessionId = `ecs-execute-command-${ids.orderedHex32(now)}`
  const definition = tx.taskDefinitions
    .get(task.taskDefinitionArn)
    ?.containerDefinitions.find(({ name }) => name === container.name)
  return {
    sessionId,
    account,
    region,
    clusterArn: task.clusterArn,
    taskId: task.taskId,
    containerName: container.name,
    runtimeId,
    containerInstanceId,
    owner: principal.arn,
    // AWS: "Interactive is the only mode supported currently." Here a command can run without a terminal, too.
    sessionType: interactive ? 'InteractiveCommands' : 'NonInteractiveCommands',
    command: checkedCommand(command),
    streamUrl: addressOf(context) + dataChannelPath(sessionId),
    tokenDigest: tokenDigest(tokenValue),
    tokenExpiresAt: now + SESSION_TOKEN_MS,
    status: 'Connecting',
    startedAt: now,
    ...compact({ kmsKeyId: sessionKey(cluster), logging: sessionLogging(cluster, definition, sessionId) }),
  }
}

const checkedCommand = (command = ''): string => {
  if (command.trim() === '') throw invalidParameter('Command can not be blank.')
  if (command.length > EXEC_COMMAND_LENGTH || command.includes('\0'))
    throw invalidParameter(`command can have up to ${EXEC_COMMAND_LENGTH} characters, without null characters.`)
  return command
}

const HOST = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i

/** The client reaches the data channel as it reached us, whatever is between: by the address that its request was sent to. */
const addressOf = ({ host, isSecureTransport = false, agentEndpoints }: EcsContext): string => {
  if (host !== undefined && HOST.test(host)) return `${isSecureTransport ? 'wss' : 'ws'}://${host}`
  return new URL(agentEndpoints.acs).origin.replace(/^http/, 'ws')
}
