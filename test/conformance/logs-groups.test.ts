/** What log groups have besides events: classes, index policies, exports that there are not; through the AWS SDK for JavaScript. */
import { CloudWatchLogs, InvalidOperationException } from '@aws-sdk/client-cloudwatch-logs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { logsService } from '../../src/services/logs/index.ts'
import { ACCOUNT, REGION, type ServiceServer, serviceServer } from './service-server.ts'

let server: ServiceServer
let logs: CloudWatchLogs
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
beforeEach(async () => {
  logGroupName = `/groups/${++tests}`
  await logs.createLogGroup({ logGroupName })
})

const arnOf = (name: string): string => `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${name}`

describe('index policies', () => {
  const policyDocument = '{"Fields": ["requestId"], "FieldsV2": {"status": {"type": "FACET"}}}'

  it('are kept, shown and removed', async () => {
    const { indexPolicy } = await logs.putIndexPolicy({ logGroupIdentifier: logGroupName, policyDocument })
    const expected = {
      logGroupIdentifier: arnOf(logGroupName),
      policyDocument,
      source: 'LOG_GROUP',
      lastUpdateTime: expect.any(Number) as number,
    }
    expect(indexPolicy).toEqual(expected)
    const groups = { logGroupIdentifiers: [arnOf(logGroupName)] }
    expect((await logs.describeIndexPolicies(groups)).indexPolicies).toEqual([expected])
    await logs.deleteIndexPolicy({ logGroupIdentifier: logGroupName })
    expect((await logs.describeIndexPolicies(groups)).indexPolicies).toEqual([])
  })

  it('name the fields that are indexed, beside those that always are', async () => {
    const groups = { logGroupIdentifiers: [logGroupName] }
    const names = async (given: object = {}) =>
      (await logs.describeFieldIndexes({ ...groups, ...given })).fieldIndexes?.map(
        ({ fieldIndexName, type, indexCategory }) => [fieldIndexName, type, indexCategory],
      )
    expect(await names({ indexCategories: ['CUSTOM'] })).toEqual([])
    await logs.putIndexPolicy({ logGroupIdentifier: logGroupName, policyDocument })
    expect(await names({ indexCategories: ['CUSTOM'] })).toEqual([
      ['requestId', 'FIELD_INDEX', 'CUSTOM'],
      ['status', 'FACET', 'CUSTOM'],
    ])
    expect(await names()).toContainEqual(['@logStream', 'FIELD_INDEX', 'DEFAULT'])
  })

  it.each([
    ['no', 'not a JSON object'],
    ['[]', 'not a JSON object'],
    ['{}', '1 to 20 fields'],
    ['{"Fields": []}', '1 to 20 fields'],
    ['{"Fields": "requestId"}', 'a list of names'],
    ['{"Columns": ["a"]}', 'nothing else'],
    ['{"Fields": [""]}', '1 to 100 characters'],
    [JSON.stringify({ Fields: ['x'.repeat(101)] }), '1 to 100 characters'],
    [JSON.stringify({ Fields: Array.from({ length: 21 }, (_, n) => `f${n}`) }), '1 to 20 fields'],
    ['{"Fields": ["a"], "FieldsV2": {"a": {}}}', 'names a field twice'],
    ['{"FieldsV2": {"a": {"type": "TREE"}}}', 'neither FIELD_INDEX nor FACET'],
    ['{"FieldsV2": {"a": 1}}', 'neither FIELD_INDEX nor FACET'],
  ])('cannot be %s', async (given, reason) => {
    await expect(logs.putIndexPolicy({ logGroupIdentifier: logGroupName, policyDocument: given })).rejects.toThrow(
      reason,
    )
  })
})

describe('ListLogGroups', () => {
  const listed = async (given: object) => {
    const names: (string | undefined)[] = []
    for (let nextToken: string | undefined; ;) {
      const page = await logs.listLogGroups({ ...given, limit: 2, nextToken })
      names.push(...(page.logGroups ?? []).map((group) => group.logGroupName))
      nextToken = page.nextToken
      if (nextToken === undefined) return names
    }
  }

  it('finds groups by patterns of names, class, tags and indexed fields', async () => {
    const prefix = `${logGroupName}/list`
    for (const [name, given] of [
      ['web', { tags: { team: 'blue-1', stage: 'test' } }],
      ['worker', { tags: { team: 'red' } }],
      ['rare', { logGroupClass: 'INFREQUENT_ACCESS' as const }],
    ] as const)
      await logs.createLogGroup({ logGroupName: `${prefix}/${name}`, ...given })
    await logs.putIndexPolicy({ logGroupIdentifier: `${prefix}/worker`, policyDocument: '{"Fields": ["order"]}' })
    const found = async (given: object) =>
      (await listed(given)).filter((name) => name?.startsWith(prefix)).map((name) => name?.slice(prefix.length + 1))
    expect(await found({})).toEqual(['rare', 'web', 'worker'])
    expect(await found({ logGroupNamePattern: `^/groups|nothing` })).toEqual(['rare', 'web', 'worker'])
    expect(await found({ logGroupNamePattern: '/worker|/web' })).toEqual(['web', 'worker'])
    expect(await found({ logGroupClass: 'INFREQUENT_ACCESS' })).toEqual(['rare'])
    expect(await found({ logGroupTags: [{ key: 'team' }] })).toEqual(['web', 'worker'])
    expect(await found({ logGroupTags: [{ key: 'team', values: ['blue*', 'green'] }, { key: 'stage' }] })).toEqual([
      'web',
    ])
    expect(await found({ fieldIndexNames: ['order', '@logStream'] })).toEqual(['worker'])
    await expect(listed({ logGroupNamePattern: 'ab' })).rejects.toThrow('logGroupNamePattern is not valid')
    await expect(listed({ includeLinkedAccounts: true })).rejects.toThrow('linked')
  })
})

describe('classes of groups', () => {
  it.each(['INFREQUENT_ACCESS', 'DELIVERY'] as const)(
    '%s has none of what is for STANDARD alone',
    async (logGroupClass) => {
      const name = `${logGroupName}/${logGroupClass}`
      await logs.createLogGroup({ logGroupName: name, logGroupClass })
      await logs.createLogStream({ logGroupName: name, logStreamName: 's' })
      await logs.putLogEvents({
        logGroupName: name,
        logStreamName: 's',
        logEvents: [{ timestamp: Date.now(), message: 'x' }],
      })
      const [logGroupIdentifier, logGroupIdentifiers] = [name, [name]]
      const refused = (work: Promise<unknown>) => expect(work).rejects.toBeInstanceOf(InvalidOperationException)
      await refused(logs.filterLogEvents({ logGroupName: name }))
      await refused(logs.getLogEvents({ logGroupName: name, logStreamName: 's' }))
      await refused(logs.putIndexPolicy({ logGroupIdentifier, policyDocument: '{"Fields": ["a"]}' }))
      await refused(logs.deleteIndexPolicy({ logGroupIdentifier }))
      await refused(logs.describeIndexPolicies({ logGroupIdentifiers }))
      await refused(logs.describeFieldIndexes({ logGroupIdentifiers }))
    },
  )
})

describe('exports', () => {
  it('cannot be made, and there are none', async () => {
    const task = { logGroupName, from: 0, to: 1, destination: 'bucket' }
    await expect(logs.createExportTask(task)).rejects.toThrow('there is no Amazon S3 to export to')
    await expect(logs.createExportTask({ ...task, logGroupName: '/no' })).rejects.toThrow('does not exist')
    expect((await logs.describeExportTasks({})).exportTasks).toEqual([])
    await expect(logs.cancelExportTask({ taskId: 't' })).rejects.toThrow('The specified export task does not exist.')
  })
})
