/**
 * Deletes images that no task has used for a while, a few per cycle, least recently used first: only those that this agent pulled.
 * What the engine itself still needs, it refuses to delete. Foreign images are `untracked-cleanup.ts`'s.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/automated_image_cleanup.html
 */
import type { Clock, Timer } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import type { AgentConfig } from '../config.ts'
import { type ContainerRuntime, RuntimeError } from '../runtime.ts'
import type { Gate } from './gate.ts'
import type { ImageRecord, ImageRecords } from './image-records.ts'

export interface ImageCleanupOptions {
  readonly runtime: Pick<ContainerRuntime, 'removeImage'>
  readonly config: Pick<
    AgentConfig,
    | 'disableImageCleanup'
    | 'imagePullBehavior'
    | 'imageCleanupIntervalMs'
    | 'imageMinimumCleanupAgeMs'
    | 'imagesDeletedPerCycle'
  >
  readonly records: ImageRecords
  readonly gate: Gate
  /** References of all containers that are not removed yet. */
  readonly imagesInUse: () => ReadonlySet<string>
  /** Runs at the end of a cycle with the number of images that may still be deleted in it. */
  readonly untracked?: (remaining: number) => Promise<void>
  readonly clock: Clock
  readonly log: Log
}

export class ImageCleanup {
  readonly #options: ImageCleanupOptions
  #timer: Timer | undefined
  #isClosed = false

  constructor(options: ImageCleanupOptions) {
    this.#options = options
    const { disableImageCleanup, imagePullBehavior } = options.config
    // AWS: who prefers cached images wants them kept.
    if (!disableImageCleanup && imagePullBehavior !== 'prefer-cached') this.#schedule()
  }

  /** One cycle. Resolves when it is over; failures are logged and left to the next one. */
  async clean(): Promise<void> {
    const { config, gate, log, untracked } = this.#options
    try {
      const deleted = await gate.alone(() => this.#deleteTracked())
      await untracked?.(config.imagesDeletedPerCycle - deleted)
    } catch (error) {
      log.warn('image cleanup failed', { error })
    }
  }

  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
  }

  #schedule(): void {
    this.#timer = this.#options.clock.setTimer(this.#options.config.imageCleanupIntervalMs, () => {
      void this.clean().then(() => {
        if (!this.#isClosed) this.#schedule()
      })
    })
  }

  async #deleteTracked(): Promise<number> {
    const { records, config, imagesInUse, clock } = this.#options
    markUsed(records, imagesInUse(), clock.now())
    let deleted = 0
    for (const record of imagesToDelete(records.all(), imagesInUse(), config.imageMinimumCleanupAgeMs, clock.now())) {
      if (deleted === config.imagesDeletedPerCycle) break
      if (await this.#delete(record)) deleted++
    }
    return deleted
  }

  async #delete(record: ImageRecord): Promise<boolean> {
    const { records, log } = this.#options
    const { reference, imageId, pulledAs } = record
    const isShared = [...records.all()].some((other) => other !== record && other.pulledAs === pulledAs)
    for (const name of pulledAs === undefined || isShared ? [reference] : [reference, pulledAs])
      if (!(await this.#removeName(name))) return false
    log.info('deleted image', { image: reference, imageId })
    records.remove(reference)
    return true
  }

  /** The engine deletes an image with the last of its names. False if it does not. */
  async #removeName(name: string): Promise<boolean> {
    const { runtime, log } = this.#options
    try {
      await runtime.removeImage(name)
      return true
    } catch (error) {
      if (!(error instanceof RuntimeError) || error.kind === 'unreachable') throw error
      if (error.kind === 'not-found') return true
      log.debug('image stays', { image: name, error: error.message })
      return false
    }
  }
}

const markUsed = (records: ImageRecords, inUse: ReadonlySet<string>, now: number): void => {
  for (const reference of inUse) {
    const record = records.get(reference)
    if (record !== undefined) records.put({ ...record, lastUsedAt: now })
  }
}

/** Pulled by this agent, old enough, not in use; the longest unused first. Records without a pull are of use to nobody and go with them. */
const imagesToDelete = (
  records: Iterable<ImageRecord>,
  inUse: ReadonlySet<string>,
  minimumAgeMs: number,
  now: number,
): ImageRecord[] =>
  [...records]
    .filter(
      ({ reference, pulledAt }) => pulledAt !== undefined && now - pulledAt >= minimumAgeMs && !inUse.has(reference),
    )
    .toSorted((a, b) => a.lastUsedAt - b.lastUsedAt)
