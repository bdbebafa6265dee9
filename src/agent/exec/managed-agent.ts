/**
 * What the control plane is told of ECS Exec in a container. AWS runs an agent in each container and reports its state; this agent does the
 * work itself, so that Exec is there as long as container and agent are. The states and their reasons are those that ECS has.
 */
import type { PayloadContainer } from '../../agentlink/acs-messages.ts'
import { EXECUTE_COMMAND_AGENT } from '../../model/exec-session.ts'
import type { EngineContainer } from '../engine/task.ts'

export interface ManagedAgentState {
  readonly status: 'RUNNING' | 'STOPPED'
  readonly reason: string
  /** Whether the control plane has accepted it. */
  readonly isSent: boolean
}

const STARTED = 'ExecuteCommandAgent started'
const RESTARTED = 'ExecuteCommandAgent restarted'
const CONTAINER_STOPPED = 'Received Container Stopped event'

/** As the payload asks for it; undefined for a container without ECS Exec. */
export const executeCommandAgent = ({
  definition,
}: Pick<EngineContainer, 'definition'>): NonNullable<PayloadContainer['managedAgents']>[number] | undefined =>
  definition.managedAgents?.find(({ name }) => name === EXECUTE_COMMAND_AGENT)

/** The state that follows from the container's. */
export const followContainer = (container: EngineContainer): EngineContainer => {
  const { managedAgent, knownStatus } = container
  if (knownStatus === 'RUNNING' && managedAgent?.status !== 'RUNNING' && executeCommandAgent(container) !== undefined)
    return { ...container, managedAgent: { status: 'RUNNING', reason: STARTED, isSent: false } }
  if (knownStatus === 'STOPPED' && managedAgent?.status === 'RUNNING')
    return { ...container, managedAgent: { status: 'STOPPED', reason: CONTAINER_STOPPED, isSent: false } }
  return container
}

/** The agent was started anew, and its sessions are gone. */
export const restarted = (container: EngineContainer): EngineContainer =>
  container.managedAgent?.status === 'RUNNING'
    ? { ...container, managedAgent: { status: 'RUNNING', reason: RESTARTED, isSent: false } }
    : container
