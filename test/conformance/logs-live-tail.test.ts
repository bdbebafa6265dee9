/** StartLiveTail through the AWS SDK for JavaScript, over HTTP: an answer that goes on. */
import {
  CloudWatchLogs,
  LimitExceededException,
  type LiveTailSessionLogEvent,
  type StartLiveTailRequest,
  type StartLiveTailResponseStream,
} from '@aws-sdk/client-cloudwatch-logs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { logsService } from '../../src/services/logs/index.ts'
import { ACCOUNT, REGION, type ServiceServer, serviceServer } from './service-server.ts'

let server: ServiceServer
let logs: CloudWatchLogs
let logGroupName: string
let tests = 0

beforeAll(async () => {
  server = await serviceServer(logsService)
  // Otherwise the SDK asks `stream-127.0.0.1`, as it asks AWS at `stream-logs.<region>.amazonaws.com`.
  logs = new CloudWatchLogs({ ...server.client, disableHostPrefix: true })
})
afterAll(async () => {
  logs.destroy()
  await server.close()
})
beforeEach(async () => {
  logGroupName = `/tail/${++tests}`
  await logs.createLogGroup({ logGroupName })
  for (const logStreamName of ['web/1', 'web/2', 'db/1']) await logs.createLogStream({ logGroupName, logStreamName })
})

const arnOf = (name: string): string => `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${name}`

const put = (logStreamName: string, ...messages: string[]) =>
  logs.putLogEvents({
    logGroupName,
    logStreamName,
    logEvents: messages.map((message) => ({ timestamp: Date.now(), message })),
  })

/** A session, its first event read. */
const tail = async (given: Partial<StartLiveTailRequest> = {}) => {
  // A client ends a session by closing its connection; the SDK leaves that open when the iteration ends.
  const ending = new AbortController()
  const request = { logGroupIdentifiers: [arnOf(logGroupName)], ...given }
  const { responseStream } = await logs.startLiveTail(request, { abortSignal: ending.signal })
  const events = responseStream![Symbol.asyncIterator]()
  const next = async () => (await events.next()).value as StartLiveTailResponseStream
  const { sessionStart } = await next()
  /** Updates until so many events came. */
  const read = async (count: number) => {
    const found: LiveTailSessionLogEvent[] = []
    let isSampled = false
    while (found.length < count) {
      const { sessionUpdate } = await next()
      found.push(...(sessionUpdate?.sessionResults ?? []))
      isSampled ||= sessionUpdate?.sessionMetadata?.sampled ?? false
    }
    return { found, isSampled }
  }
  return { sessionStart, read, end: () => ending.abort() }
}

describe('StartLiveTail', () => {
  it('gives what comes, once it is kept', async () => {
    await put('web/1', 'before')
    const { sessionStart, read, end } = await tail()
    expect(sessionStart).toEqual({
      requestId: expect.any(String) as string,
      sessionId: expect.any(String) as string,
      logGroupIdentifiers: [arnOf(logGroupName)],
    })
    await put('web/1', 'one', 'two')
    await put('db/1', 'three')
    const { found, isSampled } = await read(3)
    expect(found.map(({ message, logStreamName }) => [logStreamName, message])).toEqual([
      ['web/1', 'one'],
      ['web/1', 'two'],
      ['db/1', 'three'],
    ])
    expect(found[0]).toMatchObject({
      logGroupIdentifier: arnOf(logGroupName),
      ingestionTime: expect.any(Number) as number,
    })
    expect(isSampled).toBe(false)
    end()
  })

  it('filters by pattern, and by names and prefixes of streams', async () => {
    const byPattern = await tail({ logEventFilterPattern: '{ $.level = "ERROR" }' })
    const byName = await tail({ logStreamNames: ['db/1', 'later'] })
    const byPrefix = await tail({ logStreamNamePrefixes: ['web/'] })
    await put('web/2', '{"level":"INFO"}', '{"level":"ERROR"}')
    await put('db/1', 'plain')
    await logs.createLogStream({ logGroupName, logStreamName: 'later' })
    await put('later', 'also')
    const messages = async ({ read }: typeof byName, count: number) =>
      (await read(count)).found.map(({ message }) => message)
    expect(await messages(byPattern, 1)).toEqual(['{"level":"ERROR"}'])
    expect(await messages(byName, 2)).toEqual(['plain', 'also'])
    expect(await messages(byPrefix, 2)).toEqual(['{"level":"INFO"}', '{"level":"ERROR"}'])
    expect(byPattern.sessionStart?.logEventFilterPattern).toBe('{ $.level = "ERROR" }')
    expect(byName.sessionStart?.logStreamNames).toEqual(['db/1', 'later'])
    for (const { end } of [byPattern, byName, byPrefix]) end()
  })

  it('gives a sample, and says so, where too much comes', async () => {
    const { read, end } = await tail()
    await put('web/1', ...Array.from({ length: 3000 }, (_, index) => `line ${index}`))
    const { found, isSampled } = await read(500)
    expect(found).toHaveLength(500)
    expect(isSampled).toBe(true)
    end()
  })

  it('refuses what AWS refuses', async () => {
    const refused = (given: Partial<StartLiveTailRequest>) => ({
      toThrow: (message: string) =>
        expect(logs.startLiveTail({ logGroupIdentifiers: [arnOf(logGroupName)], ...given })).rejects.toThrow(message),
    })
    await refused({ logGroupIdentifiers: [logGroupName] }).toThrow('is not the ARN of a log group')
    await refused({ logGroupIdentifiers: [`${arnOf(logGroupName)}:*`] }).toThrow('is not the ARN')
    await refused({ logGroupIdentifiers: [arnOf('/nope')] }).toThrow('The specified log group does not exist.')
    await refused({ logGroupIdentifiers: Array.from({ length: 11 }, (_, n) => arnOf(`/g${n}`)) }).toThrow(
      'logGroupIdent',
    )
    await refused({ logStreamNames: ['a'], logStreamNamePrefixes: ['b'] }).toThrow('specified together')
    await refused({ logEventFilterPattern: '[' }).toThrow('Invalid filter pattern')
    const other = `${logGroupName}/other`
    await logs.createLogGroup({ logGroupName: other, logGroupClass: 'INFREQUENT_ACCESS' })
    await refused({ logGroupIdentifiers: [arnOf(other)] }).toThrow('StartLiveTail is not supported for this log class.')
    await refused({
      logGroupIdentifiers: [arnOf(other), arnOf(logGroupName)],
      logStreamNames: ['a'],
    }).toThrow('only together with a single log group')
  })

  it('works under a name with the prefix that the SDK gives it', async () => {
    const { port } = new URL(server.client.endpoint)
    const prefixed = new CloudWatchLogs({
      ...server.client,
      endpoint: `http://logs.localhost:${port}`,
      // As where the machine's resolver knows names below localhost.
      requestHandler: {
        httpAgent: { lookup: (_name, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]) },
      },
    })
    const { responseStream } = await prefixed.startLiveTail({ logGroupIdentifiers: [arnOf(logGroupName)] })
    const events = responseStream![Symbol.asyncIterator]()
    expect((await events.next()).value).toHaveProperty('sessionStart')
    prefixed.destroy()
  })

  it('has room for fifteen sessions, and again when they have ended', async () => {
    const opened: (() => void)[] = []
    const open = async (): Promise<boolean> => {
      try {
        opened.push((await tail()).end)
        return true
      } catch (error) {
        if (error instanceof LimitExceededException) return false
        throw error
      }
    }
    while (await open());
    expect(opened.length).toBeLessThanOrEqual(15)
    for (const end of opened.splice(0)) end()
    await expect.poll(open, { timeout: 60_000 }).toBe(true)
    opened[0]?.()
  })
})
