/**
 * Creates the container under the name that was chosen and made durable when the task arrived. So whatever happens during the call,
 * the container is found again by its name, and a second create can only meet the first one's conflict.
 */
import { changeContainer, failed, raised } from '../engine/changes.ts'
import type { Change } from '../engine/changes.ts'
import { dependenciesHold } from '../engine/dependencies.ts'
import { LABELS } from '../engine/labels.ts'
import { reasonFor } from '../engine/reasons.ts'
import type { EngineContainer, EngineTask } from '../engine/task.ts'
import { BodyError } from '../engine/tools.ts'
import { hasLogRouter } from '../firelens/log-routing.ts'
import { RuntimeError } from '../runtime.ts'
import { withSecrets } from '../secrets/with-secrets.ts'
import { observe } from './observe.ts'
import type { ContainerStep, StepTools } from './step.ts'

export const createContainer: ContainerStep = {
  name: 'create-container',
  slot: 'beginning',
  due: (task, container, { hasLimits, hasLogRouting, secrets }) =>
    container.desiredStatus === 'RUNNING' &&
    container.knownStatus === 'PULLED' &&
    (!hasLimits || task.limits === 'APPLIED') &&
    (!hasLogRouting || !hasLogRouter(task) || task.logRouting === 'PREPARED') &&
    secrets.isReady(task, container) &&
    task.volumes.every((volume) => volume.status === 'CREATED') &&
    dependenciesHold(task, container),
  run: async (task, container, tools) => {
    try {
      const body = withSecrets(await tools.createBody(task, container), tools.secrets.valuesFor(task, container))
      const id = await tools.runtime.create(container.dockerName, body)
      return created(container, id, tools.clock.now())
    } catch (error) {
      return afterRefusal(task, container, error, tools)
    }
  },
}

const created = (container: EngineContainer, dockerId: string, now: number): Change => {
  const change = (current: EngineContainer) => ({ ...raised(current, 'CREATED'), dockerId, createdAt: now })
  return (task) => changeContainer(task, container.definition.name, change)
}

const afterRefusal = async (
  task: EngineTask,
  container: EngineContainer,
  error: unknown,
  tools: StepTools,
): Promise<Change> => {
  const { name } = container.definition
  if (error instanceof BodyError) return failing(name, `CannotCreateContainerError: ${error.message}`)
  if (!(error instanceof RuntimeError) || error.kind === 'unreachable') throw error
  if (error.kind === 'conflict') {
    const existing = await tools.runtime.inspect(container.dockerName)
    if (existing?.labels[LABELS.taskArn] === task.arn) return observe(container, existing, tools)
  }
  const reason = reasonFor('CannotCreateContainerError', error, 'created', tools.settings.createTimeoutSeconds)
  return failing(name, tools.secrets.redact(container, reason))
}

const failing = (name: string, reason: string): Change => {
  return (task) => changeContainer(task, name, (container) => failed(container, reason))
}
