import { describe, expect, it } from 'vitest'
import { aCapacityProvider } from '../../../test/builders/a-capacity-provider.ts'
import { aCluster } from '../../../test/builders/a-cluster.ts'
import { aContainerInstance } from '../../../test/builders/a-container-instance.ts'
import { aTask } from '../../../test/builders/a-task.ts'
import { aTaskDefinition } from '../../../test/builders/a-task-definition.ts'
import { ManualClock } from '../../kit/clock.ts'
import {
  CLEAN_UP_ROWS,
  CLIENT_TOKEN_RETENTION_MS,
  INACTIVE_CAPACITY_PROVIDER_RETENTION_MS,
  INACTIVE_INSTANCE_RETENTION_MS,
  STOPPED_TASK_RETENTION_MS,
} from '../../model/limits.ts'
import type { TaskRecord } from '../../model/records.ts'
import { MemoryJournal } from '../../store/journal/journal.ts'
import { Store } from '../../store/store.ts'
import type { Controller } from '../controller.ts'
import { capacityProviderRetention } from './capacity-provider-retention.ts'
import { clientTokenRetention } from './client-token-retention.ts'
import { containerInstanceRetention } from './container-instance-retention.ts'
import { taskDefinitionRetention } from './task-definition-retention.ts'
import { taskRetention } from './task-retention.ts'

const world = async () => {
  const clock = new ManualClock()
  const store = await Store.open(new MemoryJournal(), (error) => {
    throw error
  })
  return { store, clock }
}
const run = async (controller: Controller): Promise<void> => {
  for (const key of controller.keys()) await controller.reconcile(key)
}
const aStoppedTask = (stoppedAt: number): TaskRecord =>
  aTask({ lastStatus: 'STOPPED', desiredStatus: 'STOPPED', stoppedAt })

describe('task retention', () => {
  it('removes tasks an hour after they stopped, and no others', async () => {
    const { store, clock } = await world()
    const tasks = [aStoppedTask(clock.now()), aStoppedTask(clock.now() + 1), aTask()]
    await store.transact((tx) => tasks.forEach((task) => tx.tasks.insert(task)))
    await clock.advance(STOPPED_TASK_RETENTION_MS)

    await run(taskRetention({ store, clock }))

    expect([...store.tables.tasks.rows()]).toEqual(tasks.slice(1))
  })

  it('removes any number of tasks', async () => {
    const { store, clock } = await world()
    const count = CLEAN_UP_ROWS * 2 + 1
    await store.transact((tx) => {
      for (let index = 0; index < count; index++) tx.tasks.insert(aStoppedTask(clock.now()))
    })
    await clock.advance(STOPPED_TASK_RETENTION_MS)

    await run(taskRetention({ store, clock }))

    expect(store.tables.tasks.size).toBe(0)
  })
})

describe('task definition retention', () => {
  const deleting = aTaskDefinition({ revision: 2, status: 'DELETE_IN_PROGRESS' })
  const inactive = aTaskDefinition({ revision: 1, status: 'INACTIVE' })

  const worldWith = async (...tasks: readonly TaskRecord[]) => {
    const { store, clock } = await world()
    await store.transact((tx) => {
      tx.clusters.insert(aCluster())
      for (const definition of [inactive, deleting]) tx.taskDefinitions.insert(definition)
      for (const task of tasks) tx.tasks.insert(task)
    })
    await run(taskDefinitionRetention({ store, clock }))
    return [...store.tables.taskDefinitions.rows()].map(({ revision }) => revision)
  }

  it('removes a revision whose deletion was requested, and no other', async () => {
    expect(await worldWith(aTask({ taskDefinitionArn: inactive.taskDefinitionArn }))).toEqual([1])
  })

  it.each([
    ['runs', {}],
    ['stops', { desiredStatus: 'STOPPED' }],
    ['has stopped and can still be described', { desiredStatus: 'STOPPED', lastStatus: 'STOPPED' }],
  ] as const)('keeps it while a task of it %s', async (_state, task) => {
    expect(await worldWith(aTask({ taskDefinitionArn: deleting.taskDefinitionArn, ...task }))).toEqual([1, 2])
  })
})

describe('container instance retention', () => {
  it('forgets deregistered instances after a day', async () => {
    const { store, clock } = await world()
    const instances = [
      aContainerInstance({ status: 'INACTIVE', deregisteredAt: clock.now() }),
      aContainerInstance({ status: 'INACTIVE', deregisteredAt: clock.now() + 1 }),
      aContainerInstance({ status: 'DRAINING' }),
    ]
    await store.transact((tx) => instances.forEach((instance) => tx.containerInstances.insert(instance)))
    await clock.advance(INACTIVE_INSTANCE_RETENTION_MS)

    await run(containerInstanceRetention({ store, clock }))

    expect([...store.tables.containerInstances.rows()]).toEqual(instances.slice(1))
  })
})

describe('capacity provider retention', () => {
  it('forgets deleted capacity providers after an hour', async () => {
    const { store, clock } = await world()
    const deletedAt = clock.now()
    const providers = [
      aCapacityProvider({ name: 'long-gone', status: 'INACTIVE', deletedAt }),
      aCapacityProvider({ name: 'gone', status: 'INACTIVE', deletedAt: deletedAt + 1 }),
      aCapacityProvider(),
    ]
    await store.transact((tx) => providers.forEach((provider) => tx.capacityProviders.insert(provider)))
    await clock.advance(INACTIVE_CAPACITY_PROVIDER_RETENTION_MS)

    await run(capacityProviderRetention({ store, clock }))

    expect([...store.tables.capacityProviders.rows()]).toEqual(providers.slice(1))
  })
})

describe('client token retention', () => {
  const aToken = (key: string, createdAt: number) => ({ key, requestHash: 'h', response: '{}', createdAt })

  it('removes tokens after a day', async () => {
    const { store, clock } = await world()
    await store.transact((tx) => {
      tx.clientTokens.insert(aToken('old', clock.now()))
      tx.clientTokens.insert(aToken('new', clock.now() + 1))
    })
    await clock.advance(CLIENT_TOKEN_RETENTION_MS)

    await run(clientTokenRetention({ store, clock }))

    expect([...store.tables.clientTokens.rows()].map(({ key }) => key)).toEqual(['new'])
  })
})
