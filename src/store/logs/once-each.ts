/** Appends a batch that its sender has named once, however often it is sent: also while the first time is not over yet. */
import type { NewLogBatch } from './log-store.ts'

export class OnceEach {
  readonly #running = new Map<string, Promise<void>>()

  /** `isKept`: whether the store has a batch of that name. */
  append(batch: NewLogBatch, isKept: (batchId: string) => boolean, append: () => Promise<void>): Promise<void> {
    const { groupId, streamId, batchId } = batch
    if (batchId === undefined) return append()
    const name = `${groupId}/${streamId}/${batchId}`
    const running = this.#running.get(name)
    if (running !== undefined) return running
    if (isKept(batchId)) return Promise.resolve()
    const appended = append().finally(() => this.#running.delete(name))
    this.#running.set(name, appended)
    return appended
  }
}
