import { describe, expect, it } from 'vitest'
import { aCapacityProvider } from '../../../../test/builders/a-capacity-provider.ts'
import { ecsHarness } from '../../../../test/ecs-context.ts'
import { describeCapacityProviders } from './describe-capacity-providers.ts'
import { updateCapacityProvider } from './update-capacity-provider.ts'

const withProvider = async () => {
  const ecs = await ecsHarness()
  await ecs.store.transact((tx) => tx.capacityProviders.insert(aCapacityProvider()))
  return ecs
}

describe('UpdateCapacityProvider', () => {
  it('changes the members that were sent, and no others', async () => {
    const ecs = await withProvider()
    const before = aCapacityProvider().autoScalingGroupProvider
    await ecs.call(updateCapacityProvider, {
      name: 'spare',
      autoScalingGroupProvider: { managedScaling: { targetCapacity: 50 }, managedDraining: 'DISABLED' },
    })

    const { capacityProviders } = await ecs.call(describeCapacityProviders, { capacityProviders: ['spare'] })

    expect(capacityProviders).toMatchObject([
      {
        updateStatus: 'UPDATE_COMPLETE',
        autoScalingGroupProvider: {
          ...before,
          managedScaling: { ...before.managedScaling, targetCapacity: 50 },
          managedDraining: 'DISABLED',
        },
      },
    ])
  })

  it('protects from termination only where scaling is managed', async () => {
    const ecs = await withProvider()
    const update = (status: 'ENABLED' | 'DISABLED') =>
      ecs.call(updateCapacityProvider, {
        name: 'spare',
        autoScalingGroupProvider: { managedScaling: { status }, managedTerminationProtection: 'ENABLED' },
      })

    await expect(update('DISABLED')).rejects.toMatchObject({ code: 'ClientException' })
    expect(await update('ENABLED')).toMatchObject({
      capacityProvider: { autoScalingGroupProvider: { managedTerminationProtection: 'ENABLED' } },
    })
  })

  it.each([
    ['no name', { name: '' }],
    ['an unknown provider', { name: 'other' }],
    ['one of Fargate', { name: 'FARGATE' }],
    ['a cluster', { name: 'spare', cluster: 'default' }],
  ])('refuses %s', async (_, input) => {
    const ecs = await withProvider()

    await expect(ecs.call(updateCapacityProvider, input)).rejects.toMatchObject({ code: 'ClientException' })
  })

  it('refuses Managed Instances', async () => {
    const ecs = await withProvider()

    await expect(
      ecs.call(updateCapacityProvider, { name: 'spare', managedInstancesProvider: {} as never }),
    ).rejects.toMatchObject({ code: 'UnsupportedFeatureException' })
  })
})
