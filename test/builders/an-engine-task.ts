/** Tasks as the engine knows them, at any point of their life. */
import { acceptTask } from '../../src/agent/engine/accept.ts'
import type { EngineContainer, EngineTask } from '../../src/agent/engine/task.ts'
import type { PayloadContainer, PayloadTask } from '../../src/agentlink/acs-messages.ts'
import { aPayloadContainer, aPayloadTask } from './a-payload-task.ts'
import { builderIds } from './ids.ts'

/** As it is when its payload has just arrived. */
export const anEngineTask = (payload: Partial<PayloadTask> = {}, members: Partial<EngineTask> = {}): EngineTask => ({
  ...acceptTask(aPayloadTask(payload), 0, builderIds),
  ...members,
})

/** A container of a task, with its definition's members apart from its progress. */
export const anEngineContainer = (
  definition: Partial<PayloadContainer> = {},
  progress: Partial<EngineContainer> = {},
): EngineContainer => {
  const [container] = anEngineTask().containers
  if (container === undefined) throw new Error('a task has a container')
  return { ...container, definition: aPayloadContainer(definition), ...progress }
}

/** A task that holds its resources and has these containers. */
export const aTaskOf = (containers: readonly EngineContainer[], members: Partial<EngineTask> = {}): EngineTask =>
  anEngineTask({}, { containers, resources: 'HELD', ...members })
