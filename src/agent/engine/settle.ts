/**
 * What follows from a change within the task, without asking anybody: dependents that can never start, an essential container that
 * takes the task down, containers that never started and need not be stopped, the task's own status. Pure; applied after every change.
 */
import { followContainer } from '../exec/managed-agent.ts'
import { failed, stopped } from './changes.ts'
import { DEPENDENCY_EXIT_CODE, dependencyError } from './dependencies.ts'
import { hasReached, isStopped, statusOfContainers } from './task.ts'
import type { EngineContainer, EngineTask, TaskStatus } from './task.ts'

/** Steps in progress, by the container or volume they work on. */
export type Busy = ReadonlyMap<string, string>

/** Applies the rules until nothing follows any more. */
export const settle = (task: EngineTask, busy: Busy, now: number): EngineTask => {
  for (let current = task; ;) {
    const next = statusRule(containerRules(desiredRule(current), busy, now), now)
    if (next === current) return current
    current = next
  }
}

/** An essential container that stops, or shall stop, takes the task with it. */
const desiredRule = (task: EngineTask): EngineTask => {
  if (task.desiredStatus === 'STOPPED') return task
  const ending = task.containers.some(
    ({ definition, desiredStatus }) => definition.essential && desiredStatus === 'STOPPED',
  )
  return ending ? { ...task, desiredStatus: 'STOPPED' } : task
}

const containerRules = (task: EngineTask, busy: Busy, now: number): EngineTask => {
  let changed = false
  const containers = task.containers.map((container) => {
    const followed = followTask(task, container)
    const next = followContainer(neverStartedRule(dependencyRule(task, followed, busy, now), busy))
    changed ||= next !== container
    return next
  })
  return changed ? { ...task, containers } : task
}

const followTask = (task: EngineTask, container: EngineContainer): EngineContainer =>
  task.desiredStatus === 'STOPPED' && container.desiredStatus === 'RUNNING'
    ? { ...container, desiredStatus: 'STOPPED' }
    : container

const dependencyRule = (task: EngineTask, container: EngineContainer, busy: Busy, now: number): EngineContainer => {
  if (container.desiredStatus === 'STOPPED' || hasReached(container, 'RUNNING') || isTouched(container, busy))
    return container
  const error = dependencyError(task, container, now)
  if (error === undefined) return container
  return { ...failed(container, `CannotStartContainerError: ${error}`), exitCode: DEPENDENCY_EXIT_CODE }
}

/** Nothing runs, so nothing needs stopping. A pull may go on: its outcome is of no interest any more. */
const neverStartedRule = (container: EngineContainer, busy: Busy): EngineContainer => {
  if (container.desiredStatus !== 'STOPPED' || isStopped(container) || isTouched(container, busy)) return container
  if (container.restartPending) return stopped(container)
  return hasReached(container, 'RUNNING') || container.startUncertain ? container : stopped(container)
}

/** Whether a step is at work whose outcome decides what there is to stop. */
const isTouched = (container: EngineContainer, busy: Busy): boolean => {
  const step = busy.get(container.definition.name)
  return step !== undefined && step !== 'pull-image'
}

const statusRule = (task: EngineTask, now: number): EngineTask => {
  const executionStoppedAt = task.executionStoppedAt ?? firstEssentialStop(task, now)
  const knownStatus = nextStatus(task)
  if (knownStatus === task.knownStatus && executionStoppedAt === task.executionStoppedAt) return task
  return {
    ...task,
    knownStatus,
    ...(executionStoppedAt !== undefined && { executionStoppedAt }),
    ...(knownStatus === 'STOPPED' && task.stoppedAt === undefined && { stoppedAt: now }),
    hasRun: task.hasRun || knownStatus === 'RUNNING',
  }
}

const firstEssentialStop = (task: EngineTask, now: number): number | undefined =>
  task.containers.some((container) => container.definition.essential && isStopped(container)) ? now : undefined

const STATUS_ORDER: readonly TaskStatus[] = ['NONE', 'MANIFEST_PULLED', 'CREATED', 'RUNNING', 'STOPPED']

/** Never back. AWS: no RUNNING either when an essential container has already stopped while the slowest is only now steady. */
const nextStatus = (task: EngineTask): TaskStatus => {
  const status = statusOfContainers(task.containers)
  if (STATUS_ORDER.indexOf(status) <= STATUS_ORDER.indexOf(task.knownStatus)) return task.knownStatus
  const late =
    status === 'RUNNING' && task.containers.some((container) => container.definition.essential && isStopped(container))
  return late ? task.knownStatus : status
}
