/**
 * Whether the runtime answers, and what it has to tell. While it does not answer nothing may be concluded about any container; when it
 * is back, or may have been away, everything is compared. The same comparison is made every few minutes in case an event was lost.
 */
import { Backoff, type BackoffPolicy } from '../../kit/backoff.ts'
import type { Clock, Timer } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import type { Log } from '../../kit/log.ts'
import { type ContainerRuntime, type ListedContainer, RuntimeError, type RuntimeEvent } from '../runtime.ts'

export interface RuntimeWatchOptions {
  readonly runtime: ContainerRuntime
  readonly ownLabels: Readonly<Record<string, string>>
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly onEvent: (event: RuntimeEvent) => void
  /** Hears all containers of this agent; from then on the runtime counts as in sync. */
  readonly onListed: (listed: readonly ListedContainer[]) => void
}

/** How soon a runtime that went away is asked again. Its event stream usually tells earlier. */
const PROBE_BACKOFF: BackoffPolicy = { minMs: 250, maxMs: 5000, jitter: 0.2, multiplier: 1.5 }
const RECONCILE_MS = 5 * 60_000
const RECONCILE_JITTER_MS = 30_000

export class RuntimeWatch {
  readonly #options: RuntimeWatchOptions
  readonly #backoff: Backoff
  #events: { close(): void } | undefined
  #probe: Timer | undefined
  #period: Timer | undefined
  #isInSync = false
  #isComparing = false
  #compareAgain = false
  #isClosed = false

  constructor(options: RuntimeWatchOptions) {
    this.#options = options
    this.#backoff = new Backoff(PROBE_BACKOFF, options.ids)
  }

  /** The runtime answers, and everything was compared since it does. */
  get isInSync(): boolean {
    return this.#isInSync
  }

  start(): void {
    const { runtime, ownLabels, onEvent } = this.#options
    this.#events = runtime.events(ownLabels, onEvent, () => void this.#compare())
    this.#scheduleProbe()
    this.#schedulePeriod()
  }

  /** A call was not answered. */
  lost(error: RuntimeError): void {
    if (this.#isInSync) this.#options.log.warn('container runtime does not answer', { error: error.message })
    this.#isInSync = false
    this.#scheduleProbe()
  }

  /** Starts nothing new; the engine may still listen. */
  pause(): void {
    this.#isInSync = false
    this.#isClosed = true
  }

  close(): void {
    this.pause()
    this.#events?.close()
    this.#probe?.cancel()
    this.#period?.cancel()
  }

  #scheduleProbe(): void {
    if (this.#isClosed || this.#probe !== undefined) return
    this.#probe = this.#options.clock.setTimer(this.#backoff.next(), () => {
      this.#probe = undefined
      if (!this.#isInSync) void this.#compare()
    })
  }

  #schedulePeriod(): void {
    const { clock, ids } = this.#options
    this.#period = clock.setTimer(RECONCILE_MS + RECONCILE_JITTER_MS * ids.random(), () => {
      this.#schedulePeriod()
      void this.#compare()
    })
  }

  async #compare(): Promise<void> {
    this.#compareAgain = this.#isComparing
    if (this.#isComparing || this.#isClosed) return
    this.#isComparing = true
    try {
      this.#listed(await this.#options.runtime.list(this.#options.ownLabels))
    } catch (error) {
      this.#failed(error)
    }
    this.#isComparing = false
    if (this.#compareAgain) await this.#compare()
  }

  #listed(listed: readonly ListedContainer[]): void {
    if (this.#isClosed) return
    if (!this.#isInSync) this.#options.log.info('container runtime answers', { containers: listed.length })
    this.#isInSync = true
    this.#backoff.reset()
    this.#options.onListed(listed)
  }

  /** A list that fails otherwise than by silence is as little to be relied on. */
  #failed(error: unknown): void {
    if (error instanceof RuntimeError) this.lost(error)
    else this.#options.log.error('comparing with the container runtime failed', { error })
  }
}
