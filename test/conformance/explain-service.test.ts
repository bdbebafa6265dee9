/** What the scheduler remembers, over the server's port: signed as the SDK signs, asked as `longshore explain` asks. */
import { aSealer } from '../services-deps.ts'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CreateClusterCommand, ECSClient } from '@aws-sdk/client-ecs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lastPlanOf } from '../../src/cli/explain/last-plan.ts'
import { SystemClock } from '../../src/kit/clock.ts'
import { SystemIds } from '../../src/kit/ids.ts'
import { silentLog } from '../../src/kit/log.ts'
import { clusterArn, serviceArn } from '../../src/model/arn.ts'
import { bootstrap } from '../../src/roles/bootstrap.ts'
import { ControlPlane } from '../../src/roles/control-plane.ts'
import { MemoryJournal } from '../../src/store/journal/journal.ts'
import { Store } from '../../src/store/store.ts'
import { aService } from '../builders/a-service.ts'
import { passingStores } from '../passing-stores.ts'

const ACCOUNT = '123456789012'
const REGION = 'eu-west-1'
const CLUSTER_ARN = clusterArn(REGION, ACCOUNT, 'default')
const SERVICE_ARN = serviceArn(CLUSTER_ARN, 'web')

const GROUP = {
  holderId: 'ecs-svc/1',
  desiredCount: 1,
  plan: { starts: [{ holderId: 'ecs-svc/1', count: 1 }], stops: [], hindrances: [] },
  placementFailures: [],
  counts: { starting: 0, running: 0, healthy: 0, stopping: 0 },
}

let server: Server
let store: Store
let plane: ControlPlane
let endpoint: string
let credentials: { accessKeyId: string; secretAccessKey: string }

beforeAll(async () => {
  const [clock, ids] = [new SystemClock(), new SystemIds()]
  store = await Store.open(new MemoryJournal(), (error) => {
    throw error
  })
  const common = { ...passingStores(clock), store, clock, ids, account: ACCOUNT, region: REGION }
  const { keys, rootAccessKey } = await bootstrap({ ...common, sealer: aSealer(), cluster: 'default' })
  credentials = rootAccessKey
  plane = new ControlPlane({ ...common, log: silentLog, isDev: false, endpoint: 'http://x', keys })
  server = createServer(plane.listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await store.transact((tx) =>
    tx.services.insert(
      aService({ serviceArn: SERVICE_ARN, clusterArn: CLUSTER_ARN, serviceName: 'web', steadySince: 5 }),
    ),
  )
  plane.controllers.plans.record(SERVICE_ARN, { at: 7, groups: [GROUP], isSteady: true })
})

afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await store.close()
})

const clientWith = (given: Partial<typeof credentials> = {}): ECSClient =>
  new ECSClient({ endpoint, region: REGION, credentials: { ...credentials, ...given }, maxAttempts: 1 })

const get = async (query: string, init: RequestInit = {}): Promise<[number, string]> => {
  const response = await fetch(`${endpoint}/explain/service${query}`, init)
  return [response.status, ((await response.json()) as { __type: string }).__type]
}

describe('the last plan of a service', () => {
  it('is told to who signs as for any call of the API', async () => {
    expect(await lastPlanOf(clientWith(), CLUSTER_ARN, SERVICE_ARN)).toEqual({
      serviceArn: SERVICE_ARN,
      steadySince: 5,
      plan: { at: 7, groups: [{ ...GROUP, printed: ['start 1 task of ecs-svc/1'] }], isSteady: true },
    })
    expect(await lastPlanOf(clientWith(), 'default', 'web')).toMatchObject({ serviceArn: SERVICE_ARN })
  })

  it('is told to nobody else', async () => {
    expect(await get('?service=web')).toEqual([400, 'MissingAuthenticationTokenException'])
    const forged = clientWith({ secretAccessKey: 'another' })
    await expect(lastPlanOf(forged, 'default', 'web')).rejects.toThrow('signature we calculated does not match')
    const elsewhere = clientWith()
    elsewhere.config.region = async () => 'us-east-1'
    await expect(lastPlanOf(elsewhere, CLUSTER_ARN, SERVICE_ARN)).rejects.toThrow('Service not found.')
  })

  it('is of a service that exists, and only read', async () => {
    await expect(lastPlanOf(clientWith(), 'default', 'wep')).rejects.toThrow('Service not found.')
    await expect(lastPlanOf(clientWith(), 'default', '')).rejects.toThrow('The query must name a service.')
    expect(await get('?service=web', { method: 'POST', body: 'x' })).toEqual([405, 'MethodNotAllowed'])
  })

  it('leaves the connection to other calls', async () => {
    const client = clientWith()
    await lastPlanOf(client, 'default', 'web')
    expect((await client.send(new CreateClusterCommand({ clusterName: 'next' }))).cluster?.clusterName).toBe('next')
  })
})
