/** What tasks use, over the server's port: signed as the SDK signs, asked as `longshore top` asks. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ECSClient } from '@aws-sdk/client-ecs'
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askServer } from '../../src/cli/own-call.ts'
import { readUsage } from '../../src/cli/top/usage.ts'
import type { UsageKind } from '../../src/model/usage.ts'
import { SystemClock } from '../../src/kit/clock.ts'
import { SystemIds } from '../../src/kit/ids.ts'
import { silentLog } from '../../src/kit/log.ts'
import { clusterArn, serviceArn } from '../../src/model/arn.ts'
import { bootstrap } from '../../src/roles/bootstrap.ts'
import { ControlPlane } from '../../src/roles/control-plane.ts'
import { MemoryJournal } from '../../src/store/journal/journal.ts'
import { MINUTE_MS } from '../../src/store/metrics/metric-store.ts'
import { Store } from '../../src/store/store.ts'
import { aContainerInstance } from '../builders/a-container-instance.ts'
import { aService } from '../builders/a-service.ts'
import { aTask } from '../builders/a-task.ts'
import { aSealer } from '../services-deps.ts'
import { passingStores } from '../passing-stores.ts'

const ACCOUNT = '123456789012'
const REGION = 'eu-west-1'
const CLUSTER_ARN = clusterArn(REGION, ACCOUNT, 'default')
const clock = new SystemClock()

let server: Server
let store: Store
let plane: ControlPlane
let endpoint: string
let rootKey: Credentials

interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

beforeAll(async () => {
  store = await Store.open(new MemoryJournal(), (error) => {
    throw error
  })
  const { metrics, ...others } = passingStores(clock)
  const common = { ...others, store, clock, ids: new SystemIds(), account: ACCOUNT, region: REGION }
  const { keys, rootAccessKey } = await bootstrap({ ...common, sealer: aSealer(), cluster: 'default' })
  rootKey = rootAccessKey
  plane = new ControlPlane({ ...common, log: silentLog, isDev: false, endpoint: 'http://x', keys, metrics })
  server = createServer(plane.listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await store.transact((tx) => {
    tx.containerInstances.insert(aContainerInstance({ containerInstanceId: 'i1', clusterArn: CLUSTER_ARN }))
    tx.services.insert(
      aService({ serviceArn: serviceArn(CLUSTER_ARN, 'web'), clusterArn: CLUSTER_ARN, serviceName: 'web' }),
    )
    const common = {
      clusterArn: CLUSTER_ARN,
      containerInstanceId: 'i1',
      lastStatus: 'RUNNING',
      group: 'service:web',
    } as const
    tx.tasks.insert(aTask({ ...common, taskId: 't1' }))
  })
  const now = clock.now()
  plane.controllers.usage.record({ taskId: 't1', usage: { cpuUnits: 64 }, reportedAt: now, receivedAt: now })
  const dimensions = [
    { name: 'ClusterName', value: 'default' },
    { name: 'ServiceName', value: 'web' },
  ]
  const statistics = { minimum: 20, maximum: 20, sum: 20, sampleCount: 1 }
  const series = { namespace: 'AWS/ECS', metricName: 'CPUUtilization', unit: 'Percent', dimensions }
  metrics.put({ account: ACCOUNT, region: REGION }, [
    { ...series, timestamp: now - MINUTE_MS, statistics },
    { ...series, timestamp: now, statistics },
  ])
})

afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await store.close()
})

const clientWith = (credentials = rootKey): ECSClient =>
  new ECSClient({ endpoint, region: REGION, credentials, maxAttempts: 1 })

const usage = (client: ECSClient, given: { cluster?: string; by?: UsageKind; historyMinutes?: number } = {}) =>
  readUsage(client, { cluster: 'default', by: 'service', historyMinutes: 0, ...given })

/** A user who may do these things to everything. */
const userWith = async (name: string, actions: readonly string[]): Promise<ECSClient> => {
  const iam = new IAMClient({ endpoint, region: REGION, credentials: rootKey })
  await iam.send(new CreateUserCommand({ UserName: name }))
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
  })
  await iam.send(new PutUserPolicyCommand({ UserName: name, PolicyName: 'all', PolicyDocument }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: name }))
  return clientWith({ accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! })
}

describe('what tasks use', () => {
  it('is told to who signs as for any call of the API', async () => {
    const [found] = await usage(clientWith())
    expect(found).toMatchObject({
      clusterArn: CLUSTER_ARN,
      by: 'service',
      cluster: { name: 'default', runningTasks: 1, usage: { cpuUnits: 64 } },
      rows: [{ name: 'web', cpuPercent: 50, reserved: { cpuUnits: 128, memoryMiB: 256 } }],
      silentInstances: [],
    })
    expect(found?.rows[0]).not.toHaveProperty('history')
    expect(await usage(clientWith(), { cluster: CLUSTER_ARN, by: 'task' })).toMatchObject([{ rows: [{ name: 't1' }] }])
    expect(await usage(clientWith(), { by: 'cluster' })).toMatchObject([{ rows: [{ name: 'default' }] }])
  })

  it('is told with its history', async () => {
    const [found] = await usage(clientWith(), { historyMinutes: 3 })
    const { cpuPercent, memoryPercent } = found!.rows[0]!.history!
    // Between the two calls a minute may have begun.
    expect(cpuPercent).toHaveLength(3)
    expect(cpuPercent).toContain(20)
    expect(memoryPercent).toEqual([null, null, null])
  })

  it('is told to nobody who may not describe the cluster and read metrics', async () => {
    const both = ['ecs:DescribeClusters', 'cloudwatch:GetMetricData']
    expect(await usage(await userWith('both', both))).toHaveLength(1)
    for (const [index, action] of both.entries()) {
      const denied = both[1 - index]!
      await expect(usage(await userWith(`one${index}`, [action]))).rejects.toThrow(
        `is not authorized to perform: ${denied}`,
      )
    }
    const response = await fetch(`${endpoint}/telemetry/usage?cluster=default`)
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { __type: 'MissingAuthenticationTokenException' },
    ])
  })

  it('is of a cluster that exists, and asked for in words that there are', async () => {
    await expect(usage(clientWith(), { cluster: 'other' })).rejects.toThrow('Cluster not found.')
    const elsewhere = clusterArn('us-east-1', ACCOUNT, 'default')
    await expect(usage(clientWith(), { cluster: elsewhere })).rejects.toThrow('Cluster not found.')
    await expect(usage(clientWith(), { by: 'colour' as UsageKind })).rejects.toThrow('by must be one of')
    await expect(usage(clientWith(), { historyMinutes: 61 })).rejects.toThrow('from 0 to 60')
    expect(await askServer(clientWith(), '/telemetry/none', {})).toBeUndefined()
  })
})
