import type { CreateCapacityProviderRequest } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { ACCOUNT, ecsHarness } from '../../../../test/ecs-context.ts'
import { createCapacityProvider } from './create-capacity-provider.ts'
import { describeCapacityProviders } from './describe-capacity-providers.ts'
import { listTagsForResource } from './list-tags-for-resource.ts'
import { tagResource } from './tag-resource.ts'
import { untagResource } from './untag-resource.ts'

const groupArn = (name: string): string =>
  `arn:aws:autoscaling:us-east-1:${ACCOUNT}:autoScalingGroup:0123:autoScalingGroupName/${name}`

const aRequest = (given: Partial<CreateCapacityProviderRequest> = {}): CreateCapacityProviderRequest => ({
  name: 'spare',
  autoScalingGroupProvider: { autoScalingGroupArn: groupArn('machines') },
  ...given,
})

describe('CreateCapacityProvider', () => {
  it('describes what was asked for, with the defaults of what was not', async () => {
    const ecs = await ecsHarness()
    const created = await ecs.call(createCapacityProvider, aRequest())

    expect(created.capacityProvider).toEqual({
      capacityProviderArn: `arn:aws:ecs:us-east-1:${ACCOUNT}:capacity-provider/spare`,
      name: 'spare',
      status: 'ACTIVE',
      updateStatus: 'CREATE_COMPLETE',
      type: 'EC2_AUTOSCALING',
      autoScalingGroupProvider: {
        autoScalingGroupArn: groupArn('machines'),
        managedScaling: {
          status: 'DISABLED',
          targetCapacity: 100,
          minimumScalingStepSize: 1,
          maximumScalingStepSize: 10_000,
          instanceWarmupPeriod: 300,
        },
        managedTerminationProtection: 'DISABLED',
        managedDraining: 'ENABLED',
      },
      tags: [],
    })
  })

  it('keeps every member that was sent', async () => {
    const ecs = await ecsHarness()
    const autoScalingGroupProvider: CreateCapacityProviderRequest['autoScalingGroupProvider'] = {
      autoScalingGroupArn: 'machines',
      managedScaling: {
        status: 'ENABLED',
        targetCapacity: 80,
        minimumScalingStepSize: 2,
        maximumScalingStepSize: 20,
        instanceWarmupPeriod: 0,
      },
      managedTerminationProtection: 'ENABLED',
      managedDraining: 'DISABLED',
    }
    const tags = [{ key: 'team', value: 'blue' }]
    await ecs.call(createCapacityProvider, aRequest({ autoScalingGroupProvider, tags }))

    const read = await ecs.call(describeCapacityProviders, { capacityProviders: ['spare'], include: ['TAGS'] })

    expect(read.capacityProviders).toMatchObject([{ autoScalingGroupProvider, tags }])
  })

  it('can be tagged later', async () => {
    const ecs = await ecsHarness()
    const { capacityProvider } = await ecs.call(createCapacityProvider, aRequest({ tags: [{ key: 'a', value: '1' }] }))
    const resourceArn = capacityProvider?.capacityProviderArn
    await ecs.call(tagResource, { resourceArn, tags: [{ key: 'b', value: '2' }] })
    await ecs.call(untagResource, { resourceArn, tagKeys: ['a'] })

    expect(await ecs.call(listTagsForResource, { resourceArn })).toEqual({ tags: [{ key: 'b', value: '2' }] })
  })

  it('gives a name only once, and an Auto Scaling group to one provider, by name or ARN', async () => {
    const ecs = await ecsHarness()
    await ecs.call(createCapacityProvider, aRequest())

    await expect(ecs.call(createCapacityProvider, aRequest())).rejects.toMatchObject({
      code: 'ClientException',
      message: expect.stringContaining('The specified capacity provider already exists.'),
    })
    const again = aRequest({ name: 'other', autoScalingGroupProvider: { autoScalingGroupArn: 'machines' } })
    await expect(ecs.call(createCapacityProvider, again)).rejects.toMatchObject({
      code: 'ClientException',
      message: expect.stringContaining('already being used by another capacity provider'),
    })
  })

  const scaling = (managedScaling: object): Partial<CreateCapacityProviderRequest> => ({
    autoScalingGroupProvider: { autoScalingGroupArn: 'machines', managedScaling },
  })

  it.each<[string, Partial<CreateCapacityProviderRequest>, string]>([
    ['no name', { name: '' }, 'ClientException'],
    ['a name of AWS', { name: 'awsome' }, 'ClientException'],
    ['a name of ECS', { name: 'ECS-spare' }, 'ClientException'],
    ['a name of Fargate', { name: 'FARGATE' }, 'ClientException'],
    ['a name that is too long', { name: 'a'.repeat(256) }, 'ClientException'],
    ['no Auto Scaling group', { autoScalingGroupProvider: undefined }, 'ClientException'],
    [
      'an ARN of something else',
      { autoScalingGroupProvider: { autoScalingGroupArn: 'arn:aws:s3:::b' } },
      'ClientException',
    ],
    ['a cluster', { cluster: 'default' }, 'ClientException'],
    ['Managed Instances', { managedInstancesProvider: {} as never }, 'UnsupportedFeatureException'],
    ['an unknown status', scaling({ status: 'ON' }), 'InvalidParameterException'],
    ['a target capacity of 0', scaling({ targetCapacity: 0 }), 'InvalidParameterException'],
    ['a target capacity above 100', scaling({ targetCapacity: 101 }), 'InvalidParameterException'],
    ['a step that is too large', scaling({ maximumScalingStepSize: 10_001 }), 'InvalidParameterException'],
    [
      'steps the wrong way round',
      scaling({ minimumScalingStepSize: 5, maximumScalingStepSize: 4 }),
      'InvalidParameterException',
    ],
    [
      'termination protection without managed scaling',
      { autoScalingGroupProvider: { autoScalingGroupArn: 'machines', managedTerminationProtection: 'ENABLED' } },
      'ClientException',
    ],
    ['a reserved tag', { tags: [{ key: 'aws:x', value: '' }] }, 'InvalidParameterException'],
  ])('refuses %s', async (_, given, code) => {
    const ecs = await ecsHarness()

    await expect(ecs.call(createCapacityProvider, aRequest(given))).rejects.toMatchObject({ code })
  })
})
