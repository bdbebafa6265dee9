/**
 * A checkpoint whose writes become durable a turn of the event loop later, as a real one's do. A crash loses the rest; the next agent
 * finds what was durable.
 */
import type { AgentFacts, Checkpoint } from '../../src/agent/checkpoint/checkpoint.ts'
import { MemoryCheckpoint } from '../../src/agent/checkpoint/memory-checkpoint.ts'
import type { EngineTask } from '../../src/agent/engine/task.ts'
import { settle } from '../../src/kit/clock.ts'

export class LaggingCheckpoint implements Checkpoint {
  readonly #durable = new MemoryCheckpoint()
  #pending: (() => void)[] = []
  #life = 0

  load() {
    return this.#durable.load()
  }

  putTask(task: EngineTask): void {
    this.#put(() => this.#durable.putTask(task))
  }

  forgetTask(taskArn: string): void {
    this.#put(() => this.#durable.forgetTask(taskArn))
  }

  putFact(name: keyof AgentFacts, value: string): void {
    this.#put(() => this.#durable.putFact(name, value))
  }

  /** Never resolves for those who did not live to see it. */
  async flush(): Promise<void> {
    const life = this.#life
    await settle()
    if (life !== this.#life) await new Promise(() => {})
  }

  close(): void {
    for (const write of this.#pending) write()
    this.#pending = []
  }

  /** What is not durable yet never will be. */
  crash(): void {
    this.#life++
    this.#pending = []
  }

  #put(write: () => void): void {
    if (this.#pending.length === 0) {
      const life = this.#life
      void settle().then(() => {
        if (life === this.#life) this.close()
      })
    }
    this.#pending.push(write)
  }
}
