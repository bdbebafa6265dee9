/** A metric store that is opened when there is something for it: a server that has no tasks has no use for its code and memory. */
import { existsSync } from 'node:fs'
import type { Clock, Timer } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import type {
  MetricDatum,
  MetricOwner,
  MetricPeriod,
  MetricPoint,
  MetricSeries,
  MetricSeriesQuery,
  MetricStore,
} from './metric-store.ts'
import { MINUTE_MS } from './metric-store.ts'

export interface MetricStoreAtFirstUseOptions {
  readonly directory: string
  readonly clock: Clock
  readonly log: Log
}

export class MetricStoreAtFirstUse implements MetricStore {
  readonly #options: MetricStoreAtFirstUseOptions
  readonly #firstLook: Timer
  #opening: Promise<MetricStore> | undefined
  #store: MetricStore | undefined

  constructor(options: MetricStoreAtFirstUseOptions) {
    this.#options = options
    // What an earlier server has left grows old without being used.
    this.#firstLook = options.clock.setTimer(MINUTE_MS, () => {
      if (existsSync(options.directory)) this.#opened().catch((error: unknown) => this.#complain(error))
    })
  }

  put(owner: MetricOwner, data: readonly MetricDatum[]): void {
    if (this.#store !== undefined) this.#store.put(owner, data)
    else
      this.#opened()
        .then((store) => store.put(owner, data))
        .catch((error: unknown) => this.#complain(error))
  }

  async read(
    owner: MetricOwner,
    series: readonly MetricSeries[],
    period: MetricPeriod,
  ): Promise<readonly (readonly MetricPoint[])[]> {
    return (await this.#opened()).read(owner, series, period)
  }

  async list(owner: MetricOwner, query: MetricSeriesQuery): Promise<readonly MetricSeries[]> {
    return (await this.#opened()).list(owner, query)
  }

  async close(): Promise<void> {
    this.#firstLook.cancel()
    await (await this.#opening)?.close()
  }

  /** What fails is tried again by whoever comes next. */
  #opened(): Promise<MetricStore> {
    this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = undefined
      throw error
    })
    return this.#opening
  }

  async #open(): Promise<MetricStore> {
    const { FileMetricStore } = await import('./file-metric-store.ts')
    this.#store = await FileMetricStore.open(this.#options)
    return this.#store
  }

  #complain(error: unknown): void {
    this.#options.log.error('metrics cannot be kept', { directory: this.#options.directory, error })
  }
}
