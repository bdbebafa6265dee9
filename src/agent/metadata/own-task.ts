/**
 * Which container an id in a path stands for, and whether who asks may know: each container has an id that nobody can guess, and only its
 * own task's containers may use it. ECS lets anyone use it who knows it.
 */
import type { EngineContainer, EngineTask } from '../engine/task.ts'
import { type CallerTools, isOfTask } from './caller.ts'
import type { MetadataRequest } from './route.ts'

export interface OwnTaskTools extends CallerTools {
  readonly tasks: () => Iterable<EngineTask>
}

export interface OwnContainer {
  readonly task: EngineTask
  readonly container: EngineContainer
}

export type Found =
  | { readonly found: OwnContainer }
  /** `unknown`: no such id. `foreign`: one of another task. */
  | { readonly problem: 'unknown' | 'foreign' }

/** Rejects with `RuntimeError` if the engine cannot say who asks. */
export const findOwn = async (
  endpointId: string,
  { sourceAddress }: Pick<MetadataRequest, 'sourceAddress'>,
  tools: OwnTaskTools,
): Promise<Found> => {
  const found = byEndpointId(endpointId, tools.tasks())
  if (found === undefined) return { problem: 'unknown' }
  return (await isOfTask(found.task, sourceAddress, tools)) ? { found } : { problem: 'foreign' }
}

const byEndpointId = (endpointId: string, tasks: Iterable<EngineTask>): OwnContainer | undefined => {
  for (const task of tasks) {
    const container = task.containers.find((candidate) => candidate.endpointId === endpointId)
    if (container !== undefined) return { task, container }
  }
  return undefined
}
