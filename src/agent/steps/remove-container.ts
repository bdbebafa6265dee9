/** Clean-up: removes the container of a stopped task. By name where no id was ever learnt, in case a create succeeded unheard. */
import { changeContainer } from '../engine/changes.ts'
import { isCleanupDue } from '../engine/cleanup.ts'
import type { ContainerStep } from './step.ts'

export const removeContainer: ContainerStep = {
  name: 'remove-container',
  slot: 'beginning',
  due: (task, container, { now, settings }) =>
    !container.removed && container.knownStatus === 'STOPPED' && isCleanupDue(task, settings, now),
  run: async (_task, container, { runtime }) => {
    await runtime.remove(container.dockerId ?? container.dockerName)
    return (task) => changeContainer(task, container.definition.name, (current) => ({ ...current, removed: true }))
  },
}
