/** A task of a service as its scheduler sees it. */
import type { ContainerInstanceRecord, TaskDefinitionRecord, TaskRecord } from '../../model/records.ts'
import { hostOf, type ReadTables } from '../../store/tables.ts'
import type { TaskFacts } from './plan/types.ts'
import type { TaskCounts } from './rollout/types.ts'

export interface FactsView {
  readonly tables: Pick<ReadTables, 'containerInstances' | 'taskDefinitions'>
  readonly now: number
  /** Undefined for a task without load balancers. */
  readonly balancerHealth?: (task: TaskRecord) => TaskFacts['health']
  /** After its start a task may be UNHEALTHY that long. */
  readonly graceMs: number
  /** After that long without its agent an instance is lost. */
  readonly instanceLossGraceMs: number
}

/** Undefined for a task that nobody knows of: asked to stop on a host that is gone or lost. */
export const taskFacts = (task: TaskRecord, view: FactsView): TaskFacts | undefined => {
  const hostId = hostOf(task)
  const host = hostId === undefined ? undefined : view.tables.containerInstances.get(hostId)
  const status = statusOf(task)
  if (status === 'stopping' && isLost(host, view)) return undefined
  const health = healthOf(task, view)
  return {
    taskId: task.taskId,
    holderId: task.startedBy ?? '',
    status,
    createdAt: task.createdAt,
    ...(health === undefined ? {} : { health }),
    ...(task.startedAt === undefined ? {} : { startedAt: task.startedAt }),
    ...(hostId === undefined ? {} : { containerInstanceId: hostId, hostStatus: host?.status ?? 'INACTIVE' }),
    ...(task.availabilityZone === undefined ? {} : { availabilityZone: task.availabilityZone }),
    ...(task.capacityProviderName === undefined ? {} : { capacityProviderName: task.capacityProviderName }),
    ...(isProtected(task, view.now) ? { protectedUntil: task.protectedUntil } : {}),
  }
}

/** An agent that was away for a moment may still stop what it was told to. */
const isLost = (host: ContainerInstanceRecord | undefined, { now, instanceLossGraceMs }: FactsView): boolean => {
  if (host === undefined || host.status === 'INACTIVE') return true
  return !host.agentConnected && now >= (host.agentDisconnectedAt ?? 0) + instanceLossGraceMs
}

const isProtected = (task: TaskRecord, now: number): task is TaskRecord & { readonly protectedUntil: number } =>
  task.protectedUntil !== undefined && task.protectedUntil > now

const STARTING: ReadonlySet<string> = new Set(['PROVISIONING', 'PENDING', 'ACTIVATING'])

const statusOf = ({ desiredStatus, lastStatus }: TaskRecord): TaskFacts['status'] => {
  if (desiredStatus === 'STOPPED') return 'stopping'
  if (lastStatus === 'RUNNING') return 'running'
  return STARTING.has(lastStatus) ? 'starting' : 'stopping'
}

const healthOf = (task: TaskRecord, view: FactsView): TaskFacts['health'] => {
  const health = saidHealth(task, view)
  return health === 'UNHEALTHY' && isInGrace(task, view) ? 'UNKNOWN' : health
}

/** The worse of what its containers' checks and the balancers say, as far as there are any. */
const saidHealth = (task: TaskRecord, view: FactsView): TaskFacts['health'] => {
  const ofContainers =
    task.healthStatus ?? (isChecked(view.tables.taskDefinitions.get(task.taskDefinitionArn)) ? 'UNKNOWN' : undefined)
  const said = new Set([ofContainers, task.lastStatus === 'RUNNING' ? view.balancerHealth?.(task) : undefined])
  return (['UNHEALTHY', 'UNKNOWN', 'HEALTHY'] as const).find((health) => said.has(health))
}

const isChecked = (definition: TaskDefinitionRecord | undefined): boolean =>
  definition?.containerDefinitions.some(
    ({ essential, healthCheck }) => essential !== false && healthCheck !== undefined,
  ) ?? false

const isInGrace = ({ startedAt }: TaskRecord, { now, graceMs }: FactsView): boolean =>
  startedAt === undefined || now < startedAt + graceMs

/** When time alone changes the facts: the health of the task begins to count, or its host is lost. */
export const factsChangeAt = (task: TaskRecord, view: FactsView): number | undefined => {
  if (task.desiredStatus === 'STOPPED') return lossAt(view.tables.containerInstances.get(hostOf(task) ?? ''), view)
  if (task.startedAt === undefined || !isInGrace(task, view) || saidHealth(task, view) !== 'UNHEALTHY') return undefined
  return task.startedAt + view.graceMs
}

const lossAt = (host: ContainerInstanceRecord | undefined, view: FactsView): number | undefined =>
  host?.agentDisconnectedAt === undefined || isLost(host, view)
    ? undefined
    : host.agentDisconnectedAt + view.instanceLossGraceMs

export const countTasks = (tasks: readonly TaskFacts[]): TaskCounts => {
  const counts = { starting: 0, running: 0, healthy: 0, stopping: 0 }
  for (const { status, health } of tasks) {
    counts[status]++
    if (status === 'running' && (health === undefined || health === 'HEALTHY')) counts.healthy++
  }
  return counts
}
