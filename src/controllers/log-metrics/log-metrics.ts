/**
 * Metric filters at work: events make data of metrics as soon as they are durable. It listens to groups that have filters, and to no
 * others; what it needs for its work is loaded when there is some.
 */
import { defined } from '../../kit/assert.ts'
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { Turn } from '../../kit/turn.ts'
import { LOG_METRIC_EVENTS_AT_ONCE, LOG_METRIC_EVENTS_WAITING, LOG_TURN_MS } from '../../model/log-limits.ts'
import type { LogStore, NewLogBatch } from '../../store/logs/log-store.ts'
import type { MetricStore } from '../../store/metrics/metric-store.ts'
import type { Store } from '../../store/store.ts'
import { FilteredGroups } from '../filtered-groups.ts'
import type { MetricCounting } from './metric-counting.ts'

export interface LogMetricsOptions {
  readonly store: Store
  readonly clock: Clock
  readonly logs: LogStore
  readonly metrics: MetricStore
  readonly log: Log
}

export class LogMetrics {
  readonly #options: LogMetricsOptions
  readonly #groups: FilteredGroups
  readonly #waiting: NewLogBatch[] = []
  #eventsWaiting = 0
  #counting: MetricCounting | undefined
  #isWorking = false

  constructor(options: LogMetricsOptions) {
    this.#options = options
    this.#groups = new FilteredGroups({ ...options, table: 'metricFilters', hear: (batch) => this.#hear(batch) })
  }

  start(): void {
    this.#groups.start()
  }

  stop(): void {
    this.#groups.stop()
    this.#counting?.stop()
  }

  #hear(batch: NewLogBatch): void {
    this.#waiting.push(batch)
    this.#eventsWaiting += batch.events.length
    if (!this.#isWorking) void this.#work()
    // Who appends faster than this can count has to wait for it, and nobody longer than for what came last.
    while (this.#counting !== undefined && this.#eventsWaiting > LOG_METRIC_EVENTS_WAITING)
      this.#countAll(this.#counting, this.#take())
  }

  async #work(): Promise<void> {
    this.#isWorking = true
    this.#counting ??= new (await import('./metric-counting.ts')).MetricCounting(this.#options)
    const turn = new Turn(this.#options.clock, LOG_TURN_MS)
    while (this.#waiting.length > 0) {
      for (const part of partsOf(this.#take())) {
        await turn.giveWay()
        for (const count of this.#counting.steps(part)) {
          if (turn.isOver) await turn.giveWay()
          this.#try(count, part)
        }
      }
    }
    this.#isWorking = false
  }

  #take(): NewLogBatch {
    const batch = defined(this.#waiting.shift(), 'a batch that waits')
    this.#eventsWaiting -= batch.events.length
    return batch
  }

  #countAll(counting: MetricCounting, batch: NewLogBatch): void {
    for (const count of counting.steps(batch)) this.#try(count, batch)
  }

  #try(count: () => void, batch: NewLogBatch): void {
    try {
      count()
    } catch (error) {
      this.#options.log.error('log events could not be counted for metrics', { groupId: batch.groupId, error })
    }
  }
}

/** As much as may keep everyone else from the process. */
function* partsOf(batch: NewLogBatch): Iterable<NewLogBatch> {
  for (let from = 0; from < batch.events.length; from += LOG_METRIC_EVENTS_AT_ONCE)
    yield { ...batch, events: batch.events.slice(from, from + LOG_METRIC_EVENTS_AT_ONCE) }
}
