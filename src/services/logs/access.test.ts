/** What the guard is asked before each operation, and that a denied call appends nothing. */
import { beforeEach, describe, expect, it } from 'vitest'
import { readLog } from '../../../test/builders/a-log-batch.ts'
import { emptyStore, servicesDeps } from '../../../test/services-deps.ts'
import { settle } from '../../kit/clock.ts'
import { MemoryLogStore } from '../../store/logs/memory-log-store.ts'
import type { Store } from '../../store/store.ts'
import type { CallContext } from '../../wire/service.ts'
import type { Guard, NamedDemand } from '../operations.ts'
import { logsService } from './index.ts'

const ACCOUNT = '123456789012'
const GROUP = `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:/app`
const NOW = Date.UTC(2026, 0, 1)
const tags = { 'aws:resourcetag/team': ['blue'] }

let asked: readonly NamedDemand[]
let isDenied: boolean
let store: Store
let logs: MemoryLogStore
let call: (operation: string, input: object) => Promise<object>

beforeEach(async () => {
  store = await emptyStore()
  logs = new MemoryLogStore()
  isDenied = false
  const guard: Guard = {
    applies: () => true,
    check: (_tables, _call, demands) => {
      asked = demands
      if (isDenied) throw new Error('denied')
    },
  }
  const service = logsService(servicesDeps(store, { guard, logs }))
  const principal = { arn: `arn:aws:iam::${ACCOUNT}:user/ada`, account: ACCOUNT, userId: 'U', accessKeyId: 'AKID' }
  const context: CallContext = {
    requestId: 'r',
    account: ACCOUNT,
    region: 'us-east-1',
    now: NOW,
    principal,
    sourceIp: '',
    userAgent: '',
  }
  call = (operation, input) => service.call(operation, input, context)
  await call('CreateLogGroup', { logGroupName: '/app', tags: { Team: 'blue' } })
  await call('CreateLogStream', { logGroupName: '/app', logStreamName: 'web/1' })
})

const put = (logStreamName: string, timestamp = NOW) =>
  call('PutLogEvents', { logGroupName: '/app', logStreamName, logEvents: [{ timestamp, message: 'm' }] })

const groupId = (): string => store.tables.logGroups.get(GROUP)?.groupId ?? ''

describe('who calls', () => {
  it.each([
    ['PutLogEvents', { logEvents: [{ timestamp: NOW, message: 'm' }] }],
    ['GetLogEvents', {}],
    ['DeleteLogStream', {}],
  ] as const)('%s needs its action on the stream', async (operation, input) => {
    await call(operation, { logGroupName: '/app', logStreamName: 'web/1', ...input })
    const resource = `${GROUP}:log-stream:web/1`
    expect(asked).toEqual([{ action: `logs:${operation}`, resource, context: tags }])
  })

  it.each([
    'DescribeLogStreams',
    'FilterLogEvents',
    'AssociateKmsKey',
    'DisassociateKmsKey',
    'PutRetentionPolicy',
    'DeleteLogGroup',
    'ListTagsLogGroup',
  ])('%s needs its action on the group with any stream', async (operation) => {
    await call(operation, { logGroupName: '/app', retentionInDays: 1 }).catch(() => undefined)
    expect(asked).toEqual([{ action: `logs:${operation}`, resource: `${GROUP}:log-stream:`, context: tags }])
  })

  it.each(['FilterLogEvents', 'GetLogEvents'])('%s needs more to see what is masked', async (operation) => {
    await call(operation, { logGroupName: '/app', logStreamName: 'web/1', unmask: true })
    expect(asked.map(({ action }) => action)).toEqual([`logs:${operation}`, 'logs:Unmask'])
  })

  it('needs StartLiveTail on each group that is tailed', async () => {
    await call('CreateLogGroup', { logGroupName: '/db' })
    const [app, db] = [GROUP, GROUP.replace('/app', '/db')]
    await call('StartLiveTail', { logGroupIdentifiers: [app, db] })
    expect(asked.map(({ action, resource }) => [action, resource])).toEqual([
      ['logs:StartLiveTail', `${app}:log-stream:`],
      ['logs:StartLiveTail', `${db}:log-stream:`],
    ])
  })

  it('needs actions on tags on the group itself', async () => {
    await call('TagResource', { resourceArn: `${GROUP}:*`, tags: { Stage: 'test' } })
    const requested = { 'aws:tagkeys': ['Stage'], 'aws:requesttag/stage': ['test'] }
    expect(asked).toEqual([{ action: 'logs:TagResource', resource: GROUP, context: { ...tags, ...requested } }])
  })

  it('needs to be allowed to tag if there are tags from the beginning', async () => {
    await call('CreateLogGroup', { logGroupName: '/new', tags: { Stage: 'test' } })
    expect(asked.map(({ action, resource }) => [action, resource.split(':log-group:')[1]])).toEqual([
      ['logs:CreateLogGroup', '/new:log-stream:'],
      ['logs:TagResource', '/new'],
    ])
  })

  it.each([
    'PutMetricFilter',
    'DescribeMetricFilters',
    'DescribeSubscriptionFilters',
    'GetLogGroupFields',
    'StartQuery',
  ])('%s needs its action on the group of filters and queries', async (operation) => {
    await call(operation, { logGroupName: '/app' }).catch(() => undefined)
    expect(asked).toEqual([{ action: `logs:${operation}`, resource: `${GROUP}:log-stream:`, context: tags }])
  })

  it('reads a record by permission on its group, whoever has the pointer', async () => {
    await put('web/1')
    const query = { logGroupName: '/app', queryString: 'fields @message', startTime: 0, endTime: NOW / 1000 }
    const { queryId } = (await call('StartQuery', query)) as { queryId: string }
    const results = async () =>
      ((await call('GetQueryResults', { queryId })) as { results: { field: string; value: string }[][] }).results
    while ((await results()).length === 0) await settle()
    const pointer = (await results())[0]?.find(({ field }) => field === '@ptr')?.value
    await call('GetLogRecord', { logRecordPointer: pointer })
    expect(asked).toEqual([{ action: 'logs:GetLogRecord', resource: `${GROUP}:log-stream:`, context: tags }])
  })

  it('subscribes by permission on where the events go, too', async () => {
    const destination = `arn:aws:logs:us-east-1:${ACCOUNT}:destination:d`
    const subscribe = async (destinationArn: string) => {
      const request = { logGroupName: '/app', filterName: 'f', filterPattern: '', destinationArn }
      await call('PutSubscriptionFilter', request).catch(() => undefined)
      return asked.slice(1)
    }
    expect(await subscribe(`${GROUP}-2:*`)).toEqual([
      { action: 'logs:CreateLogStream', resource: `${GROUP}-2:log-stream:` },
      { action: 'logs:PutLogEvents', resource: `${GROUP}-2:log-stream:` },
    ])
    const roleArn = `arn:aws:iam::${ACCOUNT}:role/deliver`
    const targetArn = 'https://collector.example.com'
    await call('PutDestination', { destinationName: 'd', targetArn, roleArn, tags: { Team: 'red' } })
    expect(asked.map(({ action, resource }) => [action, resource])).toEqual([
      ['logs:PutDestination', destination],
      ['iam:PassRole', roleArn],
      ['logs:TagResource', destination],
    ])
    const Statement = [{ Effect: 'Allow', Principal: '*', Action: 'logs:PutSubscriptionFilter', Resource: destination }]
    const accessPolicy = JSON.stringify({ Version: '2012-10-17', Statement })
    await call('PutDestinationPolicy', { destinationName: 'd', accessPolicy })
    const context = { 'aws:resourcetag/team': ['red'] }
    expect(await subscribe(destination)).toEqual([
      { action: 'logs:PutSubscriptionFilter', resource: destination, context, resourcePolicy: accessPolicy },
    ])
  })

  it('lists groups on one without a name', async () => {
    await call('DescribeLogGroups', {})
    expect(asked[0]?.resource).toBe(`arn:aws:logs:us-east-1:${ACCOUNT}:log-group::log-stream:`)
  })
})

describe('nothing is appended', () => {
  it('by a call that is denied', async () => {
    isDenied = true
    await expect(put('web/1')).rejects.toThrow('denied')
    expect(await readLog(logs, { groupId: groupId() })).toEqual([])
  })

  it('by one that names what is not there, or events that cannot be', async () => {
    await expect(put('web/2')).rejects.toThrow('log stream does not exist')
    await expect(put('web/1', -1)).rejects.toThrow('timestamp')
    expect(await readLog(logs, { groupId: groupId() })).toEqual([])
    await put('web/1')
    expect(await readLog(logs, { groupId: groupId() })).toHaveLength(1)
  })
})
