import { describe, expect, it } from 'vitest'
import type { TaskUsage } from './task-usage.ts'
import { UsageBook, type UsageReport } from './usage-book.ts'

const MINUTE = 1_800_000_000_000

const aReport = (usage: TaskUsage, given: Partial<UsageReport> = {}): UsageReport => ({
  taskId: 't1',
  usage,
  reportedAt: MINUTE,
  receivedAt: MINUTE,
  ...given,
})
const after = (seconds: number, usage: TaskUsage, taskId = 't1'): UsageReport =>
  aReport(usage, { taskId, reportedAt: MINUTE + seconds * 1000, receivedAt: MINUTE + seconds * 1000 })
const usageOf = (book: UsageBook, seconds: number) =>
  book.takeMinutesBefore(MINUTE + seconds * 1000).map(([minute, tasks]) => [minute - MINUTE, Object.fromEntries(tasks)])

describe('the usage of a minute', () => {
  it('is the mean of gauges, the last of counters, the sum of restarts', () => {
    const book = new UsageBook(0)
    book.record(after(5, { cpuUnits: 10, memoryMiB: 100, storageReadBytes: 5, restartCount: 1 }))
    book.record(after(25, { cpuUnits: 30, storageReadBytes: 9, restartCount: 2 }))
    expect(usageOf(book, 60)).toEqual([
      [0, { t1: { cpuUnits: 20, memoryMiB: 100, storageReadBytes: 9, restartCount: 3 } }],
    ])
  })

  it('is taken once, and not while the minute runs', () => {
    const book = new UsageBook(0)
    book.record(after(5, { cpuUnits: 10 }))
    book.record(after(65, { cpuUnits: 20 }))
    expect(usageOf(book, 59)).toEqual([])
    expect(usageOf(book, 61)).toEqual([[0, { t1: { cpuUnits: 10 } }]])
    expect(usageOf(book, 61)).toEqual([])
    expect(usageOf(book, 120)).toEqual([[60_000, { t1: { cpuUnits: 20 } }]])
  })

  it('counts a report once, however often and however late it comes', () => {
    const book = new UsageBook(0)
    const report = after(20, { cpuUnits: 10 })
    for (const each of [report, report, after(5, { cpuUnits: 1000 }), report]) book.record(each)
    expect(usageOf(book, 60)).toEqual([[0, { t1: { cpuUnits: 10 } }]])
    expect(book.get('t1')?.usage).toEqual({ cpuUnits: 10 })
  })

  it('goes on when the clock of an agent is set back', () => {
    const book = new UsageBook(0)
    book.record(after(20, { cpuUnits: 10 }))
    book.record({ ...after(40, { cpuUnits: 30 }), reportedAt: MINUTE - 3_600_000 })
    expect(usageOf(book, 60)).toEqual([[0, { t1: { cpuUnits: 20 } }]])
  })

  it('is let go of when nobody takes it', () => {
    const book = new UsageBook(0)
    for (let minute = 0; minute < 10; minute++) book.record(after(minute * 60, { cpuUnits: minute }))
    expect(usageOf(book, 6000)).toHaveLength(3)
  })
})

describe('the latest usage', () => {
  it('tells how fast storage is read and written', () => {
    const book = new UsageBook(0)
    book.record(after(0, { storageReadBytes: 100, storageWriteBytes: 0 }))
    expect(book.get('t1')).not.toHaveProperty('storageReadBytesPerSecond')
    book.record(after(20, { storageReadBytes: 300, storageWriteBytes: 40 }))
    expect(book.get('t1')).toMatchObject({ storageReadBytesPerSecond: 10, storageWriteBytesPerSecond: 2 })
    book.record(after(40, { storageReadBytes: 0, storageWriteBytes: 60 }))
    const latest = book.get('t1')
    expect(latest).not.toHaveProperty('storageReadBytesPerSecond')
    expect(latest).toHaveProperty('storageWriteBytesPerSecond', 1)
  })

  it('of the tasks longest unheard of makes room', () => {
    const book = new UsageBook(0, 2)
    for (const [index, taskId] of ['a', 'b', 'a', 'c'].entries()) book.record(after(index, {}, taskId))
    expect(['a', 'b', 'c'].map((taskId) => book.get(taskId) !== undefined)).toEqual([true, false, true])
  })
})
