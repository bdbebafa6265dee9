import { describe, expect, it } from 'vitest'
import { emptyStore } from '../../../test/services-deps.ts'
import { ManualClock, settle } from '../../kit/clock.ts'
import { SeededIds } from '../../kit/ids.ts'
import { silentLog } from '../../kit/log.ts'
import { logGroupArn } from '../../model/arn.ts'
import { compileQuery } from '../../model/insights/query.ts'
import {
  INSIGHTS_QUERIES,
  INSIGHTS_QUERIES_AT_ONCE,
  INSIGHTS_QUERIES_KEPT,
  INSIGHTS_QUERY_TIMEOUT_MS,
  INSIGHTS_RESULTS_KEPT_LENGTH,
  INSIGHTS_RESULTS_KEPT_MS,
} from '../../model/log-limits.ts'
import type { LogGroupRecord } from '../../model/log-records.ts'
import { type LogQuery, type LogSearchStep, LogStoreError } from '../../store/logs/log-store.ts'
import { MemoryLogStore } from '../../store/logs/memory-log-store.ts'
import { HmacPageTokens } from '../../wire/page-tokens.ts'
import type { InsightsQuery } from './insights-query.ts'
import { InsightsQueries } from './insights-queries.ts'

const OWNER = { account: '123456789012', region: 'us-east-1' }
const GROUP: LogGroupRecord = {
  ...OWNER,
  arn: logGroupArn(OWNER.region, OWNER.account, 'g'),
  name: 'g',
  groupId: 'g1',
  createdAt: 0,
  logGroupClass: 'STANDARD',
  isProtected: false,
  tags: [],
}

/** Gives a step each time that it is told to, or fails. */
class SteppedLogStore extends MemoryLogStore {
  #next = Promise.withResolvers<void>()
  failure: Error | undefined

  step(): void {
    this.#next.resolve()
    this.#next = Promise.withResolvers()
  }

  override async *search(query: LogQuery): AsyncGenerator<LogSearchStep, void, void> {
    for await (const step of super.search(query)) {
      await this.#next.promise
      if (this.failure !== undefined) throw this.failure
      yield step
    }
  }
}

const aSite = async (logs = new MemoryLogStore(), lines: readonly string[] = ['hello']) => {
  const [store, clock] = [await emptyStore(), new ManualClock()]
  await store.transact(({ logGroups, logStreams }) => {
    logGroups.insert(GROUP)
    logStreams.insert({ groupId: 'g1', name: 'web/1', streamId: 's1', createdAt: 0 })
  })
  const events = lines.map((message) => ({ timestamp: clock.now(), message }))
  await logs.append({ groupId: 'g1', streamId: 's1', events, ingestedAt: clock.now() })
  const pageTokens = new HmacPageTokens('key')
  const deps = { clock, logs, tables: store.tables, pageTokens, ids: new SeededIds(1), log: silentLog }
  const queries = new InsightsQueries(deps)
  const start = (text = 'fields @message', given: object = {}): InsightsQuery =>
    queries.start({
      ...OWNER,
      query: compileQuery(text),
      groups: [GROUP],
      start: 0,
      end: clock.now(),
      limit: undefined,
      userIdentity: 'arn',
      ...given,
    })
  return { store, clock, queries, start }
}

const rest = async (turns = 20): Promise<void> => {
  for (let turn = 0; turn < turns; turn++) await settle()
}

const ended = async (query: InsightsQuery): Promise<InsightsQuery> => {
  while (!query.isEnded) await settle()
  return query
}

describe('queries of Insights', () => {
  it('run some at a time, while the others wait, and are no more than they may be', async () => {
    const logs = new SteppedLogStore()
    const { queries, start } = await aSite(logs)
    const started = Array.from({ length: INSIGHTS_QUERIES }, () => start())
    expect(queries.isFull).toBe(true)
    await rest()
    const running = started.filter(({ status }) => status === 'Running')
    expect(running).toEqual(started.slice(0, INSIGHTS_QUERIES_AT_ONCE))
    while (started.some(({ isEnded }) => !isEnded)) {
      logs.step()
      await rest(5)
    }
    expect(started.every(({ status, rows }) => status === 'Complete' && rows.length === 1)).toBe(true)
    expect(queries.isFull).toBe(false)
  })

  it('end at once when they are cancelled, waiting or running, and keep what they have found', async () => {
    const logs = new SteppedLogStore()
    const { queries, start } = await aSite(logs)
    const [first, ...others] = Array.from({ length: INSIGHTS_QUERIES_AT_ONCE + 1 }, () => start())
    const last = others.at(-1)!
    await rest()
    logs.step()
    expect([first!.cancel(), last.cancel(), last.cancel()]).toEqual([true, true, false])
    expect([first!.status, last.status]).toEqual(['Cancelled', 'Cancelled'])
    await rest()
    expect([first!.rows.length, last.rows.length]).toEqual([1, 0])
    expect(queries.find(OWNER)[0]).toBe(last)
  })

  it('have a time limit', async () => {
    const logs = new SteppedLogStore()
    const { start, clock } = await aSite(logs)
    const query = start()
    await rest()
    await clock.advance(INSIGHTS_QUERY_TIMEOUT_MS + 1)
    logs.step()
    expect((await ended(query)).status).toBe('Timeout')
    expect(query.durationMs).toBe(INSIGHTS_QUERY_TIMEOUT_MS + 1)
  })

  it('fail when events cannot be read, or when they need too much memory', async () => {
    const logs = new SteppedLogStore()
    logs.failure = new LogStoreError('The disk is gone.')
    const { start } = await aSite(logs)
    const query = start()
    await rest()
    logs.step()
    expect((await ended(query)).status).toBe('Failed')
    const lines = Array.from({ length: 140 }, (_, index) => `${index}${'x'.repeat(250_000)}`)
    const { start: startLarge } = await aSite(new MemoryLogStore(), lines)
    expect((await ended(startLarge())).status).toBe('Failed')
    expect((await ended(startLarge('fields @message | limit 10'))).status).toBe('Complete')
  })

  it('are forgotten when their time is over, or when their results are too many', async () => {
    const line = 'x'.repeat(250_000)
    const { queries, start, clock } = await aSite(
      new MemoryLogStore(),
      Array.from({ length: 60 }, () => line),
    )
    const oldest = await ended(start('stats count(*)'))
    const large = [await ended(start()), await ended(start()), await ended(start())]
    expect(large.every(({ length }) => length > INSIGHTS_RESULTS_KEPT_LENGTH / 3)).toBe(true)
    const isKnown = ({ queryId }: InsightsQuery): boolean => queries.get(OWNER, queryId) !== undefined
    expect([oldest, ...large].map(isKnown)).toEqual([false, false, true, true])
    await clock.advance(INSIGHTS_RESULTS_KEPT_MS + 1)
    expect(large.map(isKnown)).toEqual([false, false, false])
  })

  it('are forgotten, the oldest first, when they are too many', async () => {
    const { queries, start } = await aSite()
    const many = []
    for (let count = 0; count <= INSIGHTS_QUERIES_KEPT; count++) many.push(await ended(start('stats count(*)')))
    await rest()
    expect(queries.find(OWNER)).toHaveLength(INSIGHTS_QUERIES_KEPT)
    expect(queries.get(OWNER, many[0]!.queryId)).toBeUndefined()
  })

  it('are known to their account and region only', async () => {
    const { queries, start } = await aSite()
    const { queryId } = start()
    expect(queries.get({ ...OWNER, region: 'eu-west-1' }, queryId)).toBeUndefined()
    expect(queries.find({ ...OWNER, account: '000000000000' })).toEqual([])
  })

  it('see nothing of what goes away while they run', async () => {
    const logs = new SteppedLogStore()
    const { store, start } = await aSite(logs)
    const query = start()
    await rest()
    await store.transact(({ logStreams }) => logStreams.remove('g1/web/1'))
    logs.step()
    expect((await ended(query)).rows).toEqual([])
  })
})
