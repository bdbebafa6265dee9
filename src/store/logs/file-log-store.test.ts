import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aLogBatch, anyLogGroups, messagesOf, readLog } from '../../../test/builders/a-log-batch.ts'
import { silentLog } from '../../kit/log.ts'
import { FileLogStore, type FileLogStoreOptions } from './file-log-store.ts'
import { comparePositions, type LogEvent, LogStoreError } from './log-store.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'log-store-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const open = (given: Partial<FileLogStoreOptions> = {}): Promise<FileLogStore> =>
  FileLogStore.open({ directory, groups: anyLogGroups(), log: silentLog, ...given })

const line = (timestamp: number, message = `at ${timestamp}`) => ({ timestamp, message })

/** More than is carried over in the journal. */
const many = (from: number, count = 4000) =>
  Array.from({ length: count }, (_, index) => line(from + index, `line ${from + index} of the log, and so on`))

const segmentsOf = (groupId = 'g1'): readonly string[] => readdirSync(path.join(directory, 'groups', groupId))
const journals = (): readonly string[] =>
  readdirSync(path.join(directory, 'journal')).map((name) => path.join(directory, 'journal', name))

describe('FileLogStore', () => {
  it('gives back what was appended, by time, in both directions', async () => {
    const store = await open()
    await store.append(aLogBatch({ events: [line(1000), line(1000, 'same time'), line(3000)] }))
    await store.append(aLogBatch({ events: [line(2000, 'late: ü\nsecond line')] }))
    const forward = await readLog(store)
    expect(messagesOf(forward)).toEqual(['at 1000', 'same time', 'late: ü\nsecond line', 'at 3000'])
    expect(forward[0]).toMatchObject({ streamId: 's1', timestamp: 1000, ingestedAt: 2000 })
    expect(await readLog(store, { direction: 'backward' })).toEqual(forward.toReversed())
    await store.close()
  })

  it('has it after a restart, and goes on counting', async () => {
    const first = await open()
    await first.append(aLogBatch())
    await first.close()
    const second = await open()
    await second.append(aLogBatch({ events: [line(1000, 'later')] }))
    const events = await readLog(second)
    expect(messagesOf(events)).toEqual(['hello', 'later'])
    expect(comparePositions(events[0]!, events[1]!)).toBeLessThan(0)
    await second.close()
  })

  it('selects streams, times and text', async () => {
    const store = await open()
    await store.append(aLogBatch({ streamId: 'a', events: [line(1, 'one'), line(2, 'two'), line(3, 'three')] }))
    await store.append(aLogBatch({ streamId: 'b', events: [line(2, 'zwei'), line(4, 'vier')] }))
    await store.append(aLogBatch({ groupId: 'g2', events: [line(2, 'other group')] }))
    const found = async (query: object) => messagesOf(await readLog(store, query))
    expect(await found({})).toEqual(['one', 'two', 'zwei', 'three', 'vier'])
    expect(await found({ streamIds: new Set(['b']) })).toEqual(['zwei', 'vier'])
    expect(await found({ from: 2, to: 4 })).toEqual(['two', 'zwei', 'three'])
    expect(await found({ containing: [[Buffer.from('e')]] })).toEqual(['one', 'zwei', 'three', 'vier'])
    expect(await found({ containing: [[Buffer.from('e')]], direction: 'backward' })).toEqual([
      'vier',
      'three',
      'zwei',
      'one',
    ])
    expect(await found({ containing: [[Buffer.from('e\nt')]] })).toEqual([])
    await store.close()
  })

  it('counts what it looks through, whether or not it is found', async () => {
    const store = await open({ journalFileBytes: 100_000 })
    await store.append(aLogBatch({ events: many(0, 20_000) }))
    await store.append(aLogBatch({ streamId: 's2', events: [line(30_000, 'needle')] }))
    await store.sealed()
    await store.append(aLogBatch({ events: [line(40_000, 'needle')] }))
    const search = async (query: object): Promise<readonly number[]> => {
      let [records, found] = [0, 0]
      const containing = [[Buffer.from('needle')]]
      for await (const step of store.search({ groupId: 'g1', direction: 'forward', containing, ...query })) {
        records += step.records
        found += step.events.length
      }
      return [records, found]
    }
    expect(await search({})).toEqual([20_002, 2])
    expect(await search({ from: 5, to: 19_990 })).toEqual([19_985, 0])
    expect(await search({ streamIds: new Set(['s1']), from: 100 })).toEqual([19_901, 1])
    await store.close()
  })

  it('tells what was appended in a while, whatever its times, in the journal and in segments', async () => {
    const store = await open({ journalFileBytes: 50_000 })
    expect(store.lastSequence('g1')).toBe(0)
    await store.append(aLogBatch({ events: many(5000) }))
    await store.append(aLogBatch({ groupId: 'g2' }))
    await store.sealed()
    const after = store.lastSequence('g1')
    await store.append(aLogBatch({ events: [line(1000, 'late')] }))
    await store.append(aLogBatch({ streamId: 's2', events: many(6000) }))
    const upTo = store.lastSequence('g1')
    await store.append(aLogBatch({ events: [line(1000, 'too new')] }))
    const expected = ['late', ...many(6000).map(({ message }) => message)]
    expect(messagesOf(await readLog(store, { sequences: { after, upTo } }))).toEqual(expected)
    await store.close()
    const again = await open()
    expect(again.lastSequence('g1')).toBeGreaterThan(upTo)
    const backward = await readLog(again, { sequences: { after, upTo }, direction: 'backward' })
    expect(messagesOf(backward)).toEqual(expected.toReversed())
    await again.close()
  })

  it('moves what fills the journal into compressed segments, and has it there', async () => {
    const store = await open({ journalFileBytes: 1 })
    for (let batch = 0; batch < 5; batch++) {
      await store.append(aLogBatch({ streamId: `s${batch % 2}`, events: many(batch * 2000) }))
      await store.sealed()
    }
    expect(segmentsOf()).toHaveLength(1)
    expect(journals()).toHaveLength(1)
    const events = await readLog(store)
    expect(events).toHaveLength(20_000)
    expect(events).toEqual(events.toSorted(comparePositions))
    expect(await readLog(store, { direction: 'backward' })).toEqual(events.toReversed())
    expect(await readLog(store, { containing: [[Buffer.from('line 777 ')]] })).toHaveLength(1)
    await store.close()
    const again = await open()
    expect(await readLog(again)).toEqual(events)
    await again.close()
  })

  it('leaves few events in the journal', async () => {
    const store = await open({ journalFileBytes: 100_000 })
    await store.append(aLogBatch({ groupId: 'quiet', streamId: 'q' }))
    await store.append(aLogBatch({ events: many(0) }))
    await store.sealed()
    expect(readdirSync(path.join(directory, 'groups'))).toEqual(['g1'])
    expect(messagesOf(await readLog(store, { groupId: 'quiet' }))).toEqual(['hello'])
    expect(store.recentTimes('quiet').get('q')).toMatchObject({
      firstEventAt: 1000,
      lastEventAt: 1000,
      lastIngestedAt: 2000,
    })
    await store.close()
    const again = await open()
    expect(messagesOf(await readLog(again, { groupId: 'quiet' }))).toEqual(['hello'])
    await again.close()
  })

  it('makes a segment even of one event, if it must', async () => {
    const complaints: unknown[] = []
    const log = { ...silentLog, error: (message: string, fields: unknown) => void complaints.push(message, fields) }
    const store = await open({ journalFileBytes: 1, log })
    await store.append(aLogBatch({ events: [line(1, 'm')] }))
    await store.sealed()
    expect(complaints).toEqual([])
    expect(segmentsOf()).toEqual(['2-2_1-1_27.segment'])
    expect(messagesOf(await readLog(store))).toEqual(['m'])
    await store.close()
  })

  it('tells of the times of streams when their events go into segments', async () => {
    const told: unknown[] = []
    const onSealed = async (groupId: string, times: ReadonlyMap<string, object>): Promise<void> => {
      told.push([groupId, [...times]])
    }
    const store = await open({ journalFileBytes: 1, groups: anyLogGroups({ onSealed }) })
    await store.append(aLogBatch({ events: many(5, 4000), batchId: 'a' }))
    await store.sealed()
    const times = { firstEventAt: 5, lastEventAt: 4004, lastIngestedAt: 2000, lastBatchIds: ['a'] }
    expect(told).toEqual([['g1', [['s1', times]]]])
    expect(store.recentTimes('g1').size).toBe(0)
    await store.close()
  })

  it('drops segments that are wholly too old', async () => {
    const store = await open({ journalFileBytes: 1 })
    await store.append(
      aLogBatch({ events: many(0, 20_000).map((each) => ({ ...each, message: each.message.repeat(8) })) }),
    )
    await store.sealed()
    await store.append(aLogBatch({ events: many(50_000) }))
    await store.sealed()
    expect(segmentsOf()).toHaveLength(2)
    await store.dropBefore('g1', 19_999)
    expect(segmentsOf()).toHaveLength(2)
    const before = store.storedBytes('g1')
    await store.dropBefore('g1', 20_000)
    expect(segmentsOf()).toHaveLength(1)
    expect(store.storedBytes('g1')).toBeLessThan(before / 2)
    expect(await readLog(store)).toHaveLength(4000)
    await store.close()
  })

  it('counts bytes as AWS does, wherever they lie', async () => {
    const store = await open({ journalFileBytes: 1 })
    const events = many(0)
    await store.append(aLogBatch({ events }))
    const bytes = events.reduce((sum, { message }) => sum + message.length + 26, 0)
    expect(store.storedBytes('g1')).toBe(bytes)
    await store.sealed()
    expect(store.storedBytes('g1')).toBe(bytes)
    await store.close()
  })

  it('removes a stream with all of its events, and the others stay', async () => {
    const removed = new Set<string>()
    const groups = anyLogGroups({ hasStream: (_, streamId) => !removed.has(streamId) })
    const store = await open({ journalFileBytes: 100_000, groups })
    await store.append(aLogBatch({ streamId: 'dead', events: many(0) }))
    await store.append(aLogBatch({ streamId: 'alive', events: many(0) }))
    await store.append(aLogBatch({ streamId: 'dead' }))
    await store.sealed()
    removed.add('dead')
    await store.removeStreams('g1', removed)
    const streams = async (of: FileLogStore) => new Set((await readLog(of)).map(({ streamId }) => streamId))
    expect(await streams(store)).toEqual(new Set(['alive']))
    await store.close()
    const again = await open({ groups })
    expect(await streams(again)).toEqual(new Set(['alive']))
    await again.close()
  })

  it('removes a group, also if the server ended before that was done', async () => {
    const known = new Set(['g1', 'g2'])
    const groups = anyLogGroups({ has: (groupId) => known.has(groupId) })
    const store = await open({ journalFileBytes: 1, groups })
    for (const groupId of known) await store.append(aLogBatch({ groupId, events: many(0) }))
    await store.sealed()
    for (const groupId of known) await store.append(aLogBatch({ groupId }))
    known.delete('g1')
    await store.removeGroup('g1')
    expect(await readLog(store)).toEqual([])
    await store.close()
    known.delete('g2')
    const again = await open({ groups })
    expect(await readLog(again, { groupId: 'g2' })).toEqual([])
    expect(readdirSync(path.join(directory, 'groups'))).toEqual([])
    await again.close()
  })

  it('takes nothing after it was closed', async () => {
    const store = await open()
    await store.close()
    await expect(store.append(aLogBatch())).rejects.toThrow(LogStoreError)
  })

  it('reads a segment to its end while it is replaced', async () => {
    const store = await open({ journalFileBytes: 1 })
    await store.append(aLogBatch({ events: many(0) }))
    await store.sealed()
    const reading = store.read({ groupId: 'g1', direction: 'forward' })
    const first = await reading.next()
    await store.append(aLogBatch({ events: many(5000) }))
    await store.sealed()
    let count = (first.value ?? []).length
    for await (const events of reading) count += events.length
    expect(count).toBe(4000)
    expect(segmentsOf()).toHaveLength(1)
    expect(await readLog(store)).toHaveLength(8000)
    await store.close()
  })
})

describe('after a crash at any byte', () => {
  it('has exactly the batches whose frames are whole, and takes more', async () => {
    const store = await open()
    const ends: number[] = []
    for (let batch = 0; batch < 5; batch++) {
      await store.append(aLogBatch({ events: [line(batch), line(batch, 'two')] }))
      ends.push(readFileSync(journals()[0]!).length)
    }
    await store.close()
    const whole = readFileSync(journals()[0]!)
    for (let cut = whole.length; cut >= 0; cut -= 7) {
      for (const file of journals()) rmSync(file)
      appendFileSync(path.join(directory, 'journal', '1.journal'), whole)
      truncateSync(path.join(directory, 'journal', '1.journal'), cut)
      const again = await open()
      expect(await readLog(again)).toHaveLength(2 * ends.filter((end) => end <= cut).length)
      await again.append(aLogBatch())
      await again.close()
    }
  })

  it('forgets what follows a byte that the disk made up, and says so', async () => {
    const store = await open()
    await store.append(aLogBatch())
    await store.close()
    appendFileSync(journals()[0]!, Buffer.from([200, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7]))
    const warnings: unknown[] = []
    const again = await open({ log: { ...silentLog, warn: (_message, members) => warnings.push(members) } })
    expect(await readLog(again)).toHaveLength(1)
    expect(warnings).toMatchObject([{ cutBytes: 11 }])
    await again.close()
  })

  it('goes on beside a small segment that is damaged', async () => {
    const first = await open({ journalFileBytes: 100_000 })
    await first.append(aLogBatch({ events: many(0) }))
    await first.close()
    const [small] = segmentsOf()
    truncateSync(path.join(directory, 'groups', 'g1', small!), 100)
    const second = await open({ journalFileBytes: 100_000 })
    // Until what was left in the journal is sealed, a full file is not turned over.
    await second.sealed()
    await second.append(aLogBatch({ events: many(10_000) }))
    await second.sealed()
    expect(segmentsOf()).toHaveLength(2)
    expect(await readLog(second, { from: 10_000 })).toHaveLength(4000)
    await expect(readLog(second)).rejects.toThrow('damaged')
    await second.close()
  })

  it('has nothing twice if it came between a segment and the end of its journal file', async () => {
    const store = await open({ journalFileBytes: 10_000_000 })
    await store.append(aLogBatch({ events: many(0) }))
    await store.close()
    const journal = readFileSync(journals()[0]!)
    const [file] = journals()
    const sealing = await open()
    await sealing.sealed()
    await sealing.close()
    expect(segmentsOf()).toHaveLength(1)
    appendFileSync(file!, journal)
    const again = await open()
    expect(await readLog(again)).toHaveLength(4000)
    await again.close()
  })
})

describe('however events are spread over batches, streams and segments', () => {
  const batch = fc.record({
    streamId: fc.constantFrom('a', 'b', 'c'),
    times: fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 30 }),
    isSealed: fc.boolean(),
  })

  it('pages forwards and backwards give the same events', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(batch, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 20 }),
        async (batches, size) => {
          rmSync(directory, { recursive: true, force: true })
          const store = await open({ journalFileBytes: 1 })
          const padding = 'x'.repeat(5000)
          for (const { streamId, times, isSealed } of batches) {
            const events = times.toSorted((a, b) => a - b).map((time) => line(time, isSealed ? padding : `${time}`))
            await store.append(aLogBatch({ streamId, events }))
            await store.sealed()
          }
          const all = await readLog(store)
          expect(all).toEqual(all.toSorted(comparePositions))
          expect(all).toHaveLength(batches.reduce((sum, { times }) => sum + times.length, 0))
          expect(await paged(store, 'forward', size)).toEqual(all)
          expect(await paged(store, 'backward', size)).toEqual(all.toReversed())
          await store.close()
        },
      ),
      { numRuns: 30 },
    )
  })

  const paged = async (store: FileLogStore, direction: 'forward' | 'backward', size: number) => {
    const all: LogEvent[] = []
    for (;;) {
      const beyond = all.at(-1)
      const page = (await readLog(store, { direction, ...(beyond && { beyond }) })).slice(0, size)
      if (page.length === 0) return all
      all.push(...page)
    }
  }
})
