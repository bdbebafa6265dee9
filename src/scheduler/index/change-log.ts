/**
 * Which instances changed, in order. Views follow it at their own pace: one that nobody asks costs nothing, and one that fell
 * behind further than the log reaches is built anew.
 */

const SMALLEST_CAPACITY = 256

export class ChangeLog {
  #entries = new Int32Array(SMALLEST_CAPACITY)
  #sequence = 0
  #validFrom = 0

  /** How many changes there were; the number of the next one. */
  get sequence(): number {
    return this.#sequence
  }

  /** `record`: the instance's record changed, not only what its tasks take. */
  append(slot: number, record: boolean): void {
    this.#entries[this.#sequence++ & (this.#entries.length - 1)] = slot * 2 + (record ? 1 : 0)
  }

  /** If every change from this number on is still here. */
  covers(sequence: number): boolean {
    return sequence >= this.#validFrom && this.#sequence - sequence <= this.#entries.length
  }

  slotAt(sequence: number): number {
    return this.#entries[sequence & (this.#entries.length - 1)]! >> 1
  }

  isRecordAt(sequence: number): boolean {
    return (this.#entries[sequence & (this.#entries.length - 1)]! & 1) === 1
  }

  /** Forgets everything, so that all views are built anew, with room for changes of that many instances. */
  reset(slots: number): void {
    this.#entries = new Int32Array(Math.max(SMALLEST_CAPACITY, 2 ** Math.ceil(Math.log2(slots * 2))))
    this.#validFrom = ++this.#sequence
  }
}
