import { describe, expect, it } from 'vitest'
import { aTask } from '../../../../test/builders/a-task.ts'
import { ecsHarness } from '../../../../test/ecs-context.ts'
import { createCluster } from './create-cluster.ts'
import { putClusterCapacityProviders } from './put-cluster-capacity-providers.ts'

const fargate = { capacityProvider: 'FARGATE', weight: 1 }

describe('PutClusterCapacityProviders', () => {
  it('replaces capacity providers and the default strategy', async () => {
    const ecs = await ecsHarness()
    await ecs.call(createCluster, { capacityProviders: ['FARGATE_SPOT'] })

    const { cluster } = await ecs.call(putClusterCapacityProviders, {
      cluster: 'default',
      capacityProviders: ['FARGATE'],
      defaultCapacityProviderStrategy: [fargate],
    })

    expect(cluster).toMatchObject({
      capacityProviders: ['FARGATE'],
      defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1, base: 0 }],
      attachmentsStatus: 'UPDATE_COMPLETE',
    })
  })

  it('keeps a capacity provider that a task runs by', async () => {
    const ecs = await ecsHarness()
    await ecs.call(createCluster, { capacityProviders: ['FARGATE', 'FARGATE_SPOT'] })
    await ecs.store.transact((tx) =>
      tx.tasks.insert(aTask({ launchType: 'FARGATE', capacityProviderName: 'FARGATE_SPOT' })),
    )
    const put = (capacityProviders: string[]) =>
      ecs.call(putClusterCapacityProviders, {
        cluster: 'default',
        capacityProviders,
        defaultCapacityProviderStrategy: [],
      })

    await expect(put([])).rejects.toMatchObject({ code: 'ResourceInUseException' })
    expect(await put(['FARGATE_SPOT'])).toMatchObject({ cluster: { capacityProviders: ['FARGATE_SPOT'] } })
  })

  it.each([
    ['an unknown capacity provider', ['asg'], []],
    ['a strategy over what is not associated', ['FARGATE'], [{ capacityProvider: 'FARGATE_SPOT' }]],
    ['the same capacity provider twice', ['FARGATE'], [fargate, fargate]],
    [
      'two bases',
      ['FARGATE', 'FARGATE_SPOT'],
      [
        { ...fargate, base: 1 },
        { capacityProvider: 'FARGATE_SPOT', base: 1 },
      ],
    ],
    ['a weight above 1000', ['FARGATE'], [{ ...fargate, weight: 1001 }]],
    ['a base above 100000', ['FARGATE'], [{ ...fargate, base: 100_001 }]],
    ['more than 20 items', ['FARGATE'], Array.from({ length: 21 }, () => fargate)],
  ])('refuses %s', async (_, capacityProviders, defaultCapacityProviderStrategy) => {
    const ecs = await ecsHarness()
    await ecs.call(createCluster, {})

    await expect(
      ecs.call(putClusterCapacityProviders, { cluster: 'default', capacityProviders, defaultCapacityProviderStrategy }),
    ).rejects.toMatchObject({ code: 'InvalidParameterException' })
  })
})
