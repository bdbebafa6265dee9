/** Looks at a container of which something was heard: an event, a lost call, a restart of the agent or of the engine. */
import { lookAt, observe } from './observe.ts'
import type { ContainerStep } from './step.ts'

export const inspectContainer: ContainerStep = {
  name: 'inspect-container',
  slot: 'looking',
  due: (_task, container, { stale }) => stale.has(container.definition.name) && !container.removed,
  run: async (_task, container, tools) => observe(container, await lookAt(tools, container), tools),
}
