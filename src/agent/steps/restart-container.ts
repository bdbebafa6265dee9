/** Starts an exited container again in place, as its restart policy says. Nobody is told but those who ask for the count. */
import { changeContainer } from '../engine/changes.ts'
import { lookAt, observe } from './observe.ts'
import { markUncertain, tryStart } from './start-container.ts'
import type { ContainerStep } from './step.ts'

export const restartContainer: ContainerStep = {
  name: 'restart-container',
  slot: 'finishing',
  due: (_task, container) =>
    container.restartPending && container.desiredStatus === 'RUNNING' && !container.startUncertain,
  begin: markUncertain,
  run: async (_task, container, tools) => {
    const { name } = container.definition
    const failure = await tryStart(container, tools)
    if (failure !== undefined) return failure
    const lastRestartAt = tools.clock.now()
    const counted = { restartCount: container.restartCount + 1, lastRestartAt, restartPending: false }
    tools.apply((task) => changeContainer(task, name, (current) => ({ ...current, ...counted })))
    return observe(container, await lookAt(tools, container), tools)
  },
}
