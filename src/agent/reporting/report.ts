/**
 * What the control plane has to be told next about a task: the difference between what is known and what it has accepted. Pure, and
 * without a queue of events: after a restart the same difference is still there.
 */
import type { ContainerStateChange, ManagedAgentStateChange, SubmitTaskStateChangeRequest } from '@aws-sdk/client-ecs'
import { dateOf } from '../../kit/timestamps.ts'
import { EXECUTE_COMMAND_AGENT } from '../../model/exec-session.ts'
import { REASON_LENGTH } from '../../model/limits.ts'
import type { Change } from '../engine/changes.ts'
import { cutReason } from '../engine/reasons.ts'
import { type EngineContainer, type EngineTask, hasReached, isStopped } from '../engine/task.ts'
import { hasMoved, networkBindingsOf } from './network-bindings.ts'

export interface Report {
  readonly request: SubmitTaskStateChangeRequest
  /** What to record when the report was accepted. */
  readonly accepted: Change
}

export interface ReportOptions {
  readonly cluster: string
  /** Leave out bindings to `::`. */
  readonly excludeIpv6PortBinding: boolean
}

type Status = 'PENDING' | 'RUNNING' | 'STOPPED'
type ContainerStatusEntry = { readonly container: EngineContainer; readonly status: 'RUNNING' | 'STOPPED' }

/**
 * The report that is due now. `isBatchDue`: containers' changes that wait for company have waited long enough. That a container is reached at
 * another port waits for nobody: load balancers send requests to where it was.
 */
export const nextReport = (task: EngineTask, isBatchDue: boolean, options: ReportOptions): Report | undefined => {
  const status = nextStatus(task)
  if (status === 'PENDING') return digestReport(task, options)
  if (status !== undefined) return statusReport(task, status, entriesFor(task, status), options)
  if (!(isBatchDue || task.containers.some(hasMoved)) || !hasUnsentContainers(task)) return undefined
  return statusReport(task, task.hasRun ? 'RUNNING' : 'PENDING', unsentEntries(task), options)
}

/** Changes of containers, and of their managed agents, that no change of the task carries along. */
export const hasUnsentContainers = (task: EngineTask): boolean =>
  task.sentStatus !== 'STOPPED' && (unsentEntries(task).length > 0 || unsentAgents(task).length > 0)

/** In order: a task that ran is told to have been RUNNING even if it is over already. */
const nextStatus = (task: EngineTask): Status | undefined => {
  if (task.sentStatus === 'STOPPED') return undefined
  if (task.hasRun && task.sentStatus !== 'RUNNING') return 'RUNNING'
  if (isStopped(task)) return 'STOPPED'
  const hasDigest = task.containers.some(({ imageDigest }) => imageDigest !== undefined)
  return task.sentStatus === 'NONE' && task.knownStatus !== 'NONE' && hasDigest ? 'PENDING' : undefined
}

/** What stopped is told with the STOPPED of the task where that follows at once. */
const entriesFor = (task: EngineTask, status: Status): readonly ContainerStatusEntry[] => {
  const entries = unsentEntries(task)
  return status === 'RUNNING' && isStopped(task) ? entries.filter((entry) => entry.status === 'RUNNING') : entries
}

/**
 * In order of occurrence: a container that has run and stopped since the last report has two entries. One that was started again and got
 * other ports of the host is told to be RUNNING once more.
 */
const unsentEntries = (task: EngineTask): readonly ContainerStatusEntry[] =>
  task.containers.flatMap((container): ContainerStatusEntry[] => {
    const hasRun = hasReached(container, 'RUNNING') && container.startedAt !== undefined
    return [
      ...((hasRun && container.sentStatus === 'NONE') || hasMoved(container)
        ? [{ container, status: 'RUNNING' as const }]
        : []),
      ...(isStopped(container) && container.sentStatus !== 'STOPPED'
        ? [{ container, status: 'STOPPED' as const }]
        : []),
    ]
  })

/** Containers with a managed agent of which there is something to tell. */
const unsentAgents = (task: EngineTask): readonly EngineContainer[] =>
  task.containers.filter(({ managedAgent }) => managedAgent?.isSent === false)

/** One that has stopped is told with its container. */
const agentsFor = (task: EngineTask, status: Status): readonly EngineContainer[] =>
  status === 'RUNNING' && isStopped(task) ? [] : unsentAgents(task)

const statusReport = (
  task: EngineTask,
  status: Status,
  entries: readonly ContainerStatusEntry[],
  options: ReportOptions,
  agents = agentsFor(task, status),
): Report => ({
  request: {
    ...requestOf(task, status, options),
    containers: entries.map((entry) => containerChange(entry, options)),
    ...(agents.length > 0 && { managedAgents: agents.flatMap(managedAgentChange) }),
  },
  accepted: (current) => markAgentsSent(markSent(current, status, entries), agents),
})

/** The digests that the registries named, as soon as all are known. Says nothing about the containers' statuses. */
const digestReport = (task: EngineTask, options: ReportOptions): Report => ({
  request: {
    ...requestOf(task, 'PENDING', options),
    containers: task.containers
      .filter(({ imageDigest }) => imageDigest !== undefined)
      .map(({ definition, imageDigest }) => ({ containerName: definition.name, status: 'PENDING', imageDigest })),
  },
  accepted: (current) => markSent(current, 'PENDING', []),
})

const requestOf = (task: EngineTask, status: Status, { cluster }: ReportOptions): SubmitTaskStateChangeRequest => ({
  cluster,
  task: task.arn,
  status,
  reason: cutReason(task.reason, REASON_LENGTH),
  ...(task.pullStartedAt !== undefined && { pullStartedAt: dateOf(task.pullStartedAt) }),
  ...(task.pullStoppedAt !== undefined && { pullStoppedAt: dateOf(task.pullStoppedAt) }),
  ...(task.executionStoppedAt !== undefined && { executionStoppedAt: dateOf(task.executionStoppedAt) }),
})

const containerChange = (
  { container, status }: ContainerStatusEntry,
  { excludeIpv6PortBinding }: ReportOptions,
): ContainerStateChange => {
  const { definition, dockerId, exitCode, reason, imageDigest } = container
  return {
    containerName: definition.name,
    status,
    ...(dockerId !== undefined && { runtimeId: dockerId }),
    ...(status === 'STOPPED' && exitCode !== undefined && { exitCode }),
    ...(status === 'STOPPED' && reason !== '' && { reason: cutReason(reason, REASON_LENGTH) }),
    ...(imageDigest !== undefined && { imageDigest }),
    networkBindings: networkBindingsOf(container, excludeIpv6PortBinding),
  }
}

const managedAgentChange = ({ definition, managedAgent }: EngineContainer): ManagedAgentStateChange[] =>
  managedAgent === undefined
    ? []
    : [
        {
          containerName: definition.name,
          managedAgentName: EXECUTE_COMMAND_AGENT,
          status: managedAgent.status,
          reason: managedAgent.reason,
        },
      ]

/** What has changed meanwhile is told yet. */
const markAgentsSent = (task: EngineTask, told: readonly EngineContainer[]): EngineTask =>
  told.length === 0
    ? task
    : {
        ...task,
        containers: task.containers.map((container) => {
          const { managedAgent } = container
          const isTold = managedAgent !== undefined && told.some((one) => one.managedAgent === managedAgent)
          return isTold ? { ...container, managedAgent: { ...managedAgent, isSent: true } } : container
        }),
      }

const RANK = { NONE: 0, PENDING: 1, RUNNING: 2, STOPPED: 3 } as const

const further = <Sent extends keyof typeof RANK>(before: Sent, after: Sent): Sent =>
  RANK[after] > RANK[before] ? after : before

const markSent = (task: EngineTask, status: Status, entries: readonly ContainerStatusEntry[]): EngineTask => ({
  ...task,
  sentStatus: further(task.sentStatus, status),
  containers: task.containers.map((container) => {
    const sent = entries.findLast((entry) => entry.container.definition.name === container.definition.name)
    if (sent === undefined) return container
    const { ports } = sent.container
    return { ...container, sentStatus: further(container.sentStatus, sent.status), sentPorts: ports }
  }),
})
