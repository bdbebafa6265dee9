/** Pages of events through the service, over files: however events came, and whatever the sizes of pages are, nothing is missing or twice. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { FilterLogEventsResponse, GetLogEventsResponse, OutputLogEvent } from '@aws-sdk/client-cloudwatch-logs'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FILTER_PATTERN_EXAMPLES } from '../../../test/builders/filter-pattern-examples.ts'
import { aSealer, emptyStore, servicesDeps } from '../../../test/services-deps.ts'
import { silentLog } from '../../kit/log.ts'
import { parseFilterPattern } from '../../model/filter-pattern/filter-pattern.ts'
import { FileLogStore } from '../../store/logs/file-log-store.ts'
import { StoredLogGroups } from '../../store/logs/stored-log-groups.ts'
import type { CallContext } from '../../wire/service.ts'
import { logsService } from './index.ts'

const ACCOUNT = '123456789012'
const NOW = Date.UTC(2026, 0, 15)
const CALL: CallContext = {
  requestId: 'r',
  account: ACCOUNT,
  region: 'us-east-1',
  now: NOW,
  principal: { arn: `arn:aws:iam::${ACCOUNT}:root`, account: ACCOUNT, userId: ACCOUNT, accessKeyId: 'AKID' },
  sourceIp: '',
  userAgent: '',
}
const STREAMS = ['a', 'b', 'b/1'] as const
const GROUP = { logGroupName: '/app' }

let directory: string
let logs: FileLogStore
let call: <Output extends object>(operation: string, input: object) => Promise<Output>

const begin = async (): Promise<void> => {
  directory = mkdtempSync(path.join(tmpdir(), 'log-pages-'))
  const store = await emptyStore()
  const groups = new StoredLogGroups(store, aSealer())
  // So small that events go into segments all the time.
  logs = await FileLogStore.open({ directory, groups, log: silentLog, journalFileBytes: 2000 })
  const service = logsService(servicesDeps(store, { logs }))
  call = (operation, input) => service.call(operation, input, CALL) as Promise<never>
  await call('CreateLogGroup', GROUP)
  for (const logStreamName of STREAMS) await call('CreateLogStream', { ...GROUP, logStreamName })
}
const end = async (): Promise<void> => {
  await logs.close()
  rmSync(directory, { recursive: true, force: true })
}
beforeEach(begin)
afterEach(end)

interface Batch {
  readonly logStreamName: string
  readonly logEvents: readonly { readonly timestamp: number; readonly message: string }[]
}

const WORDS = ['ERROR', 'WARN', 'disk', 'full', 'ü', '{"level":"ERROR"}', '\n', '"']

/** Of any stream, with times of which many are the same, and not in the order of batches. */
const batch: fc.Arbitrary<Batch> = fc.record({
  logStreamName: fc.constantFrom(...STREAMS),
  logEvents: fc
    .array(
      fc.record({
        timestamp: fc.integer({ min: NOW - 8, max: NOW }),
        message: fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 4 }).map((words) => words.join(' ')),
      }),
      { minLength: 1, maxLength: 30 },
    )
    .map((events) => events.toSorted((one, other) => one.timestamp - other.timestamp)),
})
const batches = fc.array(batch, { minLength: 1, maxLength: 8 })
/** Sizes of one page after the other. */
const limits = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 5 })

const put = async (given: readonly Batch[]): Promise<void> => {
  for (const each of given) await call('PutLogEvents', { ...GROUP, ...each })
}

/** All events by time, those of one time as they came. */
const inOrder = (given: readonly Batch[]) =>
  given
    .flatMap(({ logStreamName, logEvents }) => logEvents.map((event) => ({ logStreamName, ...event })))
    .toSorted((one, other) => one.timestamp - other.timestamp)

/** Every example in a site of its own. */
const property = <Given extends [unknown, ...unknown[]]>(
  arbitraries: { [Index in keyof Given]: fc.Arbitrary<Given[Index]> },
  check: (...given: Given) => Promise<void>,
): Promise<void> =>
  fc.assert(
    fc.asyncProperty(...(arbitraries as unknown as [fc.Arbitrary<unknown>]), async (...given: unknown[]) => {
      await end()
      await begin()
      await check(...(given as Given))
    }),
    { numRuns: 40 },
  ) as Promise<void>

describe('pages of GetLogEvents', () => {
  const paged = async (logStreamName: string, startFromHead: boolean, sizes: readonly number[]) => {
    const pages: (readonly OutputLogEvent[])[] = []
    for (let nextToken: string | undefined; ;) {
      const limit = sizes[pages.length % sizes.length]
      const page = await call<GetLogEventsResponse>('GetLogEvents', {
        ...GROUP,
        logStreamName,
        startFromHead,
        limit,
        nextToken,
      })
      nextToken = startFromHead ? page.nextForwardToken : page.nextBackwardToken
      if (page.events?.length === 0) return startFromHead ? pages.flat() : pages.toReversed().flat()
      pages.push(page.events ?? [])
    }
  }

  it('are the same forwards and backwards, and are what was put', () =>
    property([batches, limits, limits], async (given, sizes, others) => {
      await put(given)
      for (const logStreamName of STREAMS) {
        const forward = await paged(logStreamName, true, sizes)
        expect(await paged(logStreamName, false, others)).toEqual(forward)
        const expected = inOrder(given.filter((each) => each.logStreamName === logStreamName))
        expect(forward.map(({ timestamp, message }) => ({ logStreamName, timestamp, message }))).toEqual(expected)
      }
    }))
})

describe('pages of FilterLogEvents', () => {
  const paged = async (request: object, sizes: readonly number[]) => {
    const found: object[] = []
    let nextToken: string | undefined
    for (let page = 0; ; page++) {
      const limit = sizes[page % sizes.length]
      const answer = await call<FilterLogEventsResponse>('FilterLogEvents', { ...GROUP, ...request, limit, nextToken })
      for (const { logStreamName, timestamp, message } of answer.events ?? [])
        found.push({ logStreamName, timestamp, message })
      nextToken = answer.nextToken
      if (nextToken === undefined) return found
    }
  }

  const PATTERNS = [
    '',
    'ERROR',
    'ERROR disk',
    '?WARN ?full',
    'disk -ERROR',
    '%[ft]ull%',
    '{ $.level = "ERROR" }',
    '[w1, w2]',
  ]

  it('have what looking at every event finds, in both directions', () =>
    property(
      [
        batches,
        limits,
        fc.constantFrom(...PATTERNS),
        fc.constantFrom({}, { logStreamNames: ['a', 'b/1'] }, { logStreamNamePrefix: 'b' }),
        fc.constantFrom({ startTime: NOW - 100 }, { startTime: NOW - 6, endTime: NOW - 2 }),
        fc.boolean(),
      ],
      async (given, sizes, filterPattern, streams, times, startFromHead) => {
        await put(given)
        const { matches } = parseFilterPattern(filterPattern)
        const { logStreamNames, logStreamNamePrefix = '' } = streams as Record<string, never>
        const { startTime, endTime = NOW } = times as Record<string, number>
        const expected = inOrder(given).filter(
          ({ logStreamName, timestamp, message }) =>
            matches(message) &&
            ((logStreamNames as readonly string[] | undefined)?.includes(logStreamName) ?? true) &&
            logStreamName.startsWith(logStreamNamePrefix) &&
            timestamp >= startTime! &&
            timestamp <= endTime,
        )
        const request = { filterPattern, ...streams, ...times, startFromHead }
        expect(await paged(request, sizes)).toEqual(startFromHead ? expected : expected.toReversed())
      },
    ))

  it('have the lines that a pattern matches and not those that it does not, for every pattern', async () => {
    const lines = [...new Set(FILTER_PATTERN_EXAMPLES.flatMap(([, matching, others]) => [...matching, ...others]))]
    const messages = lines.filter((line) => line !== '')
    await put([{ logStreamName: 'a', logEvents: messages.map((message) => ({ timestamp: NOW, message })) }])
    for (const [filterPattern, matching, others] of FILTER_PATTERN_EXAMPLES) {
      const found = new Set(
        (await paged({ filterPattern }, [10_000])).map((event) => (event as OutputLogEvent).message),
      )
      expect(
        matching.filter((line) => line !== '' && !found.has(line)),
        filterPattern,
      ).toEqual([])
      expect(
        others.filter((line) => found.has(line)),
        filterPattern,
      ).toEqual([])
    }
  })
})
