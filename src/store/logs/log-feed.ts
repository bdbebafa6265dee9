/** Tells whoever listens of batches of log events, after they are durable. */
import type { NewLogBatch } from './log-store.ts'

/** Hears of a batch while others wait: it takes what it wants, at once, and never throws. */
export type LogListener = (batch: NewLogBatch) => void

export class LogFeed {
  /** By group. */
  readonly #listeners = new Map<string, Set<LogListener>>()

  /** Listens until the function that it gives is called. */
  listen(groupId: string, listener: LogListener): () => void {
    const listeners = this.#listeners.get(groupId) ?? new Set()
    this.#listeners.set(groupId, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0 && this.#listeners.get(groupId) === listeners) this.#listeners.delete(groupId)
    }
  }

  publish(batch: NewLogBatch): void {
    for (const listener of this.#listeners.get(batch.groupId) ?? []) listener(batch)
  }
}
