import { describe, expect, it } from 'vitest'
import { aCapacityProvider } from '../../../../test/builders/a-capacity-provider.ts'
import { aCluster } from '../../../../test/builders/a-cluster.ts'
import { aRegistration } from '../../../../test/builders/a-registration.ts'
import { aDeployment, aService, aServiceRevision } from '../../../../test/builders/a-service.ts'
import { aTask } from '../../../../test/builders/a-task.ts'
import { type EcsHarness, ecsHarness } from '../../../../test/ecs-context.ts'
import { seeded } from '../../../../test/seeded.ts'
import { createCluster } from './create-cluster.ts'
import { describeContainerInstances } from './describe-container-instances.ts'
import { putClusterCapacityProviders } from './put-cluster-capacity-providers.ts'
import { registerContainerInstance } from './register-container-instance.ts'

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

  const put = (ecs: EcsHarness, capacityProviders: string[]) =>
    ecs.call(putClusterCapacityProviders, {
      cluster: 'default',
      capacityProviders,
      defaultCapacityProviderStrategy: [],
    })

  it('makes instances of its Auto Scaling group belong to a capacity provider, for as long as the cluster has it', async () => {
    const ecs = await seeded({ capacityProviders: [aCapacityProvider()] })
    const register = async (groupName: string) => {
      const attributes = [{ name: 'aws.autoscaling.groupName', value: groupName }]
      const { containerInstance } = await ecs.call(registerContainerInstance, aRegistration({ attributes }))
      return containerInstance?.containerInstanceArn ?? ''
    }
    const arns = [await register('machines'), await register('others')]
    const shown = async () => {
      const { containerInstances = [] } = await ecs.call(describeContainerInstances, { containerInstances: arns })
      return containerInstances.map(({ capacityProviderName }) => capacityProviderName)
    }

    expect(await shown()).toEqual([undefined, undefined])
    await put(ecs, ['spare', 'FARGATE'])
    expect(await shown()).toEqual(['spare', undefined])
    arns.push(await register('machines'))
    expect(await shown()).toEqual(['spare', undefined, 'spare'])
    await put(ecs, [])
    expect(await shown()).toEqual([undefined, undefined, undefined])
  })

  it('keeps a capacity provider that a service uses', async () => {
    const revision = aServiceRevision({ capacityProviderStrategy: [{ capacityProvider: 'spare', weight: 1, base: 0 }] })
    const ecs = await seeded({
      clusters: [aCluster({ capacityProviders: ['spare', 'FARGATE'] })],
      capacityProviders: [aCapacityProvider()],
      services: [aService()],
      revisions: [revision],
      deployments: [aDeployment(revision)],
    })

    await expect(put(ecs, ['FARGATE'])).rejects.toMatchObject({
      code: 'ResourceInUseException',
      message: 'The specified capacity provider is in use and cannot be removed.',
    })
    expect(await put(ecs, ['spare'])).toMatchObject({ cluster: { capacityProviders: ['spare'] } })
  })

  it.each([
    ['a deleted capacity provider', ['gone'], []],
    ['more than 20 capacity providers', Array.from({ length: 21 }, (_, index) => `cp-${index}`), []],
    ['an ARN', [aCapacityProvider().capacityProviderArn], []],
    ['a mixed strategy', ['FARGATE', 'spare'], [fargate, { capacityProvider: 'spare', weight: 1 }]],
  ])('refuses %s', async (_, capacityProviders, defaultCapacityProviderStrategy) => {
    const many = Array.from({ length: 21 }, (_each, index) => aCapacityProvider({ name: `cp-${index}` }))
    const gone = aCapacityProvider({ name: 'gone', status: 'INACTIVE' })
    const ecs = await seeded({ capacityProviders: [aCapacityProvider(), gone, ...many] })

    await expect(
      ecs.call(putClusterCapacityProviders, { cluster: 'default', capacityProviders, defaultCapacityProviderStrategy }),
    ).rejects.toMatchObject({ code: 'InvalidParameterException' })
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
