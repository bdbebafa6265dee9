/**
 * Every change of a task's record: from one record to the next, without effects. Steps and observers say what happened with these;
 * what follows from it for the rest of the task is `settle.ts`'s.
 */
import { compact } from '../../kit/compact.ts'
import { parseTimestamp } from '../../kit/timestamps.ts'
import type { ContainerState } from '../runtime.ts'
import { OUT_OF_MEMORY, VANISHED } from './reasons.ts'
import { hasReached, isStopped } from './task.ts'
import type { ContainerHealthState, EngineContainer, EngineTask, EngineVolume } from './task.ts'

export type Change = (task: EngineTask) => EngineTask

export const unchanged: Change = (task) => task

/** Default of a restart policy's `restartAttemptPeriod`. Source: ContainerRestartPolicy in the API reference. */
const RESTART_ATTEMPT_PERIOD_SECONDS = 300
const HEALTH_OUTPUT_LENGTH = 1024

export const changeContainer = (
  task: EngineTask,
  name: string,
  change: (container: EngineContainer) => EngineContainer,
): EngineTask => {
  let changed = false
  const containers = task.containers.map((container) => {
    if (container.definition.name !== name) return container
    const next = change(container)
    changed ||= next !== container
    return next
  })
  return changed ? { ...task, containers } : task
}

export const changeVolume = (task: EngineTask, name: string, status: EngineVolume['status']): EngineTask => ({
  ...task,
  volumes: task.volumes.map((volume) => (volume.name === name ? { ...volume, status } : volume)),
})

/** The status, if it is further than the known one. Nothing ever goes back but by `observed`. */
export const raised = (container: EngineContainer, knownStatus: EngineContainer['knownStatus']): EngineContainer =>
  hasReached(container, knownStatus) ? container : { ...container, knownStatus }

/** The first error of a container is the one that is told. */
export const withReason = (container: EngineContainer, reason: string): EngineContainer =>
  container.reason === '' ? { ...container, reason } : container

/** It has failed and will not be tried again. */
export const failed = (container: EngineContainer, reason: string): EngineContainer => ({
  ...withReason(container, reason),
  knownStatus: 'STOPPED',
  desiredStatus: 'STOPPED',
})

/** What the runtime says of the container, undefined if it has none. */
export const observed = (
  container: EngineContainer,
  state: ContainerState | undefined,
  now: number,
): EngineContainer => {
  if (state === undefined) return missing(container)
  const seen = { ...container, ...detailsOf(container, state, now), startUncertain: false }
  if (state.status === 'running' || state.status === 'paused' || state.status === 'restarting') return running(seen)
  if (isStopped(container)) return seen
  const failedStart = state.status === 'created' && state.error !== ''
  if (failedStart) return failed(seen, `CannotStartContainerError: Error response from daemon: ${state.error}`)
  if (state.startedAt === undefined) return raised(seen, 'CREATED')
  return exited(seen, state, now)
}

/** A container that was created and is no more. One that was not created yet is no news. */
const missing = (container: EngineContainer): EngineContainer => {
  const uncertain = container.startUncertain ? { ...container, startUncertain: false } : container
  return hasReached(container, 'CREATED') && !isStopped(container) ? failed(uncertain, VANISHED) : uncertain
}

/** Somebody may have started what was known as stopped; then it is to be stopped again, and `desiredStatus` says so already. */
const running = (container: EngineContainer): EngineContainer => ({
  ...container,
  knownStatus: 'RUNNING',
  restartPending: false,
})

const exited = (container: EngineContainer, state: ContainerState, now: number): EngineContainer => {
  const ended = state.exitCode === undefined ? container : { ...container, exitCode: state.exitCode }
  if (mayRestart(ended, now)) return { ...ended, knownStatus: 'RUNNING', restartPending: true }
  return stopped(state.oomKilled ? withReason(ended, OUT_OF_MEMORY) : ended)
}

export const stopped = (container: EngineContainer): EngineContainer => ({
  ...container,
  knownStatus: 'STOPPED',
  desiredStatus: 'STOPPED',
  restartPending: false,
})

/** The restart policy's verdict on an exit. Source: "Restart individual containers in Amazon ECS tasks with container restart policies". */
const mayRestart = (container: EngineContainer, now: number): boolean => {
  const policy = container.definition.restartPolicy
  if (!policy?.enabled || container.desiredStatus === 'STOPPED' || container.exitCode === undefined) return false
  if (policy.ignoredExitCodes?.includes(container.exitCode)) return false
  const since = container.lastRestartAt ?? container.startedAt ?? now
  return now - since >= (policy.restartAttemptPeriod ?? RESTART_ATTEMPT_PERIOD_SECONDS) * 1000
}

const detailsOf = (container: EngineContainer, state: ContainerState, now: number) =>
  compact({
    dockerId: state.id,
    imageId: state.imageId,
    createdAt: container.createdAt ?? timeOf(state.createdAt),
    startedAt: container.startedAt ?? timeOf(state.startedAt),
    finishedAt: timeOf(state.finishedAt),
    health: healthOf(container, state, now),
    // A stopped container has no bindings any more, but it had them.
    ports: state.ports.length === 0 ? container.ports : state.ports,
    networks: state.networks,
    mounts: state.mounts,
    labels: state.labels,
  })

const timeOf = (rfc3339: string | undefined): number | undefined =>
  rfc3339 === undefined ? undefined : parseTimestamp(rfc3339)

const HEALTH_STATUS = { starting: 'UNKNOWN', none: 'UNKNOWN', healthy: 'HEALTHY', unhealthy: 'UNHEALTHY' } as const

const healthOf = (container: EngineContainer, state: ContainerState, now: number): ContainerHealthState | undefined => {
  if (container.definition.healthCheckType !== 'docker' || state.health === undefined) return undefined
  const status = HEALTH_STATUS[state.health.status]
  const since = container.health?.status === status ? container.health.since : (timeOf(state.health.since) ?? now)
  const output = state.health.output.slice(0, HEALTH_OUTPUT_LENGTH)
  return compact({ status, since, output, exitCode: state.health.exitCode })
}
