import { describe, expect, it } from 'vitest'
import { aCapacityProvider } from '../../../../test/builders/a-capacity-provider.ts'
import { aCluster } from '../../../../test/builders/a-cluster.ts'
import { ecsHarness } from '../../../../test/ecs-context.ts'
import { createCapacityProvider } from './create-capacity-provider.ts'
import { deleteCapacityProvider } from './delete-capacity-provider.ts'
import { deleteCluster } from './delete-cluster.ts'
import { describeCapacityProviders } from './describe-capacity-providers.ts'

const withProvider = async (capacityProviders: string[] = []) => {
  const ecs = await ecsHarness()
  await ecs.store.transact((tx) => {
    tx.capacityProviders.insert(aCapacityProvider())
    tx.clusters.insert(aCluster({ capacityProviders }))
  })
  return ecs
}

describe('DeleteCapacityProvider', () => {
  it('makes the provider INACTIVE, by name or ARN', async () => {
    const ecs = await withProvider()
    const { capacityProviderArn } = aCapacityProvider()

    const { capacityProvider } = await ecs.call(deleteCapacityProvider, { capacityProvider: capacityProviderArn })

    expect(capacityProvider).toMatchObject({ status: 'INACTIVE', updateStatus: 'DELETE_COMPLETE' })
    const read = await ecs.call(describeCapacityProviders, { capacityProviders: ['spare'] })
    expect(read.capacityProviders).toMatchObject([{ status: 'INACTIVE', updateStatus: 'DELETE_COMPLETE' }])
  })

  it('gives its name and its Auto Scaling group free', async () => {
    const ecs = await withProvider()
    await ecs.call(deleteCapacityProvider, { capacityProvider: 'spare' })

    const created = await ecs.call(createCapacityProvider, {
      name: 'spare',
      autoScalingGroupProvider: { autoScalingGroupArn: 'machines' },
    })

    expect(created.capacityProvider).toMatchObject({ status: 'ACTIVE', updateStatus: 'CREATE_COMPLETE' })
  })

  it('keeps one that a cluster has, until that is deleted', async () => {
    const ecs = await withProvider(['spare'])

    await expect(ecs.call(deleteCapacityProvider, { capacityProvider: 'spare' })).rejects.toMatchObject({
      code: 'ClientException',
      message:
        'The capacity provider cannot be deleted because it is associated with cluster: default. Remove the capacity ' +
        'provider from the cluster and try again.',
    })
    await ecs.call(deleteCluster, { cluster: 'default' })
    expect(await ecs.call(deleteCapacityProvider, { capacityProvider: 'spare' })).toMatchObject({
      capacityProvider: { status: 'INACTIVE' },
    })
  })

  it.each([
    ['an unknown provider', { capacityProvider: 'other' }],
    ['one of Fargate', { capacityProvider: 'FARGATE_SPOT' }],
    ['a cluster', { capacityProvider: 'spare', cluster: 'default' }],
    ['one that is deleted already', { capacityProvider: 'gone' }],
  ])('refuses %s', async (_, input) => {
    const ecs = await withProvider()
    await ecs.store.transact((tx) =>
      tx.capacityProviders.insert(aCapacityProvider({ name: 'gone', status: 'INACTIVE' })),
    )

    await expect(ecs.call(deleteCapacityProvider, input)).rejects.toMatchObject({ code: 'ClientException' })
  })
})
