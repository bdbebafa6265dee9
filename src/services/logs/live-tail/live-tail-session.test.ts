import type { StartLiveTailResponseStream } from '@aws-sdk/client-cloudwatch-logs'
import { describe, expect, it } from 'vitest'
import { aLogBatch } from '../../../../test/builders/a-log-batch.ts'
import { emptyStore } from '../../../../test/services-deps.ts'
import { ManualClock } from '../../../kit/clock.ts'
import { SeededIds } from '../../../kit/ids.ts'
import { parseFilterPattern } from '../../../model/filter-pattern/filter-pattern.ts'
import { MemoryLogStore } from '../../../store/logs/memory-log-store.ts'
import { liveTail, type LiveTailRequest } from './live-tail-session.ts'

const aSession = async (given: Partial<LiveTailRequest> = {}) => {
  const [store, clock, logs] = [await emptyStore(), new ManualClock(), new MemoryLogStore()]
  await store.transact(({ logStreams }) =>
    logStreams.insert({ groupId: 'g1', name: 'web', streamId: 's1', createdAt: 0 }),
  )
  const request = {
    groups: [{ groupId: 'g1', arn: 'arn' }],
    pattern: parseFilterPattern(''),
    wantsStream: () => true,
    start: { sessionStart: {} },
    ...given,
  }
  const session = liveTail(request, { logs, tables: store.tables, clock, ids: new SeededIds(1) })
  await session.next()
  /** What the session says after some time. */
  const after = async (ms: number): Promise<StartLiveTailResponseStream> => {
    const next = session.next()
    await clock.advance(ms)
    return (await next).value as StartLiveTailResponseStream
  }
  return { session, logs, after }
}

const messagesIn = ({ sessionUpdate }: StartLiveTailResponseStream) =>
  sessionUpdate?.sessionResults?.map(({ message }) => message)

describe('a Live Tail session', () => {
  it('says every second what came, also if that is nothing', async () => {
    const { logs, after } = await aSession()
    await logs.append(aLogBatch())
    await logs.append(aLogBatch({ streamId: 'deleted' }))
    await logs.append(aLogBatch({ groupId: 'other' }))
    expect(messagesIn(await after(1000))).toEqual(['hello'])
    expect(messagesIn(await after(1000))).toEqual([])
  })

  it('ends after three hours', async () => {
    const { session, after } = await aSession()
    const kinds = new Set<string>()
    for (let second = 0; second < 3 * 3600; second++) kinds.add(Object.keys(await after(1000))[0] ?? '')
    expect([...kinds]).toEqual(['sessionUpdate'])
    expect((await after(1000)).SessionTimeoutException?.message).toBe('The Live Tail session has timed out.')
    expect((await session.next()).done).toBe(true)
  })

  it('ends with an exception where it cannot look at what comes, and whoever appends does not hear of it', async () => {
    const pattern = {
      ...parseFilterPattern('x'),
      matches: () => {
        throw new RangeError('no')
      },
    }
    const { session, logs, after } = await aSession({ pattern })
    await logs.append(aLogBatch())
    expect((await after(1000)).SessionStreamingException?.message).toBe('The events cannot be streamed.')
    await expect(session.next()).rejects.toThrow(RangeError)
  })

  it('keeps no more for a client that does not read than fits into one update', async () => {
    const { session, logs, after } = await aSession()
    const events = Array.from({ length: 1000 }, (_, index) => ({ timestamp: 1, message: `${index}` }))
    for (let batch = 0; batch < 10; batch++) await logs.append(aLogBatch({ events }))
    const update = await after(1000)
    expect(messagesIn(update)).toHaveLength(500)
    expect(update.sessionUpdate?.sessionMetadata?.sampled).toBe(true)
    await session.return()
    await logs.append(aLogBatch())
  })
})
