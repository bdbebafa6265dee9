/**
 * How a task moves: what agents report, what is asked of it, and what follows for its status, its containers, `stopCode` and
 * `stoppedReason`. Pure: a record goes in, a record comes out, the same one if nothing changes. Statuses only rise, and a stopped
 * task changes no more, so that repeated, late and reordered reports do no harm.
 *
 * Source: stopped task error codes and task lifecycle in the ECS developer guide, HealthCheck in the API reference.
 */
import type { NetworkBinding } from '@aws-sdk/client-ecs'
import { resourceId } from './arn.ts'
import type {
  HealthStatus,
  ManagedAgentRecord,
  TaskContainerRecord,
  TaskDefinitionRecord,
  TaskRecord,
  TaskStatus,
} from './records.ts'

/** What an agent says of a container. Statuses are its words: PENDING, RUNNING or STOPPED. */
export interface ContainerReport {
  readonly containerName: string
  readonly status?: string | undefined
  readonly runtimeId?: string | undefined
  readonly exitCode?: number | undefined
  readonly reason?: string | undefined
  readonly imageDigest?: string | undefined
  readonly networkBindings?: readonly NetworkBinding[] | undefined
}

export interface ManagedAgentReport {
  readonly containerName: string
  readonly managedAgentName: ManagedAgentRecord['name']
  readonly status: string
  readonly reason?: string | undefined
}

/** What an agent says of a task. Times are milliseconds since the epoch. */
export interface TaskReport {
  readonly status?: string | undefined
  readonly reason?: string | undefined
  /** In order of occurrence; one container may be there several times. */
  readonly containers?: readonly ContainerReport[]
  readonly managedAgents?: readonly ManagedAgentReport[]
  readonly attachments?: readonly { readonly attachmentArn: string; readonly status: string }[]
  readonly pullStartedAt?: number | undefined
  readonly pullStoppedAt?: number | undefined
  readonly executionStoppedAt?: number | undefined
}

export interface HealthReport {
  readonly containerName: string
  readonly healthStatus: HealthStatus
}

/** Why a task stops, as it is described. */
export interface StopCause {
  readonly stopCode: string
  readonly stoppedReason: string
}

/** What these rules need of a task definition. Where it is gone, every container counts as essential. */
export type TaskShape = Pick<TaskDefinitionRecord, 'containerDefinitions'>

const TASK_ORDER: readonly TaskStatus[] = [
  'PROVISIONING',
  'PENDING',
  'ACTIVATING',
  'RUNNING',
  'DEACTIVATING',
  'STOPPING',
  'DEPROVISIONING',
  'STOPPED',
  'DELETED',
]
const CONTAINER_ORDER = ['PENDING', 'RUNNING', 'STOPPED']
const ATTACHMENT_ORDER = ['PRECREATED', 'CREATED', 'ATTACHING', 'ATTACHED', 'DETACHING', 'DETACHED', 'DELETED']

/** The later of two statuses in their order; one that is not in it changes nothing. */
const later = <Status extends string>(
  order: readonly Status[],
  current: Status,
  reported: string | undefined,
): Status => {
  const position = order.indexOf(reported as Status)
  return position > order.indexOf(current) ? order[position]! : current
}

const isEnded = (task: TaskRecord): boolean => task.lastStatus === 'STOPPED' || task.lastStatus === 'DELETED'

const isEssential = (shape: TaskShape | undefined, containerName: string): boolean =>
  shape?.containerDefinitions.find(({ name }) => name === containerName)?.essential !== false

/** The task after an agent's report. */
export const applyReport = (
  task: TaskRecord,
  report: TaskReport,
  shape: TaskShape | undefined,
  now: number,
): TaskRecord => {
  if (isEnded(task)) return task
  const containers = reportedContainers(task.containers, report, now)
  const attachments = reportedAttachments(task.attachments, report)
  const reported = {
    ...task,
    lastStatus: later(TASK_ORDER, task.lastStatus, agentStatus(report.status)),
    containers,
    ...(attachments === undefined ? {} : { attachments }),
    ...reportedTimes(task, report, now),
  }
  return changed(task, concluded(reported, report, shape, now))
}

/** The three statuses that agents know; anything before RUNNING is PENDING. */
const agentStatus = (status: string | undefined): TaskStatus | undefined => {
  if (!status) return undefined
  return status === 'RUNNING' || status === 'STOPPED' ? status : 'PENDING'
}

const reportedTimes = (task: TaskRecord, report: TaskReport, now: number): Partial<TaskRecord> => {
  const pullStartedAt = task.pullStartedAt ?? report.pullStartedAt
  const pullStoppedAt = latest(task.pullStoppedAt, report.pullStoppedAt)
  const executionStoppedAt = task.executionStoppedAt ?? report.executionStoppedAt
  return {
    connectivityAt: task.connectivityAt ?? now,
    ...(pullStartedAt === undefined ? {} : { pullStartedAt }),
    ...(pullStoppedAt === undefined ? {} : { pullStoppedAt }),
    ...(executionStoppedAt === undefined ? {} : { executionStoppedAt }),
  }
}

const latest = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.max(a, b)

/** What a report's facts mean for the task as a whole. */
const concluded = (task: TaskRecord, report: TaskReport, shape: TaskShape | undefined, now: number): TaskRecord => {
  if (task.lastStatus === 'STOPPED') return ended(task, causeOfEnd(task, report.reason, shape), now)
  const started = task.lastStatus === 'RUNNING' && task.startedAt === undefined ? { ...task, startedAt: now } : task
  const essentialEnded = task.containers.some(
    ({ name, lastStatus }) => lastStatus === 'STOPPED' && isEssential(shape, name),
  )
  // An essential container takes its task with it; the cause is settled when all of the task has stopped.
  return essentialEnded && task.desiredStatus === 'RUNNING'
    ? { ...started, desiredStatus: 'STOPPED', stoppingAt: now }
    : started
}

const reportedContainers = (
  containers: readonly TaskContainerRecord[],
  report: TaskReport,
  now: number,
): readonly TaskContainerRecord[] => {
  const byName = new Map(containers.map((container) => [container.name, container]))
  for (const entry of report.containers ?? []) {
    const container = byName.get(entry.containerName)
    if (container !== undefined) byName.set(container.name, reportedContainer(container, entry))
  }
  for (const entry of report.managedAgents ?? []) {
    const container = byName.get(entry.containerName)
    if (container !== undefined) byName.set(container.name, withManagedAgent(container, entry, now))
  }
  return containers.map((container) => byName.get(container.name) ?? container)
}

/** A container that stopped only learns what was not known of it: its own last words stay. */
const reportedContainer = (container: TaskContainerRecord, report: ContainerReport): TaskContainerRecord => {
  const facts = {
    ...(report.runtimeId ? { runtimeId: report.runtimeId } : {}),
    ...(report.imageDigest ? { imageDigest: report.imageDigest } : {}),
    ...(report.exitCode === undefined ? {} : { exitCode: report.exitCode }),
    ...(report.reason ? { reason: report.reason } : {}),
    ...(report.networkBindings?.length ? { networkBindings: report.networkBindings } : {}),
  }
  if (container.lastStatus === 'STOPPED') return { ...container, ...facts, ...container }
  return { ...container, ...facts, lastStatus: later(CONTAINER_ORDER, container.lastStatus, report.status) }
}

/** Managed agents are started again when they fail, so their status may go back. */
const withManagedAgent = (
  container: TaskContainerRecord,
  { managedAgentName: name, status, reason }: ManagedAgentReport,
  now: number,
): TaskContainerRecord => {
  const before = container.managedAgents?.find((agent) => agent.name === name)
  const lastStatus = status === 'RUNNING' || status === 'STOPPED' ? status : 'PENDING'
  const lastStartedAt = lastStatus === 'RUNNING' && before?.lastStatus !== 'RUNNING' ? now : before?.lastStartedAt
  const after: ManagedAgentRecord = {
    name,
    lastStatus,
    ...(reason ? { reason } : {}),
    ...(lastStartedAt === undefined ? {} : { lastStartedAt }),
  }
  const others = (container.managedAgents ?? []).filter((agent) => agent.name !== name)
  return { ...container, managedAgents: [...others, after] }
}

const reportedAttachments = (attachments: TaskRecord['attachments'], report: TaskReport): TaskRecord['attachments'] => {
  if (attachments === undefined || !report.attachments?.length) return attachments
  const statusOf = new Map(report.attachments.map(({ attachmentArn, status }) => [resourceId(attachmentArn), status]))
  return attachments.map((attachment) => ({
    ...attachment,
    status: later(ATTACHMENT_ORDER, attachment.status ?? 'PRECREATED', statusOf.get(attachment.id ?? '')),
  }))
}

/** Why a task ended of which nobody asked that it end. */
const causeOfEnd = (task: TaskRecord, reason: string | undefined, shape: TaskShape | undefined): StopCause => {
  const essential = task.containers.filter(({ name }) => isEssential(shape, name))
  const hasRun = task.startedAt !== undefined || (essential.some(ran) && !essential.some(failedToStart))
  if (hasRun) {
    return { stopCode: 'EssentialContainerExited', stoppedReason: reason || 'Essential container in task exited' }
  }
  return { stopCode: 'TaskFailedToStart', stoppedReason: reason || reasonOfFargate(task) || 'Task failed to start' }
}

/** AWS: an agent gives a container that could not be started an exit code too when a container it depends on failed. */
const ran = ({ exitCode, reason }: TaskContainerRecord): boolean =>
  exitCode !== undefined && !NOT_STARTED.test(reason ?? '')

/** For a reason of its own; one that waited for a container which had ended is that one's victim. */
const failedToStart = ({ reason = '' }: TaskContainerRecord): boolean =>
  NOT_STARTED.test(reason) && !reason.includes('dependency graph: failed to resolve')

const NOT_STARTED = /^Cannot(Pull|Create|Start|Inspect)/

/** AWS: for Fargate the error of the container is the task's; for EC2 it is found at the container. */
const reasonOfFargate = ({ launchType, containers }: TaskRecord): string | undefined =>
  launchType === 'FARGATE' ? containers.find(({ reason }) => reason)?.reason : undefined

/** The task at its end: nothing of it runs any more. A cause that is known already stays. */
const ended = ({ waiting: _waiting, ...task }: TaskRecord, cause: StopCause, now: number): TaskRecord => ({
  ...task,
  lastStatus: 'STOPPED',
  desiredStatus: 'STOPPED',
  stopCode: task.stopCode ?? cause.stopCode,
  stoppedReason: task.stoppedReason ?? cause.stoppedReason,
  stoppingAt: task.stoppingAt ?? now,
  stoppedAt: now,
  containers: task.containers.map((container) =>
    container.lastStatus === 'STOPPED' ? container : { ...container, lastStatus: 'STOPPED' },
  ),
})

/** `after` with the next version, or `before` itself if they are equal. */
const changed = (before: TaskRecord, after: TaskRecord): TaskRecord =>
  JSON.stringify(before) === JSON.stringify(after) ? before : { ...after, version: before.version + 1 }

/**
 * The task after it was asked to stop: its agent has to be told. One that is stopping keeps its first cause, if it has one; one that
 * waits for a host is nobody's, and stops at once.
 */
export const requestStop = (task: TaskRecord, cause: StopCause, now: number): TaskRecord => {
  if (task.waiting !== undefined) return endWithoutAgent(task, cause, now)
  if (isEnded(task) || task.desiredStatus === 'STOPPED') return task
  return { ...task, ...cause, desiredStatus: 'STOPPED', stoppingAt: now, version: task.version + 1 }
}

/** The task stopped for good without an agent's word: there is no agent, or it never heard of the task. */
export const endWithoutAgent = (task: TaskRecord, cause: StopCause, now: number): TaskRecord =>
  isEnded(task) ? task : { ...ended(task, cause, now), version: task.version + 1 }

/** The task once everything around it is ready and only its agent is awaited. */
export const markProvisioned = (task: TaskRecord, now: number): TaskRecord => {
  if (task.lastStatus !== 'PROVISIONING') return task
  return { ...task, lastStatus: 'PENDING', connectivityAt: task.connectivityAt ?? now, version: task.version + 1 }
}

/**
 * The task after health checks of its containers. Health never stops a standalone task: "If a task is run manually, and not as part
 * of a service, the task will continue its lifecycle regardless of its health status." Source: HealthCheck in the API reference.
 */
export const applyHealth = (
  task: TaskRecord,
  reports: readonly HealthReport[],
  shape: TaskShape | undefined,
): TaskRecord => {
  if (isEnded(task)) return task
  const statusOf = new Map(reports.map(({ containerName, healthStatus }) => [containerName, healthStatus]))
  const containers = task.containers.map((container) => {
    const healthStatus = statusOf.get(container.name)
    return healthStatus === undefined ? container : { ...container, healthStatus }
  })
  const healthStatus = taskHealth(containers, shape)
  return changed(task, { ...task, containers, ...(healthStatus === undefined ? {} : { healthStatus }) })
}

/** Of the essential containers that have a health check: the worst. Undefined if none has one. */
const taskHealth = (
  containers: readonly TaskContainerRecord[],
  shape: TaskShape | undefined,
): HealthStatus | undefined => {
  const checked = containers.filter(({ name }) => isEssential(shape, name) && hasHealthCheck(shape, name))
  if (checked.length === 0) return undefined
  const statuses = checked.map(({ healthStatus }) => healthStatus ?? 'UNKNOWN')
  return (['UNHEALTHY', 'UNKNOWN'] as const).find((worst) => statuses.includes(worst)) ?? 'HEALTHY'
}

const hasHealthCheck = (shape: TaskShape | undefined, containerName: string): boolean =>
  shape === undefined ||
  shape.containerDefinitions.find(({ name }) => name === containerName)?.healthCheck !== undefined
