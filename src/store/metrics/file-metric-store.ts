/**
 * The metric store on a disk: one file for each hour, to which the statistics of the last minute are appended once a minute, and which is
 * removed when all in it is too old. What a crash can take is what was put since the last time.
 */
import { mkdir, readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Clock, Timer } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { isoText, parseTimestamp } from '../../kit/timestamps.ts'
import { METRIC_POINTS_WAITING, METRIC_RETENTION_MS } from '../../model/metric-limits.ts'
import {
  metricKey,
  type MetricMinute,
  MetricMinutes,
  type MetricSubject,
  seriesOf,
  subjectKey,
} from './metric-minutes.ts'
import { type FrameIndex, MetricSegment } from './metric-segment.ts'
import {
  mergedStatistics,
  type MetricDatum,
  type MetricOwner,
  type MetricPeriod,
  type MetricPoint,
  type MetricSeries,
  type MetricSeriesQuery,
  MetricStoreError,
  type MetricStatistics,
  type MetricStore,
  MINUTE_MS,
} from './metric-store.ts'
import { isKept, isMeant, isOwn, SeriesSet } from './series-query.ts'

export interface FileMetricStoreOptions {
  readonly directory: string
  readonly clock: Clock
  readonly log: Log
}

const HOUR_MS = 3_600_000
/** After a minute has begun: by then what the one before it used has been put. */
const WRITE_DELAY_MS = 1000
const SEGMENT = /^(\d{4}-\d\d-\d\dT\d\d)\.metrics$/

const hourOf = (time: number): number => Math.floor(time / HOUR_MS) * HOUR_MS
const fileOf = (hour: number): string => `${isoText(hour).slice(0, 13)}.metrics`

/** A segment as it is when a question is asked. */
interface Snapshot {
  readonly segment: MetricSegment
  readonly index: FrameIndex
}

export class FileMetricStore implements MetricStore {
  readonly #options: FileMetricStoreOptions
  /** By the hour that they begin with. */
  readonly #segments: Map<number, MetricSegment>
  /** What is to be written next. */
  #waiting = new MetricMinutes()
  /** What is being written: of each minute until it can be read from its segment. */
  #writing = new MetricMinutes()
  #work: Promise<void> = Promise.resolve()
  #timer: Timer | undefined
  #dropped = 0
  #isClosed = false

  private constructor(options: FileMetricStoreOptions, segments: Map<number, MetricSegment>) {
    this.#options = options
    this.#segments = segments
  }

  /** One process at a time may have the directory. */
  static async open(options: FileMetricStoreOptions): Promise<FileMetricStore> {
    const { directory } = options
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const segments = new Map<number, MetricSegment>()
    for (const name of (await readdir(directory)).toSorted()) {
      const hour = SEGMENT.exec(name)?.[1]
      if (hour !== undefined)
        segments.set(parseTimestamp(`${hour}:00:00Z`) ?? 0, await MetricSegment.open(path.join(directory, name)))
    }
    const store = new FileMetricStore(options, segments)
    store.#writeEveryMinute()
    return store
  }

  put(owner: MetricOwner, data: readonly MetricDatum[]): void {
    if (this.#isClosed) throw new MetricStoreError('The metric store is closed.')
    const now = this.#options.clock.now()
    for (const datum of data) {
      if (!isKept(datum, now)) continue
      if (this.#waiting.size < METRIC_POINTS_WAITING) this.#waiting.put(owner, datum)
      else this.#dropped++
    }
  }

  async read(
    owner: MetricOwner,
    series: readonly MetricSeries[],
    period: MetricPeriod,
  ): Promise<readonly (readonly MetricPoint[])[]> {
    const wanted = series.map((each) => ({ subject: subjectKey({ ...owner, ...each }), metric: metricKey(each) }))
    const found = wanted.map(({ subject, metric }) => {
      const points = new Map<number, MetricStatistics>()
      for (const minutes of [this.#writing, this.#waiting])
        for (const { timestamp, statistics } of minutes.points(subject, metric, period))
          points.set(timestamp, mergedStatistics(points.get(timestamp), statistics))
      return points
    })
    for (const snapshot of this.#snapshots(period))
      await this.#unlessRemoved(snapshot, () => addStored(snapshot, wanted, period, found))
    return found.map((points) =>
      [...points]
        .toSorted(([one], [other]) => one - other)
        .map(([timestamp, statistics]) => ({ timestamp, statistics })),
    )
  }

  async list(owner: MetricOwner, query: MetricSeriesQuery): Promise<readonly MetricSeries[]> {
    const found = new SeriesSet()
    const add = (subject: MetricSubject, metrics: Iterable<string>): void => {
      if (!isOwn(owner, subject)) return
      for (const series of [...metrics].map((metric) => seriesOf(subject, metric)))
        if (isMeant(series, query)) found.add(series)
    }
    const since = hourOf(query.since ?? 0)
    const snapshots = this.#snapshots({ from: since, to: Infinity })
    for (const [minute, subjects] of [...this.#writing.minutes(), ...this.#waiting.minutes()])
      if (minute >= since) for (const { subject, metrics } of subjects.values()) add(subject, metrics.keys())
    for (const snapshot of snapshots)
      await this.#unlessRemoved(snapshot, async () => {
        for (const { metrics, subjects } of await snapshot.segment.definitions(snapshot.index))
          for (const subject of subjects) add(subject, metrics)
      })
    return found.values()
  }

  /** Resolves when what was put before is durable. */
  write(): Promise<void> {
    this.#work = this.#work.then(() => this.#write())
    return this.#work
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#timer?.cancel()
    await this.write()
  }

  #writeEveryMinute(): void {
    const now = this.#options.clock.now()
    const delayMs = MINUTE_MS - ((now - WRITE_DELAY_MS) % MINUTE_MS)
    this.#timer = this.#options.clock.setTimer(delayMs, () => {
      void this.write().then(() => {
        if (!this.#isClosed) this.#writeEveryMinute()
      })
    })
  }

  /** What cannot be written is written with the next minute, as far as there is room for it. */
  async #write(): Promise<void> {
    const { log } = this.#options
    this.#writing.absorb(this.#waiting)
    this.#waiting = new MetricMinutes()
    try {
      for (const [hour, minutes] of Map.groupBy([...this.#writing.minutes()], ([minute]) => hourOf(minute)))
        await this.#writeHour(hour, new Map(minutes))
      await this.#removeOld()
    } catch (error) {
      log.error('metrics cannot be written', { error })
      if (this.#writing.size > METRIC_POINTS_WAITING) this.#writing = new MetricMinutes()
    }
    if (this.#dropped > 0) log.warn('metrics were dropped: too many in one minute', { count: this.#dropped })
    this.#dropped = 0
  }

  async #writeHour(hour: number, minutes: ReadonlyMap<number, MetricMinute>): Promise<void> {
    const segment = await this.#segmentFor(hour)
    for (const other of this.#segments.values()) if (other !== segment) other.endWriting()
    const show = await segment.append(minutes)
    // Both at once: nobody sees a minute twice, or not at all.
    show()
    for (const minute of minutes.keys()) this.#writing.remove(minute)
  }

  async #segmentFor(hour: number): Promise<MetricSegment> {
    const found = this.#segments.get(hour)
    if (found !== undefined) return found
    const segment = await MetricSegment.create(path.join(this.#options.directory, fileOf(hour)))
    this.#segments.set(hour, segment)
    return segment
  }

  async #removeOld(): Promise<void> {
    const oldest = this.#options.clock.now() - METRIC_RETENTION_MS
    for (const [hour, segment] of this.#segments) {
      if (hour + HOUR_MS > oldest) continue
      this.#segments.delete(hour)
      await rm(segment.path, { force: true })
    }
  }

  /** A segment may grow too old while it is read. */
  async #unlessRemoved({ segment }: Snapshot, read: () => Promise<void>): Promise<void> {
    try {
      await read()
    } catch (error) {
      if ([...this.#segments.values()].includes(segment)) throw error
    }
  }

  #snapshots({ from, to }: MetricPeriod): Snapshot[] {
    return [...this.#segments]
      .filter(([hour]) => hour + HOUR_MS > from && hour < to)
      .map(([, segment]) => ({ segment, index: segment.index }))
  }
}

interface WantedSeries {
  readonly subject: string
  readonly metric: string
}

/** Adds what a segment has of each series to what is found of it. */
const addStored = async (
  { segment, index }: Snapshot,
  wanted: readonly WantedSeries[],
  period: MetricPeriod,
  found: readonly Map<number, MetricStatistics>[],
): Promise<void> => {
  const numbers = new Map<number, Map<number, MetricStatistics>>()
  const bySubject = Map.groupBy(
    wanted.map(({ subject, metric }, position) => ({ subject, metric, points: found[position]! })),
    ({ subject }) => subject,
  )
  for (const { first, metrics, subjects } of await segment.definitions(index))
    for (const [position, subject] of subjects.entries())
      for (const { metric, points } of bySubject.get(subjectKey(subject)) ?? []) {
        const row = metrics.indexOf(metric)
        if (row >= 0) numbers.set(first + row * subjects.length + position, points)
      }
  if (numbers.size === 0) return
  for (const { minute, points } of await segment.points(index, new Set(numbers.keys()), period))
    for (const { series, statistics } of points) {
      const of = numbers.get(series)
      of?.set(minute, mergedStatistics(of.get(minute), statistics))
    }
}
