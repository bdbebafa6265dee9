/**
 * What metrics of 5,000 RUNNING tasks cost: on a disk, for each series in a day; in memory; and how long the server is busy with a minute of
 * them. Half of the tasks are idle, half use what changes from minute to minute. Each in a process of its own.
 */
import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { minuteMetrics } from '../src/controllers/agent-telemetry/minute-metrics.ts'
import type { TaskUsage } from '../src/controllers/agent-telemetry/task-usage.ts'
import { ManualClock } from '../src/kit/clock.ts'
import { silentLog } from '../src/kit/log.ts'
import { serviceGroup } from '../src/model/arn.ts'
import { MemoryJournal } from '../src/store/journal/journal.ts'
import { FileMetricStore } from '../src/store/metrics/file-metric-store.ts'
import { minuteOf } from '../src/store/metrics/metric-store.ts'
import { Store } from '../src/store/store.ts'
import { aCluster } from '../test/builders/a-cluster.ts'
import { aContainerInstance } from '../test/builders/a-container-instance.ts'
import { aService } from '../test/builders/a-service.ts'
import { aTask } from '../test/builders/a-task.ts'
import { BUILT_AT_MS } from '../test/builders/ids.ts'
import { numberFrom } from './lib/child.ts'
import { compareToLimit } from './lib/compare.ts'
import { report } from './lib/report.ts'
import { scratchDirectory } from './lib/scratch.ts'

const TASKS = 5000
const TASKS_PER_INSTANCE = 50
const TASKS_PER_SERVICE = 100
const MINUTES = 60
const MINUTES_PER_DAY = 1440
const OWNER = { account: '000000000000', region: 'us-east-1' }
const BYTES_PER_MB = 1e6

const filledStore = async (): Promise<Store> => {
  const store = await Store.open(new MemoryJournal(), () => {})
  await store.transact((tx) => {
    tx.clusters.insert(aCluster())
    for (let number = 0; number < TASKS; number++) {
      const containerInstanceId = `i${Math.floor(number / TASKS_PER_INSTANCE)}`
      const serviceName = `service-${Math.floor(number / TASKS_PER_SERVICE)}`
      if (number % TASKS_PER_INSTANCE === 0) tx.containerInstances.insert(aContainerInstance({ containerInstanceId }))
      if (number % TASKS_PER_SERVICE === 0) tx.services.insert(aService({ serviceName }))
      tx.tasks.insert(aTask({ containerInstanceId, lastStatus: 'RUNNING', group: serviceGroup(serviceName) }))
    }
  })
  return store
}

const usageOf = (number: number): TaskUsage => {
  const isIdle = number % 2 === 0
  const upTo = (most: number): number => (isIdle ? 0 : Math.random() * most)
  return {
    cpuUnits: isIdle ? 0.01 : upTo(128),
    memoryMiB: isIdle ? 1.5 : 100 + upTo(50),
    networkRxBytesPerSecond: upTo(1e6),
    networkTxBytesPerSecond: upTo(1e5),
    storageReadBytes: isIdle ? 4096 : Math.floor(upTo(1e9)),
    storageWriteBytes: isIdle ? 0 : Math.floor(upTo(1e9)),
  }
}

interface Hour {
  readonly directory: string
  readonly store: FileMetricStore
  /** Processor time of each minute. */
  readonly busyMs: readonly number[]
}

const putMinute = (store: FileMetricStore, state: Store, timestamp: number): void => {
  const taskIds = [...state.tables.tasks.rows()].map(({ taskId }) => taskId)
  const usage = new Map(taskIds.map((taskId, number) => [taskId, usageOf(number)]))
  for (const { owner, data } of minuteMetrics(state.tables, minuteOf(timestamp), usage)) store.put(owner, data)
}

/** Metrics of these tasks, of an hour unless told otherwise. */
const run = async (state: Store, minutes = MINUTES): Promise<Hour> => {
  const directory = scratchDirectory()
  const clock = new ManualClock()
  const store = await FileMetricStore.open({ directory, clock, log: silentLog })
  const busyMs: number[] = []
  for (let minute = 0; minute < minutes; minute++) {
    const before = process.cpuUsage()
    putMinute(store, state, clock.now())
    await store.write()
    const { user, system } = process.cpuUsage(before)
    busyMs.push((user + system) / 1000)
    await clock.advance(60_000)
  }
  return { directory, store, busyMs }
}

const heapMB = (): number => {
  const collect = globalThis.gc
  if (collect === undefined) throw new Error('needs --expose-gc')
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / BYTES_PER_MB
}

const measures: Readonly<Record<string, (state: Store) => Promise<number>>> = {
  disk: async (state) => {
    const { directory, store } = await run(state)
    const bytes = readdirSync(directory).reduce((sum, name) => sum + statSync(path.join(directory, name)).size, 0)
    return (bytes / (await store.list(OWNER, {})).length) * (MINUTES_PER_DAY / MINUTES)
  },
  /** While a minute waits to be written. */
  memory: async (state) => {
    await (await run(state, 2)).store.close()
    const before = heapMB()
    const { store } = await run(state, MINUTES - 1)
    putMinute(store, state, BUILT_AT_MS + (MINUTES - 1) * 60_000)
    const after = heapMB()
    await store.close()
    return after - before
  },
  minute: async (state) => {
    const { busyMs } = await run(state)
    return busyMs.toSorted((one, other) => one - other)[MINUTES / 2]!
  },
}

const measure = measures[process.argv[2] ?? '']
if (measure !== undefined) console.log(await measure(await filledStore()))
else {
  const measured = (what: string) => () => numberFrom(import.meta.filename, [what], ['--expose-gc'])
  const limit = { limitName: 'limit', goal: { atMost: 1 }, samples: 3 }
  report([
    await compareToLimit({
      ...limit,
      question: 'disk that a series of metrics takes in a day',
      unit: 'bytes',
      measure: measured('disk'),
      limit: 8192,
    }),
    await compareToLimit({
      ...limit,
      question: 'memory of the metric store with 5,000 tasks',
      unit: 'MB',
      measure: measured('memory'),
      limit: 32,
    }),
    await compareToLimit({
      ...limit,
      question: "processor time for a minute of 5,000 tasks' metrics",
      unit: 'ms',
      measure: measured('minute'),
      limit: 600,
    }),
  ])
}
