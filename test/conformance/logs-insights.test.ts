/** CloudWatch Logs Insights through the AWS SDK for JavaScript and the AWS CLI, over HTTP. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import {
  CloudWatchLogs,
  type GetQueryResultsResponse,
  InvalidParameterException,
  MalformedQueryException,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { SystemClock } from '../../src/kit/clock.ts'
import { logsService } from '../../src/services/logs/index.ts'
import { ACCOUNT, CALLER_ARN, REGION, type ServiceServer, serviceServer } from './service-server.ts'

const AWS = '/usr/bin/aws'
const clock = new SystemClock()
/** The beginning of a minute, so that the events of a test are in the bins that it names. */
const START = Math.floor((clock.now() - 600_000) / 300_000) * 300_000

let server: ServiceServer
let logs: CloudWatchLogs
/** Every test has groups of its own. */
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
  logGroupName = `/insights/${++tests}`
})

type Line = readonly [secondsIn: number, message: string]

const put = async (lines: readonly Line[], group = logGroupName, logStreamName = 'web/1'): Promise<void> => {
  await logs.createLogGroup({ logGroupName: group }).catch(() => undefined)
  await logs.createLogStream({ logGroupName: group, logStreamName }).catch(() => undefined)
  const logEvents = lines.map(([seconds, message]) => ({ timestamp: START + seconds * 1000, message }))
  await logs.putLogEvents({ logGroupName: group, logStreamName, logEvents })
}

const times = { startTime: START / 1000, endTime: START / 1000 + 3600 }

const ended = async (queryId: string | undefined, given: object = {}): Promise<GetQueryResultsResponse> => {
  for (;;) {
    const answer = await logs.getQueryResults({ queryId, ...given })
    if (answer.status !== 'Scheduled' && answer.status !== 'Running') return answer
    await clock.sleep(5)
  }
}

const answered = async (queryString: string, given: object = { logGroupName }): Promise<GetQueryResultsResponse> => {
  const { queryId } = await logs.startQuery({ ...times, queryString, ...given })
  return ended(queryId)
}

/** Rows as objects, without what identifies events. */
const rowsOf = ({ results = [] }: GetQueryResultsResponse) =>
  results.map((row) =>
    Object.fromEntries(row.filter(({ field }) => field !== '@ptr').map(({ field = '', value }) => [field, value])),
  )

const rows = async (queryString: string, given?: object) => rowsOf(await answered(queryString, given))

const REQUESTS: readonly Line[] = [
  [1, 'GET /basket 200 12 ms'],
  [2, 'GET /pay 500 87 ms'],
  [70, 'POST /pay 200 31 ms'],
  [400, 'GET /basket 200 9 ms'],
]
const ORDERS: readonly Line[] = [
  [1, '{"level":"INFO","order":{"id":17,"items":["tea","jam"]},"ms":12.5}'],
  [2, '{"level":"ERROR","order":{"id":18},"ms":300}'],
  [3, '{"level":"ERROR","order":{"id":18},"ms":100}'],
  [4, 'not JSON'],
]

describe('queries', () => {
  it('show the latest events first, and what was looked at', async () => {
    await put(REQUESTS)
    const answer = await answered('fields @timestamp, @message, @logStream, @log | limit 2')
    expect(rowsOf(answer)).toEqual([
      {
        '@timestamp': new Date(START + 400_000).toISOString().replace('T', ' ').replace('Z', ''),
        '@message': 'GET /basket 200 9 ms',
        '@logStream': 'web/1',
        '@log': `${ACCOUNT}:${logGroupName}`,
      },
      expect.objectContaining({ '@message': 'POST /pay 200 31 ms' }),
    ])
    expect(answer).toMatchObject({ status: 'Complete', queryLanguage: 'CWLI' })
    expect(answer.statistics).toMatchObject({
      recordsMatched: 4,
      recordsScanned: 4,
      logGroupsScanned: 1,
      resultCount: 2,
    })
    expect(answer.statistics?.bytesScanned).toBeGreaterThan(70)
  })

  it('filter, parse by stars and by groups, and sort', async () => {
    await put(REQUESTS)
    expect(
      await rows(
        'parse @message "* * * * ms" as verb, path, status, ms | filter status = 200 | sort ms asc | display path, ms',
      ),
    ).toEqual([
      { path: '/basket', ms: '9' },
      { path: '/basket', ms: '12' },
      { path: '/pay', ms: '31' },
    ])
    expect(
      await rows('parse @message /(?<verb>[A-Z]+) (?<path>\\S+) 5/ | filter ispresent(verb) | display verb, path'),
    ).toEqual([{ verb: 'GET', path: '/pay' }])
    expect(await rows('filter @message like /GET .* 200/ | display @message')).toHaveLength(2)
    const { statistics, ...answer } = await answered('filter @message like "pay" | stats count(*) as n')
    expect(rowsOf(answer)).toEqual([{ n: '2' }])
    expect(statistics).toMatchObject({ recordsMatched: 2, recordsScanned: 4 })
  })

  it('count by bins of time, and leave out what is there twice', async () => {
    await put(REQUESTS)
    const bins = await rows('stats count(*) as n by bin(5m) as at | sort at asc')
    const at = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').replace('Z', '')
    expect(bins).toEqual([
      { at: at(START), n: '3' },
      { at: at(START + 300_000), n: '1' },
    ])
    const paths = 'parse @message "* * *" as verb, path, rest | display path | dedup path'
    expect(new Set((await rows(paths)).map(({ path }) => path))).toEqual(new Set(['/basket', '/pay']))
  })

  it('find fields in JSON', async () => {
    await put(ORDERS)
    expect(await rows('filter level = "ERROR" | stats avg(ms) as mean, max(ms) as most by order.id')).toEqual([
      { 'order.id': '18', mean: '200', most: '300' },
    ])
    expect(await rows('filter ispresent(order.items.0) | display order.items.0')).toEqual([{ 'order.items.0': 'tea' }])
    const { logGroupFields = [] } = await logs.getLogGroupFields({ logGroupName, time: START / 1000 })
    expect(logGroupFields[0]?.percent).toBe(100)
    expect(logGroupFields).toContainEqual({ name: '@message', percent: 100 })
    expect(logGroupFields).toContainEqual({ name: 'order.items.1', percent: 25 })
    expect(logGroupFields).toContainEqual({ name: 'level', percent: 75 })
  })

  it('go over several groups, by names and by ARNs', async () => {
    const other = `${logGroupName}/other`
    await put(REQUESTS)
    await put([[5, 'elsewhere']], other)
    const arn = (name: string): string => `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${name}`
    const count = 'stats count(*) as n by @log | sort @log asc'
    const expected = [
      { '@log': `${ACCOUNT}:${logGroupName}`, n: '4' },
      { '@log': `${ACCOUNT}:${other}`, n: '1' },
    ]
    expect(await rows(count, { logGroupNames: [logGroupName, other] })).toEqual(expected)
    expect(await rows(count, { logGroupIdentifiers: [arn(logGroupName), other] })).toEqual(expected)
    await expect(answered(count, {})).rejects.toThrow('Exactly one of')
    await expect(answered(count, { logGroupNames: [logGroupName, 'none'] })).rejects.toThrow(
      `Log group 'none' does not exist for account ID '${ACCOUNT}'`,
    )
  })

  it('look at their time only, its last second included, and at nothing that is gone', async () => {
    await put(REQUESTS)
    await put([[3, 'of a stream that goes']], logGroupName, 'gone')
    await logs.deleteLogStream({ logGroupName, logStreamName: 'gone' })
    const until = async (seconds: number) => {
      const given = { logGroupName, startTime: START / 1000 + 2, endTime: START / 1000 + seconds }
      return (await rows('display @message', given)).length
    }
    expect(await until(2)).toBe(1)
    expect(await until(69)).toBe(1)
    expect(await until(70)).toBe(2)
    await logs.deleteLogGroup({ logGroupName })
    await put([[1, 'of the new group']])
    expect(await rows('display @message')).toEqual([{ '@message': 'of the new group' }])
  })

  it('give their results page by page, and events by their pointers', async () => {
    await put(ORDERS)
    const { queryId } = await logs.startQuery({ ...times, logGroupName, queryString: 'sort @timestamp asc' })
    const whole = await ended(queryId)
    const first = await ended(queryId, { maxItems: 3 })
    const second = await ended(queryId, { maxItems: 3, nextToken: first.nextToken })
    expect([...(first.results ?? []), ...(second.results ?? [])]).toEqual(whole.results)
    expect(second.nextToken).toBeUndefined()
    const pointer = whole.results?.[0]?.find(({ field }) => field === '@ptr')?.value
    const { logRecord } = await logs.getLogRecord({ logRecordPointer: pointer })
    expect(logRecord).toMatchObject({
      '@message': ORDERS[0]?.[1],
      '@timestamp': String(START + 1000),
      '@logStream': 'web/1',
      '@ptr': pointer,
      'order.items.1': 'jam',
      level: 'INFO',
      ms: '12.5',
    })
    await expect(logs.getLogRecord({ logRecordPointer: 'made-up' })).rejects.toBeInstanceOf(InvalidParameterException)
    await logs.deleteLogStream({ logGroupName, logStreamName: 'web/1' })
    await expect(logs.getLogRecord({ logRecordPointer: pointer })).rejects.toBeInstanceOf(ResourceNotFoundException)
  })

  it('say where they make no sense', async () => {
    await put(REQUESTS)
    const error: unknown = await answered('fields @message | filtr x').catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(MalformedQueryException)
    expect((error as MalformedQueryException).queryCompileError?.location).toMatchObject({ startCharOffset: 18 })
    await expect(answered('fields a', { logGroupName, queryLanguage: 'SQL' })).rejects.toThrow('SQL')
    await expect(answered('fields a', { logGroupName, startTime: 2, endTime: 1 })).rejects.toThrow('startTime')
    await expect(answered('fields a', { logGroupName, limit: 10_001 })).rejects.toThrow("'limit'")
  })

  it('are described, and stop when they are told to', async () => {
    for (let batch = 0; batch < 30; batch++)
      await put(
        Array.from({ length: 2000 }, (_, index): Line => [batch + 1, `{"a":${index},"b":"${'x'.repeat(200)}"}`]),
      )
    const queryString = 'stats count(*) by b'
    const { queryId } = await logs.startQuery({ ...times, logGroupName, queryString })
    expect(await logs.stopQuery({ queryId })).toMatchObject({ success: true })
    await expect(logs.stopQuery({ queryId })).rejects.toThrow('not running')
    expect((await ended(queryId)).status).toBe('Cancelled')
    const { queryId: other } = await logs.startQuery({ ...times, logGroupName, queryString })
    const { statistics } = await ended(other)
    expect(statistics).toMatchObject({ recordsScanned: 60_000 })
    const { queries = [] } = await logs.describeQueries({ logGroupName })
    expect(queries.map((query) => [query.queryId, query.status])).toEqual([
      [other, 'Complete'],
      [queryId, 'Cancelled'],
    ])
    expect(queries[0]).toMatchObject({ queryString, logGroupName, queryLanguage: 'CWLI', userIdentity: CALLER_ARN })
    expect((await logs.describeQueries({ logGroupName, status: 'Cancelled' })).queries).toHaveLength(1)
    const page = await logs.describeQueries({ logGroupName, maxResults: 1 })
    const rest = await logs.describeQueries({ logGroupName, maxResults: 1, nextToken: page.nextToken })
    expect([page.queries?.[0]?.queryId, rest.queries?.[0]?.queryId]).toEqual([other, queryId])
    await expect(logs.getQueryResults({ queryId: 'none' })).rejects.toBeInstanceOf(ResourceNotFoundException)
  })

  it('run in portions while others are answered', async () => {
    await put(Array.from({ length: 5000 }, (_, index): Line => [1, `line ${index}`]))
    const started = await Promise.all(
      Array.from({ length: 12 }, () => logs.startQuery({ ...times, logGroupName, queryString: 'stats count(*) as n' })),
    )
    const answers = await Promise.all(started.map(({ queryId }) => ended(queryId)))
    expect(answers.map((answer) => rowsOf(answer))).toEqual(started.map(() => [{ n: '5000' }]))
  })
})

describe('saved queries', () => {
  it('are put, changed, listed by name and deleted', async () => {
    const name = (text: string) => `${logGroupName}/${text}`
    const clientToken = '6f1c1d2e-0000-4000-8000-000000000001'
    const request = {
      name: name('b'),
      queryString: 'fields {{field}}',
      parameters: [{ name: 'field', defaultValue: 'a' }],
    }
    const { queryDefinitionId } = await logs.putQueryDefinition({ ...request, clientToken })
    expect((await logs.putQueryDefinition({ ...request, clientToken })).queryDefinitionId).toBe(queryDefinitionId)
    await logs.putQueryDefinition({ name: name('a'), queryString: 'limit 1', logGroupNames: ['/app'] })
    const list = async () =>
      (await logs.describeQueryDefinitions({ queryDefinitionNamePrefix: logGroupName })).queryDefinitions
    expect(await list()).toMatchObject([
      { name: name('a'), queryString: 'limit 1', logGroupNames: ['/app'], queryLanguage: 'CWLI' },
      { ...request, queryDefinitionId, logGroupNames: [], lastModified: expect.any(Number) as number },
    ])
    await logs.putQueryDefinition({ queryDefinitionId, name: name('c'), queryString: 'limit 2' })
    expect((await list())?.map((definition) => definition.name)).toEqual([name('a'), name('c')])
    expect(await logs.deleteQueryDefinition({ queryDefinitionId })).toMatchObject({ success: true })
    await expect(logs.deleteQueryDefinition({ queryDefinitionId })).rejects.toBeInstanceOf(ResourceNotFoundException)
    expect(await list()).toHaveLength(1)
  })
})

describe('the AWS CLI', () => {
  const aws = async (...command: string[]): Promise<unknown> => {
    const { endpoint, credentials } = server.client
    const env = {
      PATH: '/usr/bin:/bin',
      HOME: '/nonexistent',
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_DEFAULT_REGION: REGION,
      AWS_PAGER: '',
    }
    const args = ['logs', ...command, '--endpoint-url', endpoint, '--output', 'json']
    const { stdout } = await promisify(execFile)(AWS, args, { env })
    return JSON.parse(stdout)
  }

  it('starts a query and gets its results', async () => {
    await put(REQUESTS)
    const range = ['--start-time', String(times.startTime), '--end-time', String(times.endTime)]
    const query = ['--query-string', 'filter @message like "pay" | stats count(*) as n']
    const started = await aws('start-query', '--log-group-names', logGroupName, ...range, ...query)
    const { queryId } = started as { queryId: string }
    await ended(queryId)
    expect(await aws('get-query-results', '--query-id', queryId)).toMatchObject({
      status: 'Complete',
      results: [[{ field: 'n', value: '2' }]],
    })
    expect(await aws('describe-queries', '--log-group-name', logGroupName)).toMatchObject({ queries: [{ queryId }] })
  })
})
