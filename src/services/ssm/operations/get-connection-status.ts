/** GetConnectionStatus: whether a session could begin in a container, which is named as the target of sessions is. */
import type { GetConnectionStatusRequest, GetConnectionStatusResponse } from '@aws-sdk/client-ssm'
import { clusterArn, taskArn } from '../../../model/arn.ts'
import { DATA_CHANNEL_CAPABILITY, EXECUTE_COMMAND_AGENT } from '../../../model/exec-session.ts'
import { hostOf } from '../../../store/tables.ts'
import type { SsmContext, SsmOperation } from '../context.ts'

export const getConnectionStatus: SsmOperation<GetConnectionStatusRequest, GetConnectionStatusResponse> = {
  access: ({ Target: target = '' }, context) => {
    const found = partsOf(target, context)
    return [{ resource: found === undefined ? '*' : taskArn(found.clusterArn, found.taskId) }]
  },
  handle: ({ Target: target = '' }, context) => ({
    Target: target,
    Status: isConnected(target, context) ? 'connected' : 'notconnected',
  }),
}

/** Names of clusters have underscores, too. */
const TARGET = /^ecs:(?<clusterName>.+)_(?<taskId>[0-9a-f]{32})_(?<runtimeId>[^_]+)$/

const partsOf = (target: string, { region, account }: SsmContext) => {
  const { clusterName, taskId = '', runtimeId = '' } = TARGET.exec(target)?.groups ?? {}
  return clusterName === undefined
    ? undefined
    : { clusterArn: clusterArn(region, account, clusterName), taskId, runtimeId }
}

const isConnected = (target: string, context: SsmContext): boolean => {
  const { tasks, containerInstances } = context.tx
  const named = partsOf(target, context)
  const task = tasks.get(named?.taskId ?? '')
  if (task === undefined || task.clusterArn !== named?.clusterArn) return false
  const container = task.containers.find(({ runtimeId }) => runtimeId === named.runtimeId)
  const agent = container?.managedAgents?.find(({ name }) => name === EXECUTE_COMMAND_AGENT)
  const instance = containerInstances.get(hostOf(task) ?? '')
  return (
    agent?.lastStatus === 'RUNNING' &&
    instance?.agentConnected === true &&
    instance.attributes.some(({ name }) => name === DATA_CHANNEL_CAPABILITY)
  )
}
