/** The stops of a plan while it is made: no task twice, and the first reason stays. */
import type { Stop, StopReason, TaskFacts } from './types.ts'

export class StopList {
  readonly #stops = new Map<string, Stop>()

  add({ taskId, holderId }: TaskFacts, reason: StopReason): void {
    if (!this.#stops.has(taskId)) this.#stops.set(taskId, { taskId, holderId, reason })
  }

  get size(): number {
    return this.#stops.size
  }

  /** The tasks that are not to stop. */
  remaining(tasks: readonly TaskFacts[]): readonly TaskFacts[] {
    return tasks.filter(({ taskId }) => !this.#stops.has(taskId))
  }

  toArray(): readonly Stop[] {
    return [...this.#stops.values()]
  }
}
