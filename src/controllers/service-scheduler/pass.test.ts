import { describe, expect, it } from 'vitest'
import { aCapacityProvider } from '../../../test/builders/a-capacity-provider.ts'
import { aContainerInstance } from '../../../test/builders/a-container-instance.ts'
import { withPasses } from '../../../test/builders/a-pass.ts'
import { aServiceRevision } from '../../../test/builders/a-service.ts'
import { SERVICE_STARTS_PER_TRANSACTION, SERVICE_STOPS_PER_TRANSACTION } from '../../model/limits.ts'

const RUNS = { lastStatus: 'RUNNING' } as const

describe('a look at a service', () => {
  it('starts what is missing, as tasks of its deployment', async () => {
    const { pass, tasks, deployment, service } = await withPasses({
      service: { propagateTags: 'SERVICE', tags: [{ key: 'team', value: 'a' }] },
    })
    expect(await pass()).toMatchObject({ startedCount: 2, isUnfinished: false, isBlocked: false })
    expect(tasks()).toHaveLength(2)
    for (const task of tasks())
      expect(task).toMatchObject({
        group: 'service:web',
        startedBy: deployment().deploymentId,
        containerInstanceId: 'i1',
        lastStatus: 'PENDING',
        tags: [{ key: 'team', value: 'a' }],
      })
    expect(service().steadySince).toBeUndefined()
  })

  it('writes nothing when nothing has changed', async () => {
    const { pass, clock, addTask, store, service, said } = await withPasses({
      deployment: { rolloutState: 'COMPLETED', hasRun: true },
    })
    const startedAt = clock.now()
    await addTask({ ...RUNS, startedAt })
    await addTask({ ...RUNS, startedAt })
    await pass()
    expect(service().steadySince).toBe(clock.now())
    expect(said().at(-1)).toBe('(service web) has reached a steady state.')
    const { revision } = store
    await pass()
    await clock.advance(3_600_000)
    await pass()
    expect(store.revision).toBe(revision)
  })

  it('says every six hours that the service is steady', async () => {
    const { pass, clock, addTask, said } = await withPasses({ deployment: { rolloutState: 'COMPLETED', hasRun: true } })
    await addTask({ ...RUNS, startedAt: clock.now() })
    await addTask({ ...RUNS, startedAt: clock.now() })
    await pass()
    await clock.advance(6 * 3_600_000)
    await pass()
    await pass()
    expect(said().filter((message) => message.includes('steady state'))).toHaveLength(2)
  })

  it('starts as many as one transaction takes, and leaves the rest to the next', async () => {
    const { pass, tasks } = await withPasses({
      service: { desiredCount: SERVICE_STARTS_PER_TRANSACTION + 1 },
      instances: [aContainerInstance({ cpuUnits: 1_000_000, memoryMiB: 1_000_000 })],
    })
    expect(await pass()).toMatchObject({ startedCount: SERVICE_STARTS_PER_TRANSACTION, isUnfinished: true })
    expect(await pass()).toMatchObject({ startedCount: 1, isUnfinished: false })
    expect(tasks()).toHaveLength(SERVICE_STARTS_PER_TRANSACTION + 1)
  })

  it('stops as many as one transaction takes, and leaves the rest to the next', async () => {
    const { pass, addTask, tasks } = await withPasses({ service: { desiredCount: 1 } })
    for (let count = 0; count < SERVICE_STOPS_PER_TRANSACTION + 2; count++) await addTask()
    const left = (): number => tasks().filter(({ desiredStatus }) => desiredStatus === 'RUNNING').length
    expect(await pass()).toMatchObject({ stoppedCount: SERVICE_STOPS_PER_TRANSACTION, isUnfinished: true })
    expect(left()).toBe(2)
    expect(await pass()).toMatchObject({ stoppedCount: 1, isUnfinished: false })
    expect(left()).toBe(1)
  })

  it('leaves a daemon alone whose agent connects anew', async () => {
    const { pass, addTask, store, service } = await withPasses({
      service: { schedulingStrategy: 'DAEMON', desiredCount: 1 },
    })
    const daemon = await addTask(RUNS)
    await store.transact((tx) => tx.containerInstances.update('i1', { agentConnected: false, agentDisconnectedAt: 0 }))
    expect(await pass()).toMatchObject({ startedCount: 0 })
    expect(store.tables.tasks.get(daemon.taskId)).toMatchObject({ desiredStatus: 'RUNNING' })
    expect(service()).toMatchObject({ desiredCount: 1 })
  })

  it('stops tasks that nobody of the service holds', async () => {
    const { pass, addTask, store } = await withPasses()
    const orphan = await addTask({ startedBy: 'ecs-svc/1111111111111111111' })
    await pass()
    expect(store.tables.tasks.get(orphan.taskId)).toMatchObject({
      desiredStatus: 'STOPPED',
      stoppedReason: 'Scaling activity initiated by (deployment ecs-svc/1111111111111111111)',
    })
  })

  it('lets tasks wait where a capacity provider is to bring capacity', async () => {
    const provider = aCapacityProvider({ name: 'spare' })
    const revision = aServiceRevision({ capacityProviderStrategy: [{ capacityProvider: 'spare', weight: 1 }] })
    const { pass, tasks, store } = await withPasses({ capacityProviders: [provider] })
    const [held] = store.tables.deployments.rows()
    await store.transact((tx) => {
      tx.serviceRevisions.put({ ...revision, serviceRevisionArn: held!.serviceRevisionArn })
    })
    expect(await pass()).toMatchObject({ startedCount: 2, isBlocked: false })
    for (const task of tasks()) {
      expect(task).toMatchObject({ lastStatus: 'PROVISIONING', launchType: 'EC2', capacityProviderName: 'spare' })
      expect(task.waiting?.placementStrategy).not.toEqual([])
      expect(task.containerInstanceId).toBeUndefined()
    }
  })

  it('looks again when the unhealthy may be stopped, and when a host is lost', async () => {
    const { pass, clock, addTask, store } = await withPasses({
      service: { healthCheckGracePeriodSeconds: 30 },
      deployment: { rolloutState: 'COMPLETED', hasRun: true },
    })
    const now = clock.now()
    await addTask({ ...RUNS, startedAt: now, healthStatus: 'UNHEALTHY' })
    await addTask({ ...RUNS, startedAt: now, healthStatus: 'HEALTHY' })
    expect((await pass()).againAt).toBe(now + 30_000)
    await addTask({ ...RUNS, desiredStatus: 'STOPPED' })
    await store.transact((tx) =>
      tx.containerInstances.update('i1', { agentConnected: false, agentDisconnectedAt: now - 50_000 }),
    )
    expect((await pass()).againAt).toBe(now + 10_000)
  })
})

describe('a service that is being deleted', () => {
  it('stops its tasks in portions, and is INACTIVE when all were asked to', async () => {
    const { pass, store, addTask, service } = await withPasses({ service: { status: 'DRAINING' } })
    for (let count = 0; count <= SERVICE_STOPS_PER_TRANSACTION; count++) await addTask(RUNS)
    expect(await pass()).toMatchObject({ isUnfinished: true })
    expect(service().status).toBe('DRAINING')
    expect(await pass()).toMatchObject({ isUnfinished: false })
    expect(service()).toMatchObject({ status: 'INACTIVE', endedAt: expect.any(Number) })
    expect([...store.tables.deployments.rows()]).toEqual([])
    expect([...store.tables.serviceDeployments.rows()]).toMatchObject([{ status: 'STOPPED' }])
    expect(await pass()).toMatchObject({ startedCount: 0, isUnfinished: false })
  })
})
