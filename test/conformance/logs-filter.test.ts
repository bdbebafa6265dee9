/** FilterLogEvents through the AWS SDK for JavaScript, and as the AWS CLI uses it: `filter-log-events` and `tail`. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { CloudWatchLogs, InvalidOperationException, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { logsService } from '../../src/services/logs/index.ts'
import { runAws } from '../aws-cli.ts'
import { ACCOUNT, REGION, type ServiceServer, serviceServer } from './service-server.ts'

let server: ServiceServer
let logs: CloudWatchLogs
let logGroupName: string
let tests = 0
const now = Date.now()

beforeAll(async () => {
  server = await serviceServer(logsService)
  logs = new CloudWatchLogs(server.client)
})
afterAll(async () => {
  logs.destroy()
  await server.close()
})
beforeEach(async () => {
  logGroupName = `/filter/${++tests}`
  await logs.createLogGroup({ logGroupName })
})

/** Times are relative to the start of the tests. */
const put = async (logStreamName: string, ...events: readonly (readonly [number, string])[]): Promise<void> => {
  const { logStreams = [] } = await logs.describeLogStreams({ logGroupName, logStreamNamePrefix: logStreamName })
  if (!logStreams.some((stream) => stream.logStreamName === logStreamName))
    await logs.createLogStream({ logGroupName, logStreamName })
  const logEvents = events.map(([at, message]) => ({ timestamp: now + at, message }))
  await logs.putLogEvents({ logGroupName, logStreamName, logEvents })
}

const found = async (given: object = {}): Promise<(string | undefined)[]> => {
  const messages: (string | undefined)[] = []
  for await (const { events = [] } of paginateFilterLogEvents({ client: logs }, { logGroupName, ...given }))
    messages.push(...events.map(({ message }) => message))
  return messages
}

describe('FilterLogEvents', () => {
  it('gives the events of all streams by time, and says which they are', async () => {
    await put('a', [0, 'one'], [2, 'three'])
    await put('b', [1, 'two'])
    const { events, searchedLogStreams, nextToken } = await logs.filterLogEvents({ logGroupName })
    expect(events).toMatchObject([
      { message: 'one', logStreamName: 'a', timestamp: now, ingestionTime: expect.any(Number) as number },
      { message: 'two', logStreamName: 'b', timestamp: now + 1 },
      { message: 'three', logStreamName: 'a', timestamp: now + 2 },
    ])
    expect(new Set(events?.map(({ eventId }) => eventId)).size).toBe(3)
    expect(events?.every(({ eventId }) => /^\d{56}$/.test(eventId ?? ''))).toBe(true)
    expect([searchedLogStreams, nextToken]).toEqual([[], undefined])
  })

  it('takes groups by ARN, streams by name and prefix, and times', async () => {
    await put('web/1', [0, 'a'], [5, 'b'], [9, 'c'])
    await put('web/2', [3, 'd'])
    await put('db/1', [4, 'e'])
    const arn = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${logGroupName}`
    expect(await found({ logGroupName: undefined, logGroupIdentifier: arn })).toEqual(['a', 'd', 'e', 'b', 'c'])
    expect(await found({ logStreamNames: ['web/2', 'db/1'] })).toEqual(['d', 'e'])
    expect(await found({ logStreamNamePrefix: 'web/' })).toEqual(['a', 'd', 'b', 'c'])
    expect(await found({ startTime: now + 3, endTime: now + 5 })).toEqual(['d', 'e', 'b'])
    await expect(found({ logStreamNames: ['x'], logStreamNamePrefix: 'x' })).rejects.toThrow('specified together')
    await expect(found({ logStreamNames: ['nope'] })).rejects.toThrow('The specified log stream does not exist.')
  })

  it('speaks the pattern languages', async () => {
    await put('s', [0, 'ERROR disk full'], [1, 'WARN disk slow'], [2, '{"level":"ERROR","ms":12,"user":"ü"}'])
    await put('s', [3, '10.0.0.1 - GET /pay 500'], [4, '{"level":"INFO","ms":900}'], [5, 'an error 42'])
    expect(await found({ filterPattern: 'ERROR' })).toEqual(['ERROR disk full', '{"level":"ERROR","ms":12,"user":"ü"}'])
    expect(await found({ filterPattern: '?WARN ?pay' })).toEqual(['WARN disk slow', '10.0.0.1 - GET /pay 500'])
    expect(await found({ filterPattern: 'disk -WARN' })).toEqual(['ERROR disk full'])
    expect(await found({ filterPattern: '{ $.ms > 100 }' })).toEqual(['{"level":"INFO","ms":900}'])
    expect(await found({ filterPattern: '{ $.user = "\u00fc" }' })).toHaveLength(1)
    expect(await found({ filterPattern: '[ip, dash, method, path, status=5*]' })).toEqual(['10.0.0.1 - GET /pay 500'])
    expect(await found({ filterPattern: '%error [0-9]+%' })).toEqual(['an error 42'])
    await expect(found({ filterPattern: '{ $.ms' })).rejects.toThrow('Invalid filter pattern')
  })

  it('goes on where its token says, in both directions, and takes no other token', async () => {
    await put('s', ...Array.from({ length: 25 }, (_, index) => [Math.floor(index / 3), `m${index}`] as const))
    const expected = Array.from({ length: 25 }, (_, index) => `m${index}`)
    expect(await found({ limit: 4 })).toEqual(expected)
    const backward = { startFromHead: false, startTime: now }
    expect(await found({ ...backward, limit: 4 })).toEqual(expected.toReversed())
    await expect(found({ startFromHead: false })).rejects.toThrow('Jan 1, 2024')
    const { nextToken } = await logs.filterLogEvents({ logGroupName, limit: 4 })
    const asks = (given: object) => logs.filterLogEvents({ logGroupName, nextToken, ...given })
    expect((await asks({ limit: 2 })).events?.map(({ message }) => message)).toEqual(['m4', 'm5'])
    expect((await asks({ startFromHead: false, limit: 1 })).events?.[0]?.message).toBe('m4')
    const refusal = 'The specified nextToken is invalid.'
    await expect(asks({ filterPattern: 'm' })).rejects.toThrow(refusal)
    await expect(asks({ startTime: now })).rejects.toThrow(refusal)
    await expect(asks({ nextToken: `${nextToken}A` })).rejects.toThrow(refusal)
  })

  it('shows nothing of streams that are deleted, and of events that expired', async () => {
    await put('gone', [0, 'old'])
    await put('s', [-3 * 86_400_000, 'expired'])
    await put('s', [1, 'new'])
    await logs.deleteLogStream({ logGroupName, logStreamName: 'gone' })
    await logs.putRetentionPolicy({ logGroupName, retentionInDays: 1 })
    expect(await found()).toEqual(['new'])
  })

  it('is for groups of the class STANDARD, as GetLogEvents is', async () => {
    const name = `${logGroupName}/rare`
    await logs.createLogGroup({ logGroupName: name, logGroupClass: 'INFREQUENT_ACCESS' })
    await logs.createLogStream({ logGroupName: name, logStreamName: 's' })
    await expect(logs.filterLogEvents({ logGroupName: name })).rejects.toThrow(
      `The log group ${name} is of log-group-class INFREQUENT_ACCESS. FilterLogEvents is not supported for this log class.`,
    )
    await expect(logs.getLogEvents({ logGroupName: name, logStreamName: 's' })).rejects.toBeInstanceOf(
      InvalidOperationException,
    )
  })
})

describe('the AWS CLI', () => {
  const options = (): string[] => ['--log-group-name', logGroupName]

  it('filters', async () => {
    await put('web/1', [0, 'GET /basket 200'], [1, 'GET /pay 500'])
    const given = ['--filter-pattern', '" 500"', '--output', 'json', '--max-items', '5']
    const { events } = JSON.parse(await runAws(server.client, 'logs', 'filter-log-events', ...options(), ...given)) as {
      events: object[]
    }
    expect(events).toMatchObject([{ message: 'GET /pay 500', logStreamName: 'web/1' }])
  })

  it('tails what was there, and what comes', async () => {
    await put('web/1', [0, 'first line'], [1, 'other'])
    const tail = ['logs', 'tail', logGroupName, '--since', '1h', '--format', 'short', '--filter-pattern', 'line']
    expect(await runAws(server.client, ...tail)).toMatch(/^\S+ first line\n$/)

    const { endpoint, region, credentials } = server.client
    const follow = spawn('/usr/bin/aws', [...tail, '--follow', '--endpoint-url', endpoint, '--region', region], {
      env: {
        ...process.env,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        PYTHONUNBUFFERED: '1',
      },
    })
    try {
      const [first] = (await once(follow.stdout, 'data')) as [Buffer]
      expect(first.toString()).toContain('first line')
      const next = once(follow.stdout, 'data') as Promise<[Buffer]>
      await put('web/2', [2, 'second line'])
      expect((await next)[0].toString()).toMatch(/^\S+ second line\n$/)
    } finally {
      follow.kill('SIGINT')
      await once(follow, 'close')
    }
  })
})
