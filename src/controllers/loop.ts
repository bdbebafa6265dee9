/**
 * Runs all controllers. Each has a queue of its own keys: a change wakes a key at once, the period brings all of them round, a failure
 * is repeated with backoff. One controller's keys never wait for another's, and a period's keys are fed in small portions, so that
 * requests are answered between them.
 */
import { type Clock, settle, type Timer } from '../kit/clock.ts'
import type { Ids } from '../kit/ids.ts'
import type { Log } from '../kit/log.ts'
import { WorkQueue } from '../kit/work-queue.ts'
import type { Controller } from './controller.ts'

export interface LoopOptions {
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
}

/** What operators can read of a controller. Times are milliseconds since the epoch. */
export interface ControllerStatus {
  readonly name: string
  /** Keys that wait or run. */
  readonly queued: number
  readonly succeeded: number
  readonly failed: number
  readonly lastRun?: {
    readonly key: string
    readonly endedAt: number
    readonly durationMs: number
    /** Absent if it succeeded. */
    readonly error?: string
  }
}

const CONCURRENCY = 16
const BACKOFF = { minMs: 500, maxMs: 60_000, jitter: 0.2, multiplier: 2 }
/** Keys of a period that are added at once. */
const PORTION = 64
const PORTION_EVERY_MS = 5

export class ControllerLoop {
  readonly #runners: readonly Runner[]

  constructor(controllers: readonly Controller[], options: LoopOptions) {
    this.#runners = controllers.map((controller) => new Runner(controller, options))
  }

  /** Looks at every key now, then at what changes, and at all again every period. */
  start(): void {
    for (const runner of this.#runners) runner.start()
  }

  /** Takes no more work; resolves when what runs has ended. */
  async stop(): Promise<void> {
    await Promise.all(this.#runners.map((runner) => runner.stop()))
  }

  status(): readonly ControllerStatus[] {
    return this.#runners.map((runner) => runner.status())
  }
}

class Runner {
  readonly #controller: Controller
  readonly #clock: Clock
  readonly #log: Log
  readonly #queue: WorkQueue
  readonly #running = new Set<Promise<void>>()
  #unwatch: (() => void) | undefined
  #timer: Timer | undefined
  #begun = 0
  #succeeded = 0
  #failed = 0
  #lastRun: ControllerStatus['lastRun']

  constructor(controller: Controller, { clock, ids, log }: LoopOptions) {
    this.#controller = controller
    this.#clock = clock
    this.#log = log.with({ controller: controller.name })
    this.#queue = new WorkQueue({
      clock,
      ids,
      concurrency: CONCURRENCY,
      backoff: BACKOFF,
      work: (key) => this.#track(this.#run(key)),
      onFailure: (key, error, retryInMs) => this.#log.warn('reconciling failed', { key, error, retryInMs }),
    })
  }

  start(): void {
    this.#unwatch = this.#controller.watch((key) => this.#queue.add(key))
    this.#sweep()
  }

  async stop(): Promise<void> {
    this.#unwatch?.()
    this.#timer?.cancel()
    this.#queue.stop()
    await Promise.allSettled(this.#running)
  }

  status(): ControllerStatus {
    return {
      name: this.#controller.name,
      queued: this.#queue.size,
      succeeded: this.#succeeded,
      failed: this.#failed,
      ...(this.#lastRun === undefined ? {} : { lastRun: this.#lastRun }),
    }
  }

  /** Begins a period. */
  #sweep(): void {
    const begunAt = this.#clock.monotonic()
    try {
      this.#feed([...this.#controller.keys()], 0, begunAt)
    } catch (error) {
      this.#log.error('finding what to reconcile failed', { error })
      this.#feed([], 0, begunAt)
    }
  }

  #feed(keys: readonly string[], from: number, begunAt: number): void {
    for (const key of keys.slice(from, from + PORTION)) this.#queue.add(key)
    const next = from + PORTION
    if (next < keys.length) {
      this.#timer = this.#clock.setTimer(PORTION_EVERY_MS, () => this.#feed(keys, next, begunAt))
      return
    }
    const spentMs = this.#clock.monotonic() - begunAt
    this.#timer = this.#clock.setTimer(Math.max(PORTION_EVERY_MS, this.#controller.everyMs - spentMs), () =>
      this.#sweep(),
    )
  }

  async #run(key: string): Promise<void> {
    // Work that never waits for anything would otherwise keep the process from everything else for as long as there is some.
    if (++this.#begun % PORTION === 0) await settle()
    const begunAt = this.#clock.monotonic()
    try {
      const again = await this.#controller.reconcile(key)
      this.#succeeded++
      this.#lastRun = this.#ended(key, begunAt)
      if (again) this.#queue.addAfter(key, again.againInMs)
    } catch (error) {
      this.#failed++
      this.#lastRun = { ...this.#ended(key, begunAt), error: error instanceof Error ? error.message : String(error) }
      throw error
    }
  }

  #ended(key: string, begunAt: number): NonNullable<ControllerStatus['lastRun']> {
    return { key, endedAt: this.#clock.now(), durationMs: this.#clock.monotonic() - begunAt }
  }

  #track(run: Promise<void>): Promise<void> {
    this.#running.add(run)
    const forget = (): void => void this.#running.delete(run)
    run.then(forget, forget)
    return run
  }
}
