import { describe, expect, it } from 'vitest'
import {
  aDeployment,
  aService,
  aServiceDeployment,
  aServiceRevision,
  aTaskSet,
} from '../../../test/builders/a-service.ts'
import { aTaskDefinition } from '../../../test/builders/a-task-definition.ts'
import { BUILT_AT_MS } from '../../../test/builders/ids.ts'
import { ManualClock } from '../../kit/clock.ts'
import { INACTIVE_SERVICE_RETENTION_MS, SERVICE_DEPLOYMENT_RETENTION_MS } from '../../model/limits.ts'
import type {
  DeploymentRecord,
  ServiceDeploymentRecord,
  ServiceRecord,
  ServiceRevisionRecord,
  TaskSetRecord,
} from '../../model/service-records.ts'
import { MemoryJournal } from '../../store/journal/journal.ts'
import { Store } from '../../store/store.ts'
import type { Controller } from '../controller.ts'
import type { RetentionOptions } from './retention.ts'
import { serviceDeploymentRetention } from './service-deployment-retention.ts'
import { serviceRetention } from './service-retention.ts'
import { serviceRevisionRetention } from './service-revision-retention.ts'
import { taskDefinitionRetention } from './task-definition-retention.ts'

interface Rows {
  readonly services?: readonly ServiceRecord[]
  readonly revisions?: readonly ServiceRevisionRecord[]
  readonly deployments?: readonly DeploymentRecord[]
  readonly taskSets?: readonly TaskSetRecord[]
  readonly serviceDeployments?: readonly ServiceDeploymentRecord[]
}

const world = async (rows: Rows) => {
  const clock = new ManualClock()
  const store = await Store.open(new MemoryJournal(), (error) => {
    throw error
  })
  await store.transact((tx) => {
    for (const row of rows.services ?? [aService()]) tx.services.insert(row)
    for (const row of rows.revisions ?? []) tx.serviceRevisions.insert(row)
    for (const row of rows.deployments ?? []) tx.deployments.insert(row)
    for (const row of rows.taskSets ?? []) tx.taskSets.insert(row)
    for (const row of rows.serviceDeployments ?? []) tx.serviceDeployments.insert(row)
  })
  const run = async (controller: (options: RetentionOptions) => Controller): Promise<void> => {
    const { keys, reconcile } = controller({ store, clock })
    for (const key of keys()) await reconcile(key)
  }
  return { store, clock, run, tables: store.tables }
}

const ended = (given: Partial<ServiceDeploymentRecord>, endedAfterMs = 0): ServiceDeploymentRecord =>
  aServiceDeployment({ status: 'STOPPED', finishedAt: BUILT_AT_MS + endedAfterMs, ...given })
const target = ({ serviceRevisionArn }: ServiceRevisionRecord) => ({ serviceRevisionArn, requestedTaskCount: 1 })

describe('service retention', () => {
  it('forgets a deleted service after a day, with everything of it, and no other', async () => {
    const gone = aService({ serviceName: 'gone', status: 'INACTIVE', endedAt: BUILT_AT_MS })
    const kept = [aService({ status: 'INACTIVE', endedAt: BUILT_AT_MS + 1 }), aService({ serviceName: 'draining' })]
    const { serviceArn } = gone
    const revision = aServiceRevision({ serviceArn })
    const { store, clock, run, tables } = await world({
      services: [gone, ...kept],
      revisions: [revision, aServiceRevision()],
      serviceDeployments: [aServiceDeployment({ serviceArn }), aServiceDeployment()],
    })
    await store.transact((tx) => {
      tx.serviceEvents.insert({ eventId: 'event', serviceArn, createdAt: BUILT_AT_MS, message: '(service gone)' })
    })
    await clock.advance(INACTIVE_SERVICE_RETENTION_MS)

    await run(serviceRetention)

    expect([...tables.services.rows()]).toEqual(kept)
    const left = [tables.serviceRevisions, tables.serviceDeployments, tables.serviceEvents].map(({ size }) => size)
    expect(left).toEqual([1, 1, 0])
  })
})

describe('service deployment retention', () => {
  it('removes service deployments 90 days after their end, and none that is under way', async () => {
    const old = ended({})
    const young = ended({}, 1)
    const underWay = aServiceDeployment()
    const { clock, run, tables } = await world({ serviceDeployments: [old, young, underWay] })
    await clock.advance(SERVICE_DEPLOYMENT_RETENTION_MS)

    await run(serviceDeploymentRetention)

    expect([...tables.serviceDeployments.rows()]).toEqual([young, underWay])
  })

  it('keeps the current one, and the last that ended well', async () => {
    const revision = aServiceRevision()
    const rollback = { reason: '', startedAt: BUILT_AT_MS, serviceRevisionArn: revision.serviceRevisionArn }
    const first = ended({ status: 'SUCCESSFUL', targetServiceRevision: target(revision) }, 1)
    const rolledBack = ended({ status: 'ROLLBACK_SUCCESSFUL', rollback }, 2)
    const failed = ended({ status: 'ROLLBACK_FAILED' }, 3)
    const current = ended({}, 4)
    const service = aService({ currentServiceDeploymentArn: current.serviceDeploymentArn })
    const { clock, run, tables } = await world({
      services: [service],
      serviceDeployments: [rolledBack, first, failed, current],
    })
    await clock.advance(SERVICE_DEPLOYMENT_RETENTION_MS + 10)

    await run(serviceDeploymentRetention)

    expect([...tables.serviceDeployments.rows()]).toEqual([rolledBack, current])
  })
})

describe('service revision retention', () => {
  it('removes old revisions that nothing refers to', async () => {
    const [unused, deployed, ofTaskSet, asSource, asTarget] = Array.from({ length: 5 }, () => aServiceRevision())
    const young = aServiceRevision({ createdAt: BUILT_AT_MS + 1 })
    const revisions = [unused!, deployed!, ofTaskSet!, asSource!, asTarget!, young]
    const history = ended({ sourceServiceRevisions: [target(asSource!)], targetServiceRevision: target(asTarget!) })
    const { clock, run, tables } = await world({
      revisions,
      deployments: [aDeployment(deployed)],
      taskSets: [aTaskSet(ofTaskSet)],
      serviceDeployments: [history],
    })
    await clock.advance(SERVICE_DEPLOYMENT_RETENTION_MS)

    await run(serviceRevisionRetention)

    expect([...tables.serviceRevisions.rows()]).toEqual(revisions.slice(1))
  })

  it('keeps the revision that a roll-back leads to', async () => {
    const revision = aServiceRevision()
    const rollback = { reason: '', startedAt: BUILT_AT_MS, serviceRevisionArn: revision.serviceRevisionArn }
    const { clock, run, tables } = await world({
      revisions: [revision],
      serviceDeployments: [ended({ status: 'ROLLBACK_SUCCESSFUL', rollback })],
    })
    await clock.advance(SERVICE_DEPLOYMENT_RETENTION_MS)

    await run(serviceRevisionRetention)

    expect(tables.serviceRevisions.size).toBe(1)
  })
})

describe('task definition retention', () => {
  const definition = aTaskDefinition({ status: 'DELETE_IN_PROGRESS' })
  const revision = aServiceRevision({ taskDefinitionArn: definition.taskDefinitionArn })

  it.each([
    ['keeps a definition that a service may start tasks of', { deployments: [aDeployment(revision)] }, 1],
    ['keeps that of a task set', { taskSets: [aTaskSet(revision)] }, 1],
    [
      'keeps that which a roll-back leads to',
      { serviceDeployments: [ended({ status: 'SUCCESSFUL', targetServiceRevision: target(revision) })] },
      1,
    ],
    ['removes one that is history', { serviceDeployments: [ended({ targetServiceRevision: target(revision) })] }, 0],
    [
      'removes one of a deleted service',
      { services: [aService({ status: 'INACTIVE' })], deployments: [aDeployment(revision)] },
      0,
    ],
  ] satisfies [string, Rows, number][])('%s', async (_what, rows, expected) => {
    const { store, run, tables } = await world({ revisions: [revision], ...rows })
    await store.transact((tx) => void tx.taskDefinitions.insert(definition))

    await run(taskDefinitionRetention)

    expect(tables.taskDefinitions.size).toBe(expected)
  })
})
