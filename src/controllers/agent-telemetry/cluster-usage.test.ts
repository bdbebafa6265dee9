import { describe, expect, it } from 'vitest'
import { DEFAULT_CLUSTER_ARN } from '../../../test/builders/a-cluster.ts'
import { aContainerInstance } from '../../../test/builders/a-container-instance.ts'
import { aService } from '../../../test/builders/a-service.ts'
import { aTask } from '../../../test/builders/a-task.ts'
import { ManualClock } from '../../kit/clock.ts'
import type { TaskRecord } from '../../model/records.ts'
import { MemoryJournal } from '../../store/journal/journal.ts'
import { MemoryMetricStore } from '../../store/metrics/memory-metric-store.ts'
import { Store } from '../../store/store.ts'
import { clusterUsage } from './cluster-usage.ts'
import { minuteMetrics } from './minute-metrics.ts'
import type { TaskUsage } from './task-usage.ts'
import { UsageBook } from './usage-book.ts'
import { readHistory } from './usage-history.ts'
import type { UsageKind } from '../../model/usage.ts'

const NOW = Date.UTC(2026, 0, 1, 12)
const OWNER = { account: '000000000000', region: 'us-east-1' }

/** One instance, `i1`, that has run a task for an hour, with what was reported of it `age` milliseconds ago. */
const running = (taskId: string, given: Partial<TaskRecord> = {}): TaskRecord =>
  aTask({ taskId, containerInstanceId: 'i1', lastStatus: 'RUNNING', startedAt: NOW - 3_600_000, ...given })

interface Reported {
  readonly task: TaskRecord
  readonly usage?: TaskUsage
  readonly ageMs?: number
}

const plane = async (tasks: readonly Reported[], openedAt = 0) => {
  const store = await Store.open(new MemoryJournal(), () => {})
  const book = new UsageBook(openedAt)
  await store.transact((tx) => {
    tx.containerInstances.insert(aContainerInstance({ containerInstanceId: 'i1', cpuUnits: 2048, memoryMiB: 4096 }))
    tx.services.insert(aService({ serviceName: 'web', desiredCount: 3 }))
    for (const { task } of tasks) tx.tasks.insert(task)
  })
  for (const { task, usage, ageMs = 0 } of tasks)
    if (usage !== undefined)
      book.record({ taskId: task.taskId, usage, reportedAt: NOW - ageMs, receivedAt: NOW - ageMs })
  const question = { tables: store.tables, book, clusterArn: DEFAULT_CLUSTER_ARN, now: NOW }
  const usage = (by: UsageKind) => clusterUsage({ ...question, by })
  return { store, usage, rows: (by: UsageKind) => usage(by).rows.map(({ row }) => row) }
}

describe('what a cluster uses', () => {
  it('is told by service, and by family where there is none', async () => {
    const { rows } = await plane([
      { task: running('t1', { group: 'service:web' }), usage: { cpuUnits: 64, memoryMiB: 128 } },
      { task: running('t2', { group: 'service:web' }) },
      { task: running('t3'), usage: { cpuUnits: 32 } },
    ])
    expect(rows('service')).toEqual([
      {
        name: 'web',
        runningTasks: 2,
        reportedTasks: 1,
        usage: { cpuUnits: 64, memoryMiB: 128 },
        reserved: { cpuUnits: 256, memoryMiB: 512 },
        cpuPercent: 50,
        memoryPercent: 50,
        desiredTasks: 3,
      },
      {
        name: 'web',
        family: 'web',
        runningTasks: 1,
        reportedTasks: 1,
        usage: { cpuUnits: 32 },
        reserved: { cpuUnits: 128, memoryMiB: 256 },
        cpuPercent: 25,
      },
    ])
  })

  it('is told by task, instance and cluster, those as parts of what there is', async () => {
    const { rows } = await plane([
      { task: running('t1', { group: 'service:web', healthStatus: 'HEALTHY' }), usage: { cpuUnits: 512 } },
      { task: running('t2', { lastStatus: 'PENDING' }) },
    ])
    expect(rows('task')).toMatchObject([
      {
        name: 't1',
        service: 'web',
        family: 'web',
        healthStatus: 'HEALTHY',
        containerInstanceId: 'i1',
        cpuPercent: 400,
      },
    ])
    const whole = { runningTasks: 1, cpuPercent: 25, reserved: { cpuUnits: 2048, memoryMiB: 4096 } }
    expect(rows('instance')).toMatchObject([{ name: 'i1', agentConnected: true, status: 'ACTIVE', ...whole }])
    expect(rows('cluster')).toMatchObject([{ name: 'default', ...whole }])
  })

  it('is not told from reports that are old', async () => {
    const { rows } = await plane([{ task: running('t1'), usage: { cpuUnits: 64 }, ageMs: 61_000 }])
    expect(rows('task')).toMatchObject([{ reportedTasks: 0, usage: {} }])
  })

  it('names instances whose agents say nothing, but not when the tasks or the server have just started', async () => {
    expect((await plane([{ task: running('t1') }])).usage('task').silentInstances).toEqual([
      { containerInstanceId: 'i1', agentConnected: true, runningTasks: 1 },
    ])
    const started = running('t1', { startedAt: NOW - 5000 })
    expect((await plane([{ task: started }])).usage('task').silentInstances).toEqual([])
    expect((await plane([{ task: running('t1') }], NOW - 5000)).usage('task').silentInstances).toEqual([])
    const one = await plane([{ task: running('t1') }, { task: running('t2'), usage: { cpuUnits: 1 } }])
    expect(one.usage('task').silentInstances).toEqual([])
  })
})

describe('the history of usage', () => {
  it('is that of the last whole minutes, with gaps, in percent as the rows are', async () => {
    const { store, usage } = await plane([{ task: running('t1', { group: 'service:web' }), usage: { cpuUnits: 64 } }])
    await store.transact((tx) =>
      tx.clusters.insert({ clusterArn: DEFAULT_CLUSTER_ARN, clusterName: 'default', status: 'ACTIVE' } as never),
    )
    const metrics = new MemoryMetricStore(new ManualClock(NOW))
    for (const [minutesAgo, cpuUnits] of [
      [3, 64],
      [1, 128],
    ] as const) {
      const used = new Map([['t1', { cpuUnits, memoryMiB: 64 }]])
      for (const { owner, data } of minuteMetrics(store.tables, NOW - minutesAgo * 60_000, used))
        metrics.put(owner, data)
    }
    const percents: Readonly<Record<string, readonly (number | null)[]>> = {
      service: [50, null, 100],
      task: [50, null, 100],
      instance: [3.125, null, 6.25],
      cluster: [3.125, null, 6.25],
    }
    for (const by of ['service', 'task', 'instance', 'cluster'] as const) {
      const sources = usage(by).rows.map(({ source }) => source)
      const [history] = await readHistory(metrics, OWNER, sources, NOW, 3)
      expect([by, history?.cpuPercent]).toEqual([by, percents[by]])
      expect(history?.memoryPercent.filter((value) => value !== null)).toHaveLength(2)
    }
  })
})
