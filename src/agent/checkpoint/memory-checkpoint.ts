/**
 * A checkpoint that lasts as long as its object: for simulated agents, and for tests that restart an agent from it. Records are
 * immutable, so keeping them costs a reference.
 */
import type { EngineTask } from '../engine/task.ts'
import type { AgentFacts, Checkpoint } from './checkpoint.ts'

export class MemoryCheckpoint implements Checkpoint {
  readonly #tasks = new Map<string, EngineTask>()
  readonly #facts: { -readonly [Name in keyof AgentFacts]?: string } = {}

  load(): { tasks: readonly EngineTask[]; facts: Partial<AgentFacts> } {
    return { tasks: [...this.#tasks.values()], facts: { ...this.#facts } }
  }

  putTask(task: EngineTask): void {
    this.#tasks.set(task.arn, task)
  }

  forgetTask(taskArn: string): void {
    this.#tasks.delete(taskArn)
  }

  putFact(name: keyof AgentFacts, value: string): void {
    this.#facts[name] = value
  }

  flush(): Promise<void> {
    return Promise.resolve()
  }

  close(): void {}
}
