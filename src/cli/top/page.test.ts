import { describe, expect, it } from 'vitest'
import { pageOf, sortedRows, type View } from './page.ts'
import type { ClusterUsage, UsageRow } from '../../model/usage.ts'

const aRow = (given: Partial<UsageRow> = {}): UsageRow => ({
  name: 'web',
  runningTasks: 2,
  reportedTasks: 2,
  usage: {
    cpuUnits: 128,
    memoryMiB: 200,
    networkRxBytesPerSecond: 2048,
    networkTxBytesPerSecond: 10,
    storageReadBytesPerSecond: 0,
    storageWriteBytesPerSecond: 4096,
  },
  reserved: { cpuUnits: 256, memoryMiB: 400 },
  cpuPercent: 50,
  memoryPercent: 50,
  desiredTasks: 3,
  history: { cpuPercent: [null, 0, 100], memoryPercent: [null, 1, 2] },
  ...given,
})
const aUsage = (given: Partial<ClusterUsage> = {}): ClusterUsage => ({
  by: 'service',
  clusterArn: 'arn:aws:ecs:us-east-1:000000000000:cluster/default',
  at: Date.UTC(2026, 0, 1, 12, 34, 56),
  cluster: aRow({
    name: 'default',
    runningTasks: 2,
    cpuPercent: 3.125,
    memoryPercent: 10,
    reserved: { cpuUnits: 4096, memoryMiB: 2048 },
  }),
  rows: [aRow()],
  silentInstances: [],
  ...given,
})
const view: View = { by: 'service', sort: 'cpu', width: 120, hasColours: false }

describe('the page of what is used', () => {
  it('has the cluster above and a row for each', () => {
    const { head, titles, rows, notes } = pageOf([aUsage()], view)
    expect(head).toEqual([
      'cluster default   2 running tasks   12:34:56 UTC',
      'CPU 3.1 % of 4 vCPU   memory 10.0 % of 2.0G   network 2.0K/s in, 10/s out',
    ])
    expect(titles.trimEnd()).toBe(
      'SERVICE       TASKS  CPU %  MEM %  MEMORY  CPU, 15 MINUTES   RX/S   TX/S  READ/WRITE/S',
    )
    expect(rows).toEqual(['web             2/3   50.0   50.0    200M   ▁█               2.0K     10        0/4.0K'])
    expect(notes).toEqual([])
  })

  it.each([200, 80, 60, 40, 20])('fits into %i columns', (width) => {
    const name = 'a-service-whose-name-goes-on-and-on-and-on-and-never-seems-to-come-to-an-end'
    const silent = { containerInstanceId: '0123456789abcdef', agentConnected: true, runningTasks: 1 }
    const usage = aUsage({ rows: [aRow({ name })], silentInstances: [silent] })
    for (const by of ['service', 'task', 'instance', 'cluster'] as const) {
      const { head, titles, rows, notes } = pageOf([usage], { ...view, by, width })
      for (const line of [...head, titles, ...rows, ...notes]) expect(line.length).toBeLessThanOrEqual(width)
    }
  })

  it('leaves out at the right what has no room, and cuts long names', () => {
    const name = 'a-service-whose-name-goes-on-and-on'
    const { titles, rows } = pageOf([aUsage({ rows: [aRow({ name })] })], { ...view, width: 64 })
    expect(titles.trimEnd()).toBe('SERVICE             TASKS  CPU %  MEM %  MEMORY  CPU, 15 MINUTES')
    expect(rows[0]).toMatch(/^a-service-whose-n… {2}/)
  })

  it('keeps the end of task ids, whose beginnings are alike', () => {
    const rows = [aRow({ name: '01a1fe9e732ed50189dd203c2e4b49c5', service: 'web', family: 'web' })]
    expect(pageOf([aUsage({ rows })], { ...view, by: 'task', width: 80 }).rows[0]).toMatch(
      /^…[0-9a-f]*c2e4b49c5 {2}web/,
    )
  })

  it('has colours for what is high, and only where they are wanted', () => {
    const rows = [aRow({ cpuPercent: 75, memoryPercent: 95 })]
    const line = pageOf([aUsage({ rows })], { ...view, hasColours: true }).rows[0]
    expect(line).toContain('\u001B[33m 75.0')
    expect(line).toContain('\u001B[31m 95.0')
    expect(pageOf([aUsage({ rows })], view).rows[0]).not.toContain('\u001B')
  })

  it('shows no control characters of others', () => {
    const { rows } = pageOf([aUsage({ rows: [aRow({ name: 'a\u001B[2Jb' })] })], view)
    expect(rows[0]).not.toContain('\u001B')
  })

  it('says which agents send no metrics, and why if it can', () => {
    const silent = { containerInstanceId: '0123456789abcdef', runningTasks: 2 }
    const usage = aUsage({
      silentInstances: [
        { ...silent, agentConnected: true },
        { ...silent, agentConnected: false },
      ],
    })
    expect(pageOf([usage], view).notes).toEqual([
      'No metrics from instance 0123456789ab (2 tasks): is ECS_DISABLE_METRICS set?',
      'No metrics from instance 0123456789ab (2 tasks): its agent is not connected.',
    ])
  })

  it('says that nothing runs, or that nothing is known yet', () => {
    expect(pageOf([aUsage({ rows: [] })], { ...view, by: 'task' }).notes).toEqual(['There is no running task.'])
    const rows = [aRow({ reportedTasks: 0, usage: {} })]
    expect(pageOf([aUsage({ rows })], view).notes[0]).toBe(
      'Of 2 running tasks nothing is known yet: agents report every 20 seconds.',
    )
  })
})

describe('the order of rows', () => {
  const rows = [
    aRow({ name: 'b', cpuPercent: 1, memoryPercent: 3, usage: { networkRxBytesPerSecond: 9 } }),
    aRow({ name: 'c', cpuPercent: 2, memoryPercent: 2, usage: { networkRxBytesPerSecond: 8 } }),
    aRow({ name: 'a', cpuPercent: 1, memoryPercent: 1, usage: {} }),
  ]

  it.each([
    ['cpu', 'cab'],
    ['memory', 'bca'],
    ['network', 'bca'],
    ['name', 'abc'],
  ] as const)('is by %s, and then by name', (sort, names) => {
    expect(
      sortedRows(rows, sort)
        .map(({ name }) => name)
        .join(''),
    ).toBe(names)
  })
})
