import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aMetricDatum, anOwner, aStatistic } from '../../../test/builders/a-metric-datum.ts'
import { BUILT_AT_MS } from '../../../test/builders/ids.ts'
import { ManualClock } from '../../kit/clock.ts'
import { silentLog } from '../../kit/log.ts'
import { FileMetricStore } from './file-metric-store.ts'
import { MemoryMetricStore } from './memory-metric-store.ts'
import { MetricStoreAtFirstUse } from './metric-store-at-first-use.ts'
import type { MetricDatum } from './metric-store.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const ALL = { from: 0, to: Infinity }

let directory: string
let clock: ManualClock
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'metric-store-'))
  clock = new ManualClock()
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const open = (): Promise<FileMetricStore> => FileMetricStore.open({ directory, clock, log: silentLog })
const files = (): string[] => readdirSync(directory).toSorted()
const fileOf = (name: string | undefined): string => path.join(directory, name ?? '')
const at = (minute: number, value: number, given: Partial<MetricDatum> = {}): MetricDatum =>
  aMetricDatum({ timestamp: BUILT_AT_MS + minute * MINUTE, statistics: aStatistic(value), ...given })
const valuesOf = async (store: FileMetricStore, series = aMetricDatum()): Promise<number[]> =>
  (await store.read(anOwner, [series], ALL))[0]!.map(({ statistics }) => statistics.sum)

describe('segments of metrics', () => {
  it('are one for each hour, written in every minute, and there after a crash', async () => {
    const store = await open()
    store.put(anOwner, [at(0, 1), at(59, 2), at(60, 3)])
    await clock.advance(MINUTE)
    await store.write()
    expect(files()).toEqual(['2026-01-01T00.metrics', '2026-01-01T01.metrics'])
    const next = await open()
    expect(await valuesOf(next)).toEqual([1, 2, 3])
    next.put(anOwner, [at(1, 4), at(1, 5, { metricName: 'New' })])
    await next.write()
    const last = await open()
    expect(await valuesOf(last)).toEqual([1, 4, 2, 3])
    expect(await valuesOf(last, aMetricDatum({ metricName: 'New' }))).toEqual([5])
  })

  it('are removed when all in them is older than a day', async () => {
    const store = await open()
    store.put(anOwner, [at(0, 1), at(60, 2)])
    await store.write()
    await clock.advance(25 * HOUR)
    await store.write()
    expect(files()).toEqual(['2026-01-01T01.metrics'])
    expect(await valuesOf(store)).toEqual([2])
    await store.close()
  })

  it('lose nothing but what a crash has torn off, and are written on', async () => {
    const store = await open()
    for (const minute of [0, 1]) {
      store.put(anOwner, [at(minute, minute)])
      await store.write()
    }
    const file = fileOf(files()[0])
    truncateSync(file, readFileSync(file).length - 1)
    const next = await open()
    expect(await valuesOf(next)).toEqual([0])
    next.put(anOwner, [at(2, 2), at(2, 7, { metricName: 'Errors' })])
    await next.write()
    expect(await valuesOf(await open())).toEqual([0, 2])
  })

  it('do not tell what is damaged', async () => {
    const store = await open()
    for (const minute of [0, 1, 2]) {
      store.put(anOwner, [at(minute, minute)])
      await store.write()
    }
    const file = fileOf(files()[0])
    const bytes = readFileSync(file)
    bytes[bytes.length - 1]! ^= 0xff
    writeFileSync(file, bytes)
    appendFileSync(file, Buffer.alloc(64))
    const next = await open()
    expect(await valuesOf(next)).toEqual([0, 1])
    next.put(anOwner, [at(3, 3)])
    await next.write()
    expect(await valuesOf(await open())).toEqual([0, 1, 3])
  })

  it('that cannot be written are written later', async () => {
    const store = await open()
    rmSync(directory, { recursive: true })
    store.put(anOwner, [at(0, 1)])
    await store.write()
    expect(await valuesOf(store)).toEqual([1])
    directory = mkdtempSync(path.join(tmpdir(), 'metric-store-'))
    await store.close()
  })

  it('have what a store in memory has, whatever is put and whenever it starts again', async () => {
    const anyDatum = fc.record({
      minute: fc.integer({ min: -90, max: 90 }),
      metricName: fc.constantFrom('A', 'B', 'C'),
      service: fc.constantFrom('web', 'db', 'cache'),
      value: fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }),
    })
    const anyStep = fc.oneof(fc.array(anyDatum, { maxLength: 20 }), fc.constantFrom('write', 'restart'))
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 12 }), async (steps) => {
        rmSync(directory, { recursive: true, force: true })
        const model = new MemoryMetricStore(clock)
        let store = await open()
        for (const step of steps) {
          if (step === 'write') await store.write()
          else if (step === 'restart') {
            await store.close()
            store = await open()
          } else {
            const data = step.map(({ minute, metricName, service, value }) =>
              at(minute, value, { metricName, dimensions: [{ name: 'Service', value: service }] }),
            )
            for (const each of [model, store]) each.put(anOwner, data)
          }
        }
        const series = await model.list(anOwner, {})
        expect(await store.list(anOwner, {})).toHaveLength(series.length)
        expect(rounded(await store.read(anOwner, series, ALL))).toEqual(rounded(await model.read(anOwner, series, ALL)))
        await store.close()
      }),
      { numRuns: 40 },
    )
  })
})

/** Sums may differ in their last digits: the order of adding is another. */
const rounded = (points: unknown): unknown =>
  JSON.parse(JSON.stringify(points), (_, value: unknown) =>
    typeof value === 'number' ? Math.round(value * 1000) : value,
  )

describe('a metric store that is opened at its first use', () => {
  it('makes nothing before, and has what was put meanwhile', async () => {
    const nested = path.join(directory, 'metrics')
    const store = new MetricStoreAtFirstUse({ directory: nested, clock, log: silentLog })
    await clock.advance(2 * MINUTE)
    expect(readdirSync(directory)).toEqual([])
    store.put(anOwner, [at(0, 1)])
    store.put(anOwner, [at(1, 2)])
    expect(await store.list(anOwner, {})).toHaveLength(1)
    await store.close()
    expect(readdirSync(nested)).toEqual(['2026-01-01T00.metrics'])
  })
})
