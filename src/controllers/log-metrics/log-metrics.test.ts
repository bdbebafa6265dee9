import { describe, expect, it } from 'vitest'
import { emptyStore } from '../../../test/services-deps.ts'
import { ManualClock, settle } from '../../kit/clock.ts'
import { silentLog } from '../../kit/log.ts'
import { logFilterKey, type MetricFilterRecord } from '../../model/log-filter-records.ts'
import { METRIC_FILTER_SERIES_PER_HOUR } from '../../model/log-limits.ts'
import { MemoryLogStore } from '../../store/logs/memory-log-store.ts'
import { MemoryMetricStore } from '../../store/metrics/memory-metric-store.ts'
import type { MetricPoint } from '../../store/metrics/metric-store.ts'
import { LogMetrics } from './log-metrics.ts'

const OWNER = { account: '123456789012', region: 'us-east-1' }

const aFilter = (given: Partial<MetricFilterRecord> = {}): MetricFilterRecord => ({
  key: logFilterKey('arn:g', given.name ?? 'f'),
  ...OWNER,
  groupId: 'g1',
  groupName: 'g',
  name: 'f',
  pattern: 'ERROR',
  expressions: 0,
  createdAt: 0,
  metricNamespace: 'App',
  metricName: 'Errors',
  metricValue: '1',
  dimensions: {},
  systemDimensions: [],
  ...given,
})

const aSite = async (...filters: readonly MetricFilterRecord[]) => {
  const [store, clock, logs] = [await emptyStore(), new ManualClock(), new MemoryLogStore()]
  const metrics = new MemoryMetricStore(clock)
  const work = new LogMetrics({ store, clock, logs, metrics, log: silentLog })
  work.start()
  await store.transact(({ metricFilters }) => filters.forEach((filter) => metricFilters.put(filter)))
  const put = async (messages: readonly string[], timestamp = clock.now(), groupId = 'g1'): Promise<void> => {
    const events = messages.map((message) => ({ timestamp, message }))
    await logs.append({ groupId, streamId: 's1', events, ingestedAt: clock.now() })
    // What is loaded at first use takes as long as it takes.
    await import('./metric-counting.ts')
    for (let turn = 0; turn < 10 + events.length / 100; turn++) await settle()
  }
  const points = async (
    dimensions: MetricPointsOf['dimensions'] = [],
    unit?: string,
  ): Promise<readonly MetricPoint[]> => {
    const series = { namespace: 'App', metricName: 'Errors', dimensions, ...(unit !== undefined && { unit }) }
    const [found = []] = await metrics.read(OWNER, [series], { from: 0, to: Number.MAX_SAFE_INTEGER })
    return found
  }
  return { store, clock, logs, metrics, put, points, work }
}

interface MetricPointsOf {
  readonly dimensions: readonly { readonly name: string; readonly value: string }[]
}

const statistics = (...values: readonly number[]) => ({
  minimum: Math.min(...values),
  maximum: Math.max(...values),
  sum: values.reduce((sum, value) => sum + value, 0),
  sampleCount: values.length,
})

describe('metric filters', () => {
  it('count what matches, in the minute of each event', async () => {
    const { put, points, clock } = await aSite(aFilter())
    await put(['an ERROR', 'fine', 'ERROR again'])
    await put(['ERROR of the past'], clock.now() - 600_000)
    await put(['ERROR of another group'], clock.now(), 'g2')
    expect(await points()).toEqual([
      { timestamp: clock.now() - 600_000, statistics: statistics(1) },
      { timestamp: clock.now(), statistics: statistics(1, 1) },
    ])
  })

  it('take values and dimensions from the events, and leave out events that have them not', async () => {
    const pattern = '{ $.ms > 0 }'
    const filter = { pattern, metricValue: '$.ms', dimensions: { Path: '$.path' }, systemDimensions: ['@aws.region'] }
    const { put, points } = await aSite(aFilter({ ...filter, unit: 'Milliseconds' }))
    await put(['{"ms":5,"path":"/a"}', '{"ms":7.5,"path":"/a"}', '{"ms":1}', '{"ms":"9x","path":"/a"}', 'no JSON'])
    const region = { name: '@aws.region', value: 'us-east-1' }
    const found = await points([region, { name: 'Path', value: '/a' }], 'Milliseconds')
    expect(found.map((point) => point.statistics)).toEqual([statistics(5, 7.5)])
  })

  it('report the default value for a minute that had events and none that matches', async () => {
    const { put, points, clock } = await aSite(aFilter({ defaultValue: 0 }))
    const start = clock.now()
    await put(['fine'])
    await clock.advance(30_000)
    await put(['fine'])
    expect(await points()).toEqual([])
    await clock.advance(30_000)
    await put(['fine', 'ERROR'])
    await clock.advance(60_000)
    await put(['fine, but late'], start + 60_000)
    await clock.advance(600_000)
    expect(await points()).toEqual([
      { timestamp: start, statistics: statistics(0) },
      { timestamp: start + 60_000, statistics: statistics(1) },
    ])
  })

  it('follow their changes and their end', async () => {
    const { store, put, points } = await aSite(aFilter())
    await store.transact(({ metricFilters }) => metricFilters.put(aFilter({ pattern: 'WARN', metricValue: '2' })))
    await put(['WARN', 'ERROR'])
    await store.transact(({ metricFilters }) => metricFilters.remove(aFilter().key))
    await put(['WARN'])
    expect((await points()).map((point) => point.statistics)).toEqual([statistics(2)])
  })

  it('are there after a start', async () => {
    const { store, clock, metrics, put, points, work } = await aSite(aFilter())
    work.stop()
    await put(['ERROR'])
    expect(await points()).toEqual([])
    const logs = new MemoryLogStore()
    const again = new LogMetrics({ store, clock, logs, metrics, log: silentLog })
    again.start()
    const events = [{ timestamp: clock.now(), message: 'ERROR' }]
    await logs.append({ groupId: 'g1', streamId: 's1', events, ingestedAt: clock.now() })
    for (let turn = 0; turn < 10; turn++) await settle()
    expect(await points()).toHaveLength(1)
  })

  it('keep nobody longer from the process than for what came last, however much waits', async () => {
    const { put, logs, metrics } = await aSite(aFilter())
    await put(['ERROR'])
    let counted = 0
    const keep = metrics.put.bind(metrics)
    metrics.put = (owner, data) => {
      counted += data.reduce((sum, { statistics: { sampleCount } }) => sum + sampleCount, 0)
      keep(owner, data)
    }
    const events = Array.from({ length: 10_000 }, () => ({ timestamp: 0, message: 'ERROR' }))
    const append = () => logs.append({ groupId: 'g1', streamId: 's1', events, ingestedAt: 0 })
    const appended = Array.from({ length: 12 }, () => append())
    expect(counted).toBeLessThan(30_000)
    await Promise.all(appended)
    for (let turn = 0; turn < 500; turn++) await settle()
    expect(counted).toBe(120_000)
  })

  it('make no more series in an hour than they may', async () => {
    const { put, metrics, clock } = await aSite(
      aFilter({ pattern: '[id]', metricValue: '1', dimensions: { Id: '$id' } }),
    )
    const ids = (from: number) => Array.from({ length: 800 }, (_, index) => String(from + index))
    await put(ids(0))
    await put(ids(400))
    expect(await metrics.list(OWNER, {})).toHaveLength(METRIC_FILTER_SERIES_PER_HOUR)
    await clock.advance(3_600_000)
    await put(['new'])
    expect(await metrics.list(OWNER, {})).toHaveLength(METRIC_FILTER_SERIES_PER_HOUR + 1)
  })
})
