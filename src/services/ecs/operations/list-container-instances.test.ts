import { describe, expect, it } from 'vitest'
import { aContainerInstance } from '../../../../test/builders/a-container-instance.ts'
import { aTask } from '../../../../test/builders/a-task.ts'
import { type EcsHarness, ecsHarness } from '../../../../test/ecs-context.ts'
import { resourceId } from '../../../model/arn.ts'
import type { ContainerInstanceRecord, TaskRecord } from '../../../model/records.ts'
import { createCluster } from './create-cluster.ts'
import { listContainerInstances } from './list-container-instances.ts'

const withRows = async (instances: ContainerInstanceRecord[], tasks: TaskRecord[] = []): Promise<EcsHarness> => {
  const ecs = await ecsHarness()
  await ecs.call(createCluster, {})
  await ecs.store.transact((tx) => {
    for (const instance of instances) tx.containerInstances.insert(instance)
    for (const task of tasks) tx.tasks.insert(task)
  })
  return ecs
}

const listed = async (ecs: EcsHarness, input: Parameters<typeof listContainerInstances.handle>[0] = {}) => {
  const { containerInstanceArns } = await ecs.call(listContainerInstances, input)
  return containerInstanceArns!.map(resourceId)
}

const active = aContainerInstance({
  containerInstanceId: 'a'.repeat(32),
  attributes: [{ name: 'stack', value: 'prod' }],
})
const draining = aContainerInstance({ containerInstanceId: 'b'.repeat(32), status: 'DRAINING' })
const inactive = aContainerInstance({ containerInstanceId: 'c'.repeat(32), status: 'INACTIVE' })

describe('ListContainerInstances', () => {
  it('lists ARNs of all instances of the cluster that are registered', async () => {
    const ecs = await withRows([draining, active, inactive])
    const { containerInstanceArns } = await ecs.call(listContainerInstances, {})
    expect(containerInstanceArns).toEqual([
      `arn:aws:ecs:us-east-1:000000000000:container-instance/default/${active.containerInstanceId}`,
      `arn:aws:ecs:us-east-1:000000000000:container-instance/default/${draining.containerInstanceId}`,
    ])
    await ecs.call(createCluster, { clusterName: 'other' })
    expect(await listed(ecs, { cluster: 'other' })).toEqual([])
  })

  it('filters by status', async () => {
    const ecs = await withRows([active, draining, inactive])
    expect(await listed(ecs, { status: 'DRAINING' })).toEqual([draining.containerInstanceId])
    expect(await listed(ecs, { status: 'REGISTERING' })).toEqual([])
  })

  it.each([
    ['attribute:stack == prod', [active]],
    ['runningTasksCount > 0', [draining]],
    ['task:group == family:web', [draining]],
    ['not(task:group == family:web)', [active]],
  ])('filters by %s', async (filter, expected) => {
    const onDraining = { containerInstanceId: draining.containerInstanceId, lastStatus: 'RUNNING' } as const
    const ecs = await withRows([active, draining], [aTask({ ...onDraining, group: 'family:web' })])
    expect(await listed(ecs, { filter })).toEqual(expected.map(({ containerInstanceId }) => containerInstanceId))
  })

  it('gives pages, each page under its own filters only', async () => {
    const instances = Array.from({ length: 5 }, () => aContainerInstance())
    const ecs = await withRows(instances)
    const seen: string[] = []
    let nextToken: string | undefined
    do {
      const answer = await ecs.call(listContainerInstances, {
        maxResults: 2,
        ...(nextToken !== undefined && { nextToken }),
      })
      seen.push(...answer.containerInstanceArns!.map(resourceId))
      nextToken = answer.nextToken ?? undefined
    } while (nextToken !== undefined)
    expect(seen).toEqual(instances.map(({ containerInstanceId }) => containerInstanceId).toSorted())

    const first = await ecs.call(listContainerInstances, { maxResults: 2 })
    await expect(
      ecs.call(listContainerInstances, { status: 'ACTIVE', nextToken: first.nextToken }),
    ).rejects.toMatchObject({ code: 'InvalidParameterException' })
  })

  it.each([
    ['an expression that makes no sense', { filter: 'attribute:stack ==' }],
    ['an unknown status', { status: 'GONE' as never }],
    ['an INACTIVE status, which cannot be asked for', { status: 'INACTIVE' as never }],
    ['a page of none', { maxResults: 0 }],
    ['a page of more than a hundred', { maxResults: 101 }],
  ])('refuses %s', async (_what, input) => {
    const ecs = await withRows([])
    await expect(ecs.call(listContainerInstances, input)).rejects.toMatchObject({ code: 'InvalidParameterException' })
  })
})
