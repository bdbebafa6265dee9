/** Starts a created container. That it is about to be started is on record before: a start is never repeated blindly. */
import { changeContainer, failed, withReason } from '../engine/changes.ts'
import type { Change } from '../engine/changes.ts'
import { dependenciesHold } from '../engine/dependencies.ts'
import { reasonFor } from '../engine/reasons.ts'
import type { EngineContainer } from '../engine/task.ts'
import { RuntimeError } from '../runtime.ts'
import { lookAt, observe } from './observe.ts'
import type { ContainerStep, StepTools } from './step.ts'

/** Until a look or an answer tells, the container may run. */
export const markUncertain = (name: string): Change => {
  return (task) => changeContainer(task, name, (container) => ({ ...container, startUncertain: true }))
}

export const startContainer: ContainerStep = {
  name: 'start-container',
  slot: 'finishing',
  due: (task, container) =>
    container.desiredStatus === 'RUNNING' &&
    container.knownStatus === 'CREATED' &&
    !container.startUncertain &&
    dependenciesHold(task, container),
  begin: markUncertain,
  run: async (_task, container, tools) => {
    const failure = await tryStart(container, tools)
    return failure ?? observe(container, await lookAt(tools, container), tools)
  },
}

/** What to change if the container could not be started, undefined if it was. */
export const tryStart = async (
  container: EngineContainer,
  { runtime, secrets, settings }: StepTools,
): Promise<Change | undefined> => {
  try {
    await runtime.start(container.dockerId ?? container.dockerName)
    return undefined
  } catch (error) {
    if (!(error instanceof RuntimeError) || error.kind === 'unreachable') throw error
    const told = reasonFor('CannotStartContainerError', error, 'started', settings.startTimeoutSeconds)
    const reason = secrets.redact(container, told)
    const change =
      error.kind === 'timeout' ? stopLater(reason) : (current: EngineContainer) => failedStart(current, reason)
    return (task) => changeContainer(task, container.definition.name, change)
  }
}

const failedStart = (container: EngineContainer, reason: string): EngineContainer => ({
  ...failed(container, reason),
  startUncertain: false,
  restartPending: false,
})

/** Without an answer it may start yet, so it is stopped properly. */
const stopLater =
  (reason: string) =>
  (container: EngineContainer): EngineContainer => ({
    ...withReason(container, reason),
    desiredStatus: 'STOPPED',
    restartPending: false,
  })
