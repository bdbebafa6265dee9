/** What to look at after a time in which events may have been missed, and which containers nobody owns. Pure. */
import type { ListedContainer, RuntimeEvent } from '../runtime.ts'
import type { Busy } from './settle.ts'
import { hasReached, isStopped } from './task.ts'
import type { EngineContainer, EngineTask } from './task.ts'

/** Names of the task's containers whose record may not be true any more. What a step is at work on will be seen by the step. */
export const needsLook = (
  task: EngineTask,
  listed: ReadonlyMap<string, ListedContainer>,
  busy: Busy,
): readonly string[] =>
  task.containers
    .filter((container) => !container.removed && !busy.has(container.definition.name))
    .filter((container) => mayDiffer(container, listed.get(container.dockerName)))
    .map((container) => container.definition.name)

const mayDiffer = (container: EngineContainer, found: ListedContainer | undefined): boolean => {
  if (isStopped(container)) return found?.status === 'running'
  // Not created as far as is known, but it may have been: the answer was lost.
  if (!hasReached(container, 'CREATED')) return found !== undefined
  return true
}

export const findOrphans = (
  tasks: Iterable<EngineTask>,
  listed: readonly ListedContainer[],
): readonly ListedContainer[] => {
  const known = new Set<string>()
  for (const task of tasks) for (const container of task.containers) known.add(container.dockerName)
  return listed.filter(({ name }) => !known.has(name))
}

/**
 * Whether an event says something that is neither known nor about to be found out: a stop step looks by itself when it is done, and
 * so does whatever starts a container.
 */
export const isNews = (
  action: RuntimeEvent['action'],
  container: EngineContainer,
  step: string | undefined,
): boolean => {
  if (action === 'start') return isStopped(container)
  if (isStopped(container)) return false
  if (action === 'die' || action === 'destroy') return step !== 'stop-container'
  return action === 'health_status'
}
