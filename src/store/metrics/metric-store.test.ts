import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aMetricDatum, anOwner, aStatistic } from '../../../test/builders/a-metric-datum.ts'
import { BUILT_AT_MS } from '../../../test/builders/ids.ts'
import { ManualClock } from '../../kit/clock.ts'
import { silentLog } from '../../kit/log.ts'
import { FileMetricStore } from './file-metric-store.ts'
import { MemoryMetricStore } from './memory-metric-store.ts'
import type { MetricSeriesQuery, MetricStore } from './metric-store.ts'

const MINUTE = 60_000
const ALL = { from: 0, to: Infinity }
const series = aMetricDatum()

let directory: string
let clock: ManualClock
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'metric-store-'))
  clock = new ManualClock()
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

interface Kept {
  readonly store: MetricStore
  /** Makes what was put durable. */
  readonly write: () => Promise<void>
}

const stores: Record<string, () => Promise<Kept>> = {
  'a metric store in memory': async () => ({ store: new MemoryMetricStore(clock), write: async () => {} }),
  'a metric store on a disk': async () => {
    const store = await FileMetricStore.open({ directory, clock, log: silentLog })
    return { store, write: () => store.write() }
  },
}

describe.each(Object.entries(stores))('%s', (_name, open) => {
  it('gives back the statistics of each minute, in order, before and after they are written', async () => {
    const { store, write } = await open()
    store.put(anOwner, [
      aMetricDatum({ timestamp: BUILT_AT_MS + MINUTE + 1, statistics: aStatistic(2) }),
      aMetricDatum({ statistics: { minimum: -0.5, maximum: 3, sum: 2.25, sampleCount: 4 } }),
    ])
    const points = [
      { timestamp: BUILT_AT_MS, statistics: { minimum: -0.5, maximum: 3, sum: 2.25, sampleCount: 4 } },
      { timestamp: BUILT_AT_MS + MINUTE, statistics: aStatistic(2) },
    ]
    expect(await store.read(anOwner, [series], ALL)).toEqual([points])
    await write()
    expect(await store.read(anOwner, [series], ALL)).toEqual([points])
    expect(await store.read(anOwner, [series], { from: BUILT_AT_MS + 1, to: Infinity })).toEqual([[points[1]]])
    expect(await store.read(anOwner, [series], { from: 0, to: BUILT_AT_MS + MINUTE })).toEqual([[points[0]]])
    await store.close()
  })

  it('adds what comes later for a minute', async () => {
    const { store, write } = await open()
    for (const value of [3, 1, 5]) {
      store.put(anOwner, [aMetricDatum({ statistics: aStatistic(value) })])
      if (value !== 5) await write()
    }
    const [points] = await store.read(anOwner, [series], ALL)
    expect(points?.[0]?.statistics).toEqual({ minimum: 1, maximum: 5, sum: 9, sampleCount: 3 })
    await store.close()
  })

  it('tells series apart by owner, namespace, metric, unit and dimensions', async () => {
    const { store, write } = await open()
    const others = [
      aMetricDatum({ namespace: 'Other', statistics: aStatistic(2) }),
      aMetricDatum({ metricName: 'Errors', statistics: aStatistic(3) }),
      aMetricDatum({ unit: 'Percent', statistics: aStatistic(4) }),
      aMetricDatum({ dimensions: [], statistics: aStatistic(5) }),
    ]
    store.put(anOwner, [series, ...others])
    store.put({ ...anOwner, region: 'eu-west-1' }, [aMetricDatum({ statistics: aStatistic(6) })])
    await write()
    const read = await store.read(anOwner, [series, ...others], ALL)
    expect(read.map((points) => points.map(({ statistics }) => statistics.sum))).toEqual([[1], [2], [3], [4], [5]])
    await store.close()
  })

  it('lists series by namespace, metric and dimensions', async () => {
    const { store, write } = await open()
    const dimensions = [
      { name: 'Service', value: 'web' },
      { name: 'Zone', value: 'a' },
    ]
    store.put(anOwner, [aMetricDatum(), aMetricDatum({ metricName: 'Errors', dimensions })])
    await write()
    store.put(anOwner, [aMetricDatum({ namespace: 'Other', dimensions: [] })])
    store.put({ ...anOwner, account: '111111111111' }, [aMetricDatum({ metricName: 'Foreign' })])
    const listed = async (query: MetricSeriesQuery): Promise<string[]> =>
      (await store.list(anOwner, query)).map(({ namespace, metricName }) => `${namespace}/${metricName}`).toSorted()
    expect(await listed({})).toEqual(['App/Errors', 'App/Requests', 'Other/Requests'])
    expect(await listed({ namespace: 'App' })).toEqual(['App/Errors', 'App/Requests'])
    expect(await listed({ metricName: 'Requests' })).toEqual(['App/Requests', 'Other/Requests'])
    expect(await listed({ dimensions: [{ name: 'Zone' }] })).toEqual(['App/Errors'])
    expect(await listed({ dimensions: [{ name: 'Service', value: 'db' }] })).toEqual([])
    expect(await listed({ since: BUILT_AT_MS + 3_600_000 })).toEqual([])
    await store.close()
  })

  it('takes nothing that is too old, too far ahead or without samples', async () => {
    const { store } = await open()
    store.put(anOwner, [
      aMetricDatum({ timestamp: BUILT_AT_MS - 25 * 60 * MINUTE }),
      aMetricDatum({ timestamp: BUILT_AT_MS + 3 * 60 * MINUTE }),
      aMetricDatum({ statistics: { ...aStatistic(1), sampleCount: 0 } }),
    ])
    expect(await store.list(anOwner, {})).toEqual([])
    await store.close()
  })
})
