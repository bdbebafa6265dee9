import { describe, expect, it } from 'vitest'
import { aContainerInstance } from '../../../../test/builders/a-container-instance.ts'
import { type EcsHarness, ecsHarness } from '../../../../test/ecs-context.ts'
import { createCluster } from './create-cluster.ts'
import { updateContainerInstancesState } from './update-container-instances-state.ts'

const active = aContainerInstance()
const inactive = aContainerInstance({ status: 'INACTIVE' })

const withInstances = async (): Promise<EcsHarness> => {
  const ecs = await ecsHarness()
  await ecs.call(createCluster, {})
  await ecs.store.transact((tx) => [active, inactive].forEach((instance) => tx.containerInstances.insert(instance)))
  return ecs
}

describe('UpdateContainerInstancesState', () => {
  it('drains instances and puts them back', async () => {
    const ecs = await withInstances()
    const containerInstances = [active.containerInstanceId]
    const drained = await ecs.call(updateContainerInstancesState, { containerInstances, status: 'DRAINING' })
    expect(drained.containerInstances).toMatchObject([{ status: 'DRAINING', version: 2 }])
    const again = await ecs.call(updateContainerInstancesState, { containerInstances, status: 'DRAINING' })
    expect(again.containerInstances).toMatchObject([{ status: 'DRAINING', version: 2 }])
    const restored = await ecs.call(updateContainerInstancesState, { containerInstances, status: 'ACTIVE' })
    expect(restored.containerInstances).toMatchObject([{ status: 'ACTIVE', version: 3 }])
  })

  it('answers with a failure for each instance that it cannot change', async () => {
    const ecs = await withInstances()
    const missing = 'f'.repeat(32)
    const { containerInstances, failures } = await ecs.call(updateContainerInstancesState, {
      containerInstances: [missing, active.containerInstanceId, inactive.containerInstanceId],
      status: 'DRAINING',
    })
    expect(containerInstances).toHaveLength(1)
    const prefix = 'arn:aws:ecs:us-east-1:000000000000:container-instance/default'
    expect(failures).toEqual([
      { arn: `${prefix}/${missing}`, reason: 'MISSING' },
      { arn: `${prefix}/${inactive.containerInstanceId}`, reason: 'INACTIVE' },
    ])
  })

  it.each([
    [
      'another status',
      { containerInstances: ['a'], status: 'INACTIVE' as never },
      'Container instance status should be one of [ACTIVE, DRAINING]',
    ],
    ['no instance', { containerInstances: [], status: 'ACTIVE' as const }, 'Container instance cannot be empty.'],
    [
      'more than ten',
      { containerInstances: Array<string>(11).fill('a'), status: 'ACTIVE' as const },
      'instanceIds can have at most 10 items.',
    ],
  ])('refuses %s', async (_what, input, message) => {
    const ecs = await withInstances()
    await expect(ecs.call(updateContainerInstancesState, input)).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message,
    })
  })
})
