/** What the agent remembers of the images its tasks use. Kept by the checkpoint, so that `once` and clean-up survive a restart. */

export interface ImageRecord {
  /** As task definitions write it. */
  readonly reference: string
  readonly imageId: string
  /** `NAME=value` as the image sets them. */
  readonly environment: readonly string[]
  /** Milliseconds since the epoch; absent for an image that this agent never pulled: it is not this agent's to delete. */
  readonly pulledAt?: number
  readonly lastUsedAt: number
  /** `<repository>@<digest>`, where the engine pulled it under another name than the reference's. */
  readonly pulledAs?: string
}

export interface ImageRecords {
  get(reference: string): ImageRecord | undefined
  all(): Iterable<ImageRecord>
  put(record: ImageRecord): void
  remove(reference: string): void
}

/** Records of one run of the agent. */
export class MemoryImageRecords implements ImageRecords {
  readonly #records = new Map<string, ImageRecord>()

  get(reference: string): ImageRecord | undefined {
    return this.#records.get(reference)
  }

  all(): Iterable<ImageRecord> {
    return this.#records.values()
  }

  put(record: ImageRecord): void {
    this.#records.set(record.reference, record)
  }

  remove(reference: string): void {
    this.#records.delete(reference)
  }
}
