/**
 * Stops a container: the stop signal, `stopTimeout`, SIGKILL. It counts as stopped only when it was seen to be: a stop that fails is
 * tried again, nothing is reported that is not so.
 */
import { mayStop } from '../engine/dependencies.ts'
import { RuntimeError } from '../runtime.ts'
import { lookAt, observe } from './observe.ts'
import type { ContainerStep } from './step.ts'

export const stopContainer: ContainerStep = {
  name: 'stop-container',
  slot: 'finishing',
  due: (task, container) =>
    container.desiredStatus === 'STOPPED' &&
    (container.knownStatus === 'RUNNING' || (container.startUncertain && container.knownStatus !== 'STOPPED')) &&
    mayStop(task, container),
  run: async (_task, container, tools) => {
    const timeoutSeconds = container.definition.stopTimeout || tools.settings.stopTimeoutSeconds
    try {
      await tools.runtime.stop(container.dockerId ?? container.dockerName, timeoutSeconds)
    } catch (error) {
      if (!(error instanceof RuntimeError) || error.kind !== 'not-found') throw error
    }
    const state = await lookAt(tools, container)
    if (state?.status === 'running') throw new RuntimeError('refused', 'the container still runs after it was stopped')
    return observe(container, state, tools)
  },
}
