/** Metric filters and subscription filters through the AWS SDK for JavaScript and the AWS CLI, over HTTP, with their controllers at work. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import {
  CloudWatchLogs,
  InvalidOperationException,
  InvalidParameterException,
  LimitExceededException,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs'
import { IAM } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { SystemClock } from '../../src/kit/clock.ts'
import { type Collector, collector } from '../fakes/collector.ts'
import { ACCOUNT, documentOf, REGION, verifyingServer, type VerifyingServer } from '../verifying-server.ts'

const AWS = '/usr/bin/aws'
const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/deliver`
const clock = new SystemClock()

let server: VerifyingServer
let logs: CloudWatchLogs
let target: Collector
/** Every test has a group of its own. */
let logGroupName: string
let tests = 0

const clientFor = (credentials: VerifyingServer['root']): CloudWatchLogs =>
  new CloudWatchLogs({ endpoint: server.endpoint, region: REGION, credentials, maxAttempts: 1 })

const trusting = (Service: string): string =>
  documentOf({ Action: 'sts:AssumeRole', Principal: { Service }, Resource: undefined })

beforeAll(async () => {
  server = await verifyingServer()
  logs = clientFor(server.root)
  target = await collector()
  const iam = new IAM({ endpoint: server.endpoint, region: REGION, credentials: server.root, maxAttempts: 1 })
  await iam.createRole({ RoleName: 'deliver', AssumeRolePolicyDocument: trusting('logs.amazonaws.com') })
  iam.destroy()
})
afterAll(async () => {
  logs.destroy()
  await server.close()
  await target.close()
})
beforeEach(async () => {
  logGroupName = `/filters/${++tests}`
  await aGroup(logGroupName)
})

const aGroup = async (name: string): Promise<void> => {
  await logs.createLogGroup({ logGroupName: name })
  await logs.createLogStream({ logGroupName: name, logStreamName: 'web/1' })
}

const put = async (messages: readonly string[], name = logGroupName): Promise<void> => {
  const logEvents = messages.map((message) => ({ timestamp: clock.now(), message }))
  await logs.putLogEvents({ logGroupName: name, logStreamName: 'web/1', logEvents })
}

const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  const deadline = clock.monotonic() + 60_000
  while (!(await isSo())) {
    if (clock.monotonic() > deadline) throw new Error('it does not come')
    await clock.sleep(20)
  }
}

const groupArn = (name: string): string => `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${name}`
const destinationArn = (name: string): string => `arn:aws:logs:${REGION}:${ACCOUNT}:destination:${name}`

describe('metric filters', () => {
  const transformation = { metricNamespace: 'App', metricName: 'Errors', metricValue: '1' }
  const aFilter = (given: object = {}) => ({
    logGroupName,
    filterName: 'errors',
    filterPattern: 'ERROR',
    metricTransformations: [transformation],
    ...given,
  })
  const transformed = (given: object) => aFilter({ metricTransformations: [{ ...transformation, ...given }] })

  it('are put, changed, described and deleted', async () => {
    await logs.putMetricFilter(aFilter())
    const json = {
      filterName: 'latency',
      filterPattern: '{ $.ms > 0 }',
      metricTransformations: [
        {
          ...transformation,
          metricName: 'Latency',
          metricValue: '$.ms',
          unit: 'Milliseconds' as const,
          dimensions: { Path: '$.path' },
        },
      ],
      emitSystemFieldDimensions: ['@aws.region'],
    }
    await logs.putMetricFilter({ logGroupName, ...json })
    const { metricFilters } = await logs.describeMetricFilters({ logGroupName })
    const common = { logGroupName, applyOnTransformedLogs: false, creationTime: expect.any(Number) as number }
    expect(metricFilters).toEqual([
      { ...aFilter(), ...common },
      { ...json, ...common },
    ])
    const names = async (given: object) =>
      (await logs.describeMetricFilters(given)).metricFilters?.map(({ filterName }) => filterName)
    expect(await names({ logGroupName, filterNamePrefix: 'la' })).toEqual(['latency'])
    expect(await names({ metricNamespace: 'App', metricName: 'Latency' })).toEqual(['latency'])
    const first = await logs.describeMetricFilters({ logGroupName, limit: 1 })
    expect(await names({ logGroupName, limit: 1, nextToken: first.nextToken })).toEqual(['latency'])
    const [group] = (await logs.describeLogGroups({ logGroupNamePrefix: logGroupName })).logGroups ?? []
    expect(group?.metricFilterCount).toBe(2)
    await logs.putMetricFilter(aFilter({ filterPattern: 'WARN' }))
    const [changed] = (await logs.describeMetricFilters({ logGroupName })).metricFilters ?? []
    expect(changed).toMatchObject({ filterPattern: 'WARN', creationTime: metricFilters?.[0]?.creationTime })
    await logs.deleteMetricFilter({ logGroupName, filterName: 'errors' })
    expect(await names({ logGroupName })).toEqual(['latency'])
    await expect(logs.deleteMetricFilter({ logGroupName, filterName: 'errors' })).rejects.toBeInstanceOf(
      ResourceNotFoundException,
    )
    await expect(names({ logGroupName: 'none' })).rejects.toBeInstanceOf(ResourceNotFoundException)
    await logs.deleteLogGroup({ logGroupName })
    expect(await names({ metricNamespace: 'App', metricName: 'Latency' })).toEqual([])
  })

  it.each([
    ['a pattern that makes no sense', () => aFilter({ filterPattern: '{ $.a = }' }), 'Invalid filter pattern'],
    ['no transformation', () => aFilter({ metricTransformations: [] }), "'metricTransformations'"],
    ['a value of nothing', () => transformed({ metricValue: 'many' }), 'neither a number nor a reference'],
    ['a reference into terms', () => transformed({ metricValue: '$.ms' }), 'has no fields'],
    ['a service’s own namespace', () => transformed({ metricNamespace: 'AWS/ECS' }), 'AWS/'],
    ['a name with a colon', () => transformed({ metricName: 'a:b' }), "'metricName'"],
    ['an unknown unit', () => transformed({ unit: 'Parsecs' }), "'unit'"],
    ['a name for the filter with a star', () => aFilter({ filterName: 'a*' }), "'filterName'"],
    ['a transformer', () => aFilter({ applyOnTransformedLogs: true }), 'no transformer'],
    [
      'dimensions and a default value',
      () =>
        aFilter({
          filterPattern: '[a]',
          metricTransformations: [{ ...transformation, defaultValue: 0, dimensions: { a: '$a' } }],
        }),
      'mutually exclusive',
    ],
    [
      'too many dimensions',
      () =>
        aFilter({
          filterPattern: '[a]',
          metricTransformations: [{ ...transformation, dimensions: { a: '$a', b: '$a', c: '$a', d: '$a' } }],
        }),
      '3 dimensions',
    ],
  ])('are refused with %s', async (_what, request, message) => {
    const error: unknown = await logs.putMetricFilter(request()).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(InvalidParameterException)
    expect((error as Error).message).toContain(message)
  })

  it('have their limits for each group', async () => {
    for (let count = 0; count < 2; count++)
      await logs.putMetricFilter(aFilter({ filterName: `x${count}`, filterPattern: '[a=%x%, b=%y%]' }))
    await expect(logs.putMetricFilter(aFilter({ filterPattern: '[a=%x%, b=%y%]' }))).rejects.toBeInstanceOf(
      LimitExceededException,
    )
    await logs.putMetricFilter(aFilter({ filterName: 'x1', filterPattern: '[a=%x%, b=%z%]' }))
    await Promise.all(
      Array.from({ length: 98 }, (_, index) => logs.putMetricFilter(aFilter({ filterName: `y${index}` }))),
    )
    await expect(logs.putMetricFilter(aFilter())).rejects.toBeInstanceOf(LimitExceededException)
    const small = `${logGroupName}/small`
    await logs.createLogGroup({ logGroupName: small, logGroupClass: 'INFREQUENT_ACCESS' })
    await expect(logs.putMetricFilter(aFilter({ logGroupName: small }))).rejects.toBeInstanceOf(
      InvalidOperationException,
    )
  })

  it('are tested', async () => {
    const { matches } = await logs.testMetricFilter({
      filterPattern: '[ip, user, status = 4*, size]',
      logEventMessages: ['10.0.0.1 ada 200 5', '10.0.0.2 bob 404 7'],
    })
    expect(matches).toEqual([
      {
        eventNumber: 2,
        eventMessage: '10.0.0.2 bob 404 7',
        extractedValues: { $ip: '10.0.0.2', $user: 'bob', $status: '404', $size: '7' },
      },
    ])
    await expect(logs.testMetricFilter({ filterPattern: '[', logEventMessages: ['a'] })).rejects.toThrow(
      'filter pattern',
    )
  })
})

describe('destinations', () => {
  it('are put, described, tagged and deleted', async () => {
    const destinationName = 'collector/1'
    const request = { destinationName, targetArn: target.url, roleArn: ROLE_ARN, tags: { team: 'blue' } }
    const { destination } = await logs.putDestination(request)
    const described = {
      destinationName,
      targetArn: target.url,
      roleArn: ROLE_ARN,
      arn: destinationArn(destinationName),
      creationTime: expect.any(Number) as number,
    }
    expect(destination).toEqual(described)
    const resourceArn = destinationArn(destinationName)
    await logs.tagResource({ resourceArn, tags: { stage: 'test' } })
    await logs.untagResource({ resourceArn, tagKeys: ['team'] })
    expect((await logs.listTagsForResource({ resourceArn })).tags).toEqual({ stage: 'test' })
    const accessPolicy = documentOf({
      Action: 'logs:PutSubscriptionFilter',
      Principal: { AWS: ACCOUNT },
      Resource: resourceArn,
    })
    await logs.putDestinationPolicy({ destinationName, accessPolicy })
    await logs.putDestination({ ...request, targetArn: 'https://collector.example.com', tags: undefined })
    const found = await logs.describeDestinations({ DestinationNamePrefix: 'collector/' })
    expect(found.destinations).toEqual([{ ...described, targetArn: 'https://collector.example.com', accessPolicy }])
    await logs.deleteDestination({ destinationName })
    await expect(logs.deleteDestination({ destinationName })).rejects.toBeInstanceOf(ResourceNotFoundException)
    expect((await logs.describeDestinations({ DestinationNamePrefix: 'collector/' })).destinations).toEqual([])
  })

  it.each([
    ['arn:aws:kinesis:us-east-1:000000000000:stream/logs', 'no URL of HTTP'],
    ['ftp://collector.example.com', 'no URL of HTTP'],
    ['https://ada:secret@collector.example.com', 'name or password'],
    ['http://169.254.169.254/latest', 'link-local'],
    ['http://[fe80::1]/', 'link-local'],
  ])('are not at %s', async (targetArn, message) => {
    await expect(logs.putDestination({ destinationName: 'x', targetArn, roleArn: ROLE_ARN })).rejects.toThrow(message)
  })

  it('have a role of the account, and a policy that makes sense', async () => {
    const request = { destinationName: 'x', targetArn: target.url }
    await expect(logs.putDestination({ ...request, roleArn: 'deliver' })).rejects.toThrow('ARN of a role')
    await logs.putDestination({ ...request, roleArn: ROLE_ARN })
    const putPolicy = (accessPolicy: string) => logs.putDestinationPolicy({ destinationName: 'x', accessPolicy })
    await expect(putPolicy('{')).rejects.toThrow('access policy is not valid')
  })
})

describe('subscription filters', () => {
  const aDestination = async (destinationName: string): Promise<string> => {
    await logs.putDestination({ destinationName, targetArn: target.url, roleArn: ROLE_ARN })
    return destinationArn(destinationName)
  }
  const subscribe = (given: object = {}) =>
    logs.putSubscriptionFilter({
      logGroupName,
      filterName: 'all',
      filterPattern: '',
      destinationArn: destinationArn('d'),
      ...given,
    })
  const documents = () => target.documents.filter(({ logGroup }) => logGroup === logGroupName)
  const delivered = () => documents().flatMap(({ logEvents }) => logEvents.map(({ message }) => message))

  it('deliver to a URL what comes and matches', async () => {
    await aDestination('d')
    await put(['ERROR before'])
    await subscribe({ filterName: 'errors', filterPattern: 'ERROR' })
    await until(() => target.documents.some(({ messageType }) => messageType === 'CONTROL_MESSAGE'))
    await put(['ERROR 1', 'fine', 'ERROR 2'])
    await until(() => delivered().length === 2)
    await put(['ERROR 3'])
    await until(() => delivered().length === 3)
    expect(delivered()).toEqual(['ERROR 1', 'ERROR 2', 'ERROR 3'])
    const { events = [] } = await logs.filterLogEvents({ logGroupName, filterPattern: 'ERROR -before' })
    expect(documents().flatMap(({ logEvents }) => logEvents)).toEqual(
      events.map(({ eventId, timestamp, message }) => ({ id: eventId, timestamp, message })),
    )
    expect(documents()[0]).toMatchObject({ owner: ACCOUNT, logStream: 'web/1', subscriptionFilters: ['errors'] })
  })

  it('are described, changed and deleted, two for a group', async () => {
    await aDestination('d')
    await subscribe()
    await subscribe({ filterName: 'b', filterPattern: 'ERROR', distribution: 'ByLogStream' })
    await expect(subscribe({ filterName: 'c' })).rejects.toBeInstanceOf(LimitExceededException)
    await subscribe({ filterPattern: 'WARN' })
    const common = {
      logGroupName,
      destinationArn: destinationArn('d'),
      distribution: 'ByLogStream',
      applyOnTransformedLogs: false,
      creationTime: expect.any(Number) as number,
    }
    expect((await logs.describeSubscriptionFilters({ logGroupName })).subscriptionFilters).toEqual([
      { ...common, filterName: 'all', filterPattern: 'WARN' },
      { ...common, filterName: 'b', filterPattern: 'ERROR' },
    ])
    const found = await logs.describeSubscriptionFilters({ logGroupName, filterNamePrefix: 'b' })
    expect(found.subscriptionFilters).toHaveLength(1)
    await logs.deleteSubscriptionFilter({ logGroupName, filterName: 'all' })
    await expect(logs.deleteSubscriptionFilter({ logGroupName, filterName: 'all' })).rejects.toBeInstanceOf(
      ResourceNotFoundException,
    )
    await logs.deleteLogGroup({ logGroupName })
    await aGroup(logGroupName)
    expect((await logs.describeSubscriptionFilters({ logGroupName })).subscriptionFilters).toEqual([])
  })

  it('deliver to another group, and on from there, and never round', async () => {
    const [second, third] = [`${logGroupName}/2`, `${logGroupName}/3`]
    await logs.createLogGroup({ logGroupName: second })
    await logs.createLogGroup({ logGroupName: third })
    await subscribe({ destinationArn: `${groupArn(second)}:*` })
    await subscribe({ logGroupName: second, filterPattern: 'ERROR', destinationArn: groupArn(third) })
    await put(['fine', 'ERROR 1'])
    const read = async (name: string) =>
      (await logs.filterLogEvents({ logGroupName: name })).events?.map(({ message }) => message) ?? []
    await until(async () => (await read(third)).length === 1)
    expect(await read(second)).toEqual(['fine', 'ERROR 1'])
    const { logStreams } = await logs.describeLogStreams({ logGroupName: third })
    expect(logStreams?.map(({ logStreamName }) => logStreamName)).toEqual(['web/1'])
    const round = { logGroupName: third, destinationArn: groupArn(logGroupName) }
    await expect(subscribe(round)).rejects.toThrow('come back')
    await expect(subscribe({ destinationArn: groupArn(logGroupName) })).rejects.toThrow('come back')
  })

  it.each([
    ['a function of Lambda', { destinationArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:f` }, 'are not supported'],
    ['a stream of Kinesis', { destinationArn: `arn:aws:kinesis:${REGION}:${ACCOUNT}:stream/s` }, 'are not supported'],
    ['a group that is not there', { destinationArn: groupArn('none') }, 'Could not deliver test message'],
    ['a destination that is not there', { destinationArn: destinationArn('none') }, 'Could not deliver test message'],
    ['a role', { roleArn: ROLE_ARN }, 'cannot be used with roleArn'],
    ['another distribution', { distribution: 'Random' }, 'ByLogStream'],
    ['system fields', { emitSystemFields: ['@aws.account'] }, 'emitSystemFields'],
  ])('are refused with %s', async (_what, given, message) => {
    await aDestination('d')
    const error: unknown = await subscribe(given).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(InvalidParameterException)
    expect((error as Error).message).toContain(message)
  })

  it('are for those who may use what they deliver to', async () => {
    const iam = new IAM({ endpoint: server.endpoint, region: REGION, credentials: server.root, maxAttempts: 1 })
    await iam.createUser({ UserName: 'ada' })
    const { AccessKey: key } = await iam.createAccessKey({ UserName: 'ada' })
    const may = (...Statement: object[]) =>
      iam.putUserPolicy({
        UserName: 'ada',
        PolicyName: 'p',
        PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
      })
    const allow = (Action: string, Resource: string) => ({ Effect: 'Allow', Action, Resource })
    const ada = clientFor({ accessKeyId: key?.AccessKeyId ?? '', secretAccessKey: key?.SecretAccessKey ?? '' })
    const arn = await aDestination('guarded')
    const request = { logGroupName, filterName: 'a', filterPattern: '', destinationArn: arn }
    const onGroup = allow('logs:PutSubscriptionFilter', `${groupArn(logGroupName)}:*`)
    await may(onGroup)
    await expect(ada.putSubscriptionFilter(request)).rejects.toThrow(`on resource: ${arn}`)
    const Principal = { AWS: `arn:aws:iam::${ACCOUNT}:user/ada` }
    const accessPolicy = documentOf({ Action: 'logs:PutSubscriptionFilter', Principal, Resource: arn })
    await logs.putDestinationPolicy({ destinationName: 'guarded', accessPolicy })
    await ada.putSubscriptionFilter(request)
    const second = `${logGroupName}/2`
    await logs.createLogGroup({ logGroupName: second })
    const toGroup = { ...request, filterName: 'b', destinationArn: groupArn(second) }
    await expect(ada.putSubscriptionFilter(toGroup)).rejects.toThrow('logs:CreateLogStream')
    await may(onGroup, allow('logs:*', `${groupArn(second)}:*`))
    await ada.putSubscriptionFilter(toGroup)
    const destination = { destinationName: 'hers', targetArn: target.url, roleArn: ROLE_ARN }
    await may(allow('logs:PutDestination', '*'))
    await expect(ada.putDestination(destination)).rejects.toThrow('iam:PassRole')
    ada.destroy()
    iam.destroy()
  })
})

describe('the AWS CLI', () => {
  const aws = async (...command: string[]): Promise<string> => {
    const env = {
      PATH: '/usr/bin:/bin',
      HOME: '/nonexistent',
      AWS_ACCESS_KEY_ID: server.root.accessKeyId,
      AWS_SECRET_ACCESS_KEY: server.root.secretAccessKey,
      AWS_DEFAULT_REGION: REGION,
      AWS_PAGER: '',
    }
    const args = ['logs', ...command, '--endpoint-url', server.endpoint, '--output', 'json']
    return (await promisify(execFile)(AWS, args, { env })).stdout
  }

  it('puts and describes filters and destinations', async () => {
    const group = ['--log-group-name', logGroupName]
    const named = [...group, '--filter-name', 'f', '--filter-pattern', 'ERROR']
    const metric = 'metricNamespace=App,metricName=Errors,metricValue=1,defaultValue=0,unit=Count'
    await aws('put-metric-filter', ...named, '--metric-transformations', metric)
    expect(JSON.parse(await aws('describe-metric-filters', ...group))).toMatchObject({
      metricFilters: [{ metricTransformations: [{ metricName: 'Errors', defaultValue: 0, unit: 'Count' }] }],
    })
    const destination = ['--destination-name', 'cli', '--target-arn', target.url, '--role-arn', ROLE_ARN]
    expect(JSON.parse(await aws('put-destination', ...destination))).toMatchObject({
      destination: { arn: destinationArn('cli'), targetArn: target.url },
    })
    await aws('put-subscription-filter', ...named, '--destination-arn', destinationArn('cli'))
    expect(JSON.parse(await aws('describe-subscription-filters', ...group))).toMatchObject({
      subscriptionFilters: [{ filterName: 'f', destinationArn: destinationArn('cli') }],
    })
  })
})
