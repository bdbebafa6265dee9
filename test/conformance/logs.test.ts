/** Every operation of CloudWatch Logs through the AWS SDK for JavaScript and the AWS CLI, over HTTP. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import {
  CloudWatchLogs,
  InvalidParameterException,
  paginateDescribeLogGroups,
  paginateDescribeLogStreams,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { logsService } from '../../src/services/logs/index.ts'
import { ACCOUNT, REGION, type ServiceServer, serviceServer } from './service-server.ts'

let server: ServiceServer
let logs: CloudWatchLogs
/** Every test has a group of its own. */
let logGroupName: string
let tests = 0

beforeAll(async () => {
  server = await serviceServer(logsService)
  logs = new CloudWatchLogs(server.client)
})
afterAll(async () => {
  logs.destroy()
  await server.close()
})
beforeEach(() => {
  logGroupName = `/test/${++tests}`
})

const groupArn = (name: string): string => `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${name}`

const aStream = async (logStreamName = 'app/web/1') => {
  await logs.createLogGroup({ logGroupName })
  await logs.createLogStream({ logGroupName, logStreamName })
  return { logGroupName, logStreamName }
}

const events = (...messages: string[]) => messages.map((message, index) => ({ timestamp: now() + index, message }))
const start = Date.now()
const now = (): number => start

describe('log groups', () => {
  it('are created, described and deleted', async () => {
    await logs.createLogGroup({ logGroupName, tags: { team: 'blue' } })
    const { logGroups } = await logs.describeLogGroups({ logGroupNamePrefix: logGroupName })
    expect(logGroups).toEqual([
      {
        logGroupName,
        arn: `${groupArn(logGroupName)}:*`,
        logGroupArn: groupArn(logGroupName),
        creationTime: expect.any(Number),
        logGroupClass: 'STANDARD',
        metricFilterCount: 0,
        storedBytes: 0,
        deletionProtectionEnabled: false,
      },
    ])
    await expect(logs.createLogGroup({ logGroupName })).rejects.toBeInstanceOf(ResourceAlreadyExistsException)
    await logs.deleteLogGroup({ logGroupName })
    await expect(logs.deleteLogGroup({ logGroupName })).rejects.toBeInstanceOf(ResourceNotFoundException)
    await expect(logs.deleteLogGroup({ logGroupName })).rejects.toThrow('The specified log group does not exist.')
  })

  it('are listed page by page, by prefix, pattern, class and name', async () => {
    const names = ['b', 'a', 'ab', 'c'].map((name) => `${logGroupName}/list-${name}`)
    for (const name of names) await logs.createLogGroup({ logGroupName: name })
    const last = `${logGroupName}/list-d`
    await logs.createLogGroup({ logGroupName: last, logGroupClass: 'ESSENTIALS' })
    const found: (string | undefined)[] = []
    const request = { logGroupNamePrefix: `${logGroupName}/list-` }
    for await (const { logGroups = [] } of paginateDescribeLogGroups({ client: logs, pageSize: 2 }, { ...request }))
      found.push(...logGroups.map((group) => group.logGroupName))
    expect(found).toEqual([...names.toSorted(), last])
    const of = async (given: object) =>
      (await logs.describeLogGroups(given)).logGroups?.map((group) => group.logGroupName)
    expect(await of({ logGroupNamePattern: 'list-a' })).toEqual([names[1], names[2]])
    expect(await of({ ...request, logGroupClass: 'INFREQUENT_ACCESS' })).toEqual([last])
    expect(await of({ logGroupIdentifiers: [names[3], groupArn(last), `${last}-not`] })).toEqual([names[3], last])
    const [first] = (await logs.describeLogGroups({ logGroupNamePattern: 'list-a' })).logGroups ?? []
    expect(Object.keys(first ?? {}).toSorted()).toEqual(['arn', 'creationTime', 'logGroupName'])
    await expect(of({ logGroupNamePattern: 'a', logGroupNamePrefix: 'a' })).rejects.toThrow('mutually exclusive')
    await expect(of({ nextToken: 'made-up' })).rejects.toThrow('The specified nextToken is invalid.')
  })

  it('have a retention among those that there are', async () => {
    await logs.createLogGroup({ logGroupName })
    const retention = async () =>
      (await logs.describeLogGroups({ logGroupNamePrefix: logGroupName })).logGroups?.[0]?.retentionInDays
    await logs.putRetentionPolicy({ logGroupName, retentionInDays: 14 })
    expect(await retention()).toBe(14)
    await expect(logs.putRetentionPolicy({ logGroupName, retentionInDays: 2 })).rejects.toThrow('enum value set')
    await logs.deleteRetentionPolicy({ logGroupName })
    expect(await retention()).toBeUndefined()
  })

  it('have tags, by ARN and by name', async () => {
    await logs.createLogGroup({ logGroupName, tags: { a: '1' } })
    const resourceArn = groupArn(logGroupName)
    await logs.tagResource({ resourceArn, tags: { b: '2', a: '3' } })
    expect((await logs.listTagsForResource({ resourceArn })).tags).toEqual({ a: '3', b: '2' })
    await logs.untagResource({ resourceArn, tagKeys: ['a'] })
    await logs.tagLogGroup({ logGroupName, tags: { c: '4' } })
    await logs.untagLogGroup({ logGroupName, tags: ['b'] })
    expect((await logs.listTagsLogGroup({ logGroupName })).tags).toEqual({ c: '4' })
    await expect(logs.listTagsForResource({ resourceArn: `${resourceArn}-not` })).rejects.toBeInstanceOf(
      ResourceNotFoundException,
    )
  })

  it('stay while they are protected', async () => {
    await logs.createLogGroup({ logGroupName, deletionProtectionEnabled: true })
    await expect(logs.deleteLogGroup({ logGroupName })).rejects.toThrow('deletion protection')
    await logs.putLogGroupDeletionProtection({ logGroupIdentifier: logGroupName, deletionProtectionEnabled: false })
    await logs.deleteLogGroup({ logGroupName })
  })

  it('refuse names that cannot be, and keys', async () => {
    await expect(logs.createLogGroup({ logGroupName: 'a b' })).rejects.toThrow("Value at 'logGroupName' failed")
    await expect(logs.createLogGroup({ logGroupName: 'aws/x' })).rejects.toThrow("can't start with the string aws/")
    await expect(logs.createLogGroup({ logGroupName, kmsKeyId: 'k' })).rejects.toBeInstanceOf(InvalidParameterException)
  })
})

describe('log streams', () => {
  it('are listed by name and by their last event', async () => {
    await logs.createLogGroup({ logGroupName })
    for (const logStreamName of ['b', 'a', 'c']) await logs.createLogStream({ logGroupName, logStreamName })
    await logs.putLogEvents({ logGroupName, logStreamName: 'a', logEvents: events('x', 'y') })
    const found = async (given: object) => {
      const names: (string | undefined)[] = []
      for await (const { logStreams = [] } of paginateDescribeLogStreams(
        { client: logs, pageSize: 2 },
        { logGroupName, ...given },
      ))
        names.push(...logStreams.map(({ logStreamName }) => logStreamName))
      return names
    }
    expect(await found({})).toEqual(['a', 'b', 'c'])
    expect(await found({ descending: true })).toEqual(['c', 'b', 'a'])
    expect(await found({ orderBy: 'LastEventTime', descending: true })).toEqual(['a', 'c', 'b'])
    expect(await found({ logStreamNamePrefix: 'c' })).toEqual(['c'])
    const { logStreams } = await logs.describeLogStreams({ logGroupIdentifier: groupArn(logGroupName), limit: 1 })
    expect(logStreams).toEqual([
      {
        logStreamName: 'a',
        arn: `${groupArn(logGroupName)}:log-stream:a`,
        creationTime: expect.any(Number),
        firstEventTimestamp: now(),
        lastEventTimestamp: now() + 1,
        lastIngestionTime: expect.any(Number),
        storedBytes: 0,
      },
    ])
    await expect(found({ orderBy: 'LastEventTime', logStreamNamePrefix: 'a' })).rejects.toThrow('Cannot order')
  })

  it('come back empty after they were deleted', async () => {
    const stream = await aStream()
    await expect(logs.createLogStream(stream)).rejects.toBeInstanceOf(ResourceAlreadyExistsException)
    await logs.putLogEvents({ ...stream, logEvents: events('gone') })
    await logs.deleteLogStream(stream)
    await expect(logs.getLogEvents(stream)).rejects.toThrow('The specified log stream does not exist.')
    await logs.createLogStream(stream)
    expect((await logs.getLogEvents(stream)).events).toEqual([])
  })
})

describe('PutLogEvents', () => {
  it('keeps events, whatever sequence token comes with them', async () => {
    const stream = await aStream()
    const { nextSequenceToken } = await logs.putLogEvents({ ...stream, logEvents: events('one'), sequenceToken: 'x' })
    expect(nextSequenceToken).toMatch(/^\d{56}$/)
    const text = 'zwei: äöü €\n\tand a second line \u001b[31m'
    await logs.putLogEvents({ ...stream, logEvents: [{ timestamp: now() + 5, message: text }] })
    expect((await logs.getLogEvents(stream)).events).toEqual([
      { timestamp: now(), message: 'one', ingestionTime: expect.any(Number) },
      { timestamp: now() + 5, message: text, ingestionTime: expect.any(Number) },
    ])
    const { logGroups } = await logs.describeLogGroups({ logGroupNamePrefix: logGroupName })
    expect(logGroups?.[0]?.storedBytes).toBe(3 + Buffer.byteLength(text) + 2 * 26)
  })

  it('says which events are too old, too new or expired, and keeps the others', async () => {
    const stream = await aStream()
    const day = 24 * 3_600_000
    const put = (...times: number[]) =>
      logs.putLogEvents({ ...stream, logEvents: times.map((timestamp) => ({ timestamp, message: `${timestamp}` })) })
    const old = Date.now() - 14 * day
    const { rejectedLogEventsInfo: tooOld } = await put(old - 60_000, old - 50_000, old + 60_000)
    expect(tooOld).toEqual({ tooOldLogEventEndIndex: 2 })
    const { rejectedLogEventsInfo: tooNew } = await put(Date.now(), Date.now() + 3 * 3_600_000)
    expect(tooNew).toEqual({ tooNewLogEventStartIndex: 1 })
    expect((await logs.getLogEvents(stream)).events).toHaveLength(2)
    await logs.putRetentionPolicy({ logGroupName, retentionInDays: 1 })
    const { rejectedLogEventsInfo: expired } = await put(Date.now() - day - 1000, Date.now() - 1000)
    expect(expired).toEqual({ expiredLogEventEndIndex: 1 })
    expect((await logs.getLogEvents(stream)).events).toHaveLength(2)
  })

  it('refuses batches that are out of order, too long or too large, as a whole', async () => {
    const stream = await aStream()
    const put = (...logEvents: { timestamp: number; message: string }[]) => logs.putLogEvents({ ...stream, logEvents })
    const at = (timestamp: number, message = 'm') => ({ timestamp, message })
    await expect(put(at(now() + 1), at(now()))).rejects.toThrow('must be in chronological order')
    await expect(put(at(now() - 25 * 3_600_000), at(now()))).rejects.toThrow('cannot span more than 24 hours')
    await expect(put(...Array.from({ length: 10_001 }, () => at(now())))).rejects.toThrow()
    const half = 'x'.repeat(1_048_576 / 2 - 26)
    await expect(put(at(now(), half), at(now(), `${half}y`))).rejects.toThrow(
      'Upload too large: 1048577 bytes exceeds limit of 1048576',
    )
    await expect(put()).rejects.toThrow("Value at 'logEvents' failed")
    await expect(put(at(now(), ''))).rejects.toThrow("Value at 'logEvents.1.member.message' failed")
    expect((await logs.getLogEvents(stream)).events).toEqual([])
    await put(at(now(), half), at(now(), half))
    await put(at(now(), '\u001b'.repeat(1_048_576 - 26)))
    await put(...Array.from({ length: 10_000 }, (_, index) => at(now() + index)))
  })

  it('says what is not there', async () => {
    const { logStreamName } = await aStream()
    const logEvents = events('x')
    await expect(logs.putLogEvents({ logGroupName, logStreamName: 'no', logEvents })).rejects.toThrow(
      'The specified log stream does not exist.',
    )
    await expect(logs.putLogEvents({ logGroupName: 'no', logStreamName, logEvents })).rejects.toThrow(
      'The specified log group does not exist.',
    )
  })
})

describe('GetLogEvents', () => {
  it('pages forwards as it pages backwards, and stays at the ends', async () => {
    const stream = await aStream()
    const messages = Array.from({ length: 25 }, (_, index) => `m${index}`)
    await logs.putLogEvents({ ...stream, logEvents: events(...messages) })
    const paged = async (startFromHead: boolean) => {
      const pages: (string | undefined)[][] = []
      for (let nextToken: string | undefined; ;) {
        const page = await logs.getLogEvents({ ...stream, limit: 7, startFromHead, nextToken })
        const next = startFromHead ? page.nextForwardToken : page.nextBackwardToken
        if (page.events?.length === 0) return { pages, staysThere: next === nextToken }
        pages.push(page.events?.map(({ message }) => message) ?? [])
        nextToken = next
      }
    }
    const [forward, backward] = [await paged(true), await paged(false)]
    expect(forward.pages.flat()).toEqual(messages)
    expect(backward.pages.toReversed().flat()).toEqual(messages)
    expect([forward.staysThere, backward.staysThere]).toEqual([true, true])
  })

  it('goes back over what it came by, and on to what came later', async () => {
    const stream = await aStream()
    await logs.putLogEvents({ ...stream, logEvents: events('a', 'b', 'c', 'd') })
    const read = async (given: object) => {
      const page = await logs.getLogEvents({ ...stream, ...given })
      return { ...page, messages: page.events?.map(({ message }) => message) }
    }
    const first = await read({ limit: 2, startFromHead: true })
    const second = await read({ limit: 2, startFromHead: true, nextToken: first.nextForwardToken })
    expect(second.messages).toEqual(['c', 'd'])
    expect((await read({ nextToken: second.nextBackwardToken })).messages).toEqual(['a', 'b'])
    const end = await read({ nextToken: second.nextForwardToken })
    expect(end.messages).toEqual([])
    expect((await read({ nextToken: end.nextBackwardToken, limit: 1 })).messages).toEqual(['d'])
    await logs.putLogEvents({ ...stream, logEvents: [{ timestamp: now() + 9, message: 'e' }] })
    expect((await read({ nextToken: end.nextForwardToken })).messages).toEqual(['e'])
    expect((await read({ startTime: now() + 1, endTime: now() + 3 })).messages).toEqual(['b', 'c'])
    await expect(read({ nextToken: 'f/1' })).rejects.toThrow('The specified nextToken is invalid.')
    await expect(logs.getLogEvents({ logStreamName: 'x' })).rejects.toThrow('Exactly one of')
  })

  it('gives one megabyte at a time', async () => {
    const stream = await aStream()
    const message = 'x'.repeat(300_000)
    await logs.putLogEvents({ ...stream, logEvents: events(message, message, message) })
    await logs.putLogEvents({ ...stream, logEvents: events(message, message) })
    const first = await logs.getLogEvents({ ...stream, startFromHead: true })
    expect(first.events).toHaveLength(3)
    const second = await logs.getLogEvents({ ...stream, nextToken: first.nextForwardToken })
    expect(second.events).toHaveLength(2)
  })
})

describe('the AWS CLI', () => {
  const aws = async (...given: string[]): Promise<Record<string, unknown>> => {
    const { endpoint, region, credentials } = server.client
    const { stdout } = await promisify(execFile)(
      '/usr/bin/aws',
      ['--endpoint-url', endpoint, '--region', region, '--output', 'json', 'logs', ...given],
      {
        env: {
          ...process.env,
          AWS_ACCESS_KEY_ID: credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
          AWS_PAGER: '',
        },
      },
    )
    return stdout === '' ? {} : (JSON.parse(stdout) as Record<string, unknown>)
  }

  it('creates a stream, puts events and gets them', async () => {
    const stream = ['--log-group-name', logGroupName, '--log-stream-name', 'cli']
    await aws('create-log-group', '--log-group-name', logGroupName, '--tags', 'team=blue')
    await aws('create-log-stream', ...stream)
    await aws('put-log-events', ...stream, '--log-events', `timestamp=${now()},message=hello`)
    const { events: found } = await aws('get-log-events', ...stream, '--start-from-head')
    expect(found).toEqual([{ timestamp: now(), message: 'hello', ingestionTime: expect.any(Number) }])
    const { logStreams } = await aws('describe-log-streams', '--log-group-name', logGroupName)
    expect(logStreams).toMatchObject([{ logStreamName: 'cli', lastEventTimestamp: now() }])
    await aws('delete-log-group', '--log-group-name', logGroupName)
    expect(await aws('describe-log-groups', '--log-group-name-prefix', logGroupName)).toEqual({ logGroups: [] })
  })
})
