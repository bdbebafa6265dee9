import { describe, expect, it } from 'vitest'
import { ACCOUNT, ecsHarness } from '../../../../test/ecs-context.ts'
import { createCluster } from './create-cluster.ts'
import { deleteCluster } from './delete-cluster.ts'
import { putAccountSetting } from './put-account-setting.ts'

const arnOf = (name: string): string => `arn:aws:ecs:us-east-1:${ACCOUNT}:cluster/${name}`

describe('CreateCluster', () => {
  it('creates the cluster "default" when no name is given', async () => {
    const ecs = await ecsHarness()

    const { cluster } = await ecs.call(createCluster, {})

    expect(cluster).toEqual({
      clusterArn: arnOf('default'),
      clusterName: 'default',
      status: 'ACTIVE',
      registeredContainerInstancesCount: 0,
      runningTasksCount: 0,
      pendingTasksCount: 0,
      activeServicesCount: 0,
      statistics: [],
      tags: [],
      settings: [{ name: 'containerInsights', value: 'disabled' }],
      capacityProviders: [],
      defaultCapacityProviderStrategy: [],
    })
  })

  it('keeps everything the request states', async () => {
    const ecs = await ecsHarness()

    const { cluster } = await ecs.call(createCluster, {
      clusterName: 'blue_Green-1',
      tags: [{ key: 'team', value: 'a' }, { key: 'empty' }],
      settings: [{ name: 'containerInsights', value: 'enhanced' }],
      configuration: {
        executeCommandConfiguration: { logging: 'OVERRIDE', logConfiguration: { cloudWatchLogGroupName: 'exec' } },
        managedStorageConfiguration: { kmsKeyId: 'key' },
      },
      serviceConnectDefaults: { namespace: 'internal' },
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [
        { capacityProvider: 'FARGATE', base: 1 },
        { capacityProvider: 'FARGATE_SPOT', weight: 4 },
      ],
    })

    expect(cluster).toMatchObject({
      clusterName: 'blue_Green-1',
      tags: [
        { key: 'team', value: 'a' },
        { key: 'empty', value: '' },
      ],
      settings: [{ name: 'containerInsights', value: 'enhanced' }],
      configuration: {
        executeCommandConfiguration: { logging: 'OVERRIDE' },
        managedStorageConfiguration: { kmsKeyId: 'key' },
      },
      serviceConnectDefaults: { namespace: 'internal' },
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [
        { capacityProvider: 'FARGATE', base: 1, weight: 0 },
        { capacityProvider: 'FARGATE_SPOT', base: 0, weight: 4 },
      ],
    })
  })

  it('takes Container Insights from the account setting', async () => {
    const ecs = await ecsHarness()
    await ecs.call(putAccountSetting, { name: 'containerInsights', value: 'enabled' })

    const { cluster } = await ecs.call(createCluster, {})

    expect(cluster?.settings).toEqual([{ name: 'containerInsights', value: 'enabled' }])
  })

  it('answers with the cluster that exists when nothing contradicts it', async () => {
    const ecs = await ecsHarness()
    await ecs.call(createCluster, { clusterName: 'a', tags: [{ key: 'k', value: 'v' }] })

    expect(await ecs.call(createCluster, { clusterName: 'a' })).toMatchObject({
      cluster: { tags: [{ key: 'k', value: 'v' }] },
    })
    await expect(ecs.call(createCluster, { clusterName: 'a', tags: [] })).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: 'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
    })
  })

  it('revives a deleted cluster as a new one', async () => {
    const ecs = await ecsHarness()
    await ecs.call(createCluster, { clusterName: 'a', tags: [{ key: 'old', value: '' }] })
    await ecs.call(deleteCluster, { cluster: 'a' })

    expect(await ecs.call(createCluster, { clusterName: 'a' })).toMatchObject({
      cluster: { status: 'ACTIVE', tags: [] },
    })
  })

  it('keeps the clusters of regions apart', async () => {
    const ecs = await ecsHarness()
    await ecs.call(createCluster, { clusterName: 'a', tags: [{ key: 'k', value: 'v' }] })

    const { cluster } = await ecs.call(createCluster, { clusterName: 'a' }, { region: 'eu-west-1' })

    expect(cluster).toMatchObject({ clusterArn: `arn:aws:ecs:eu-west-1:${ACCOUNT}:cluster/a`, tags: [] })
  })

  it.each([
    ['a name with a space', { clusterName: 'a b' }],
    ['an empty name', { clusterName: '' }],
    ['a name of 256 characters', { clusterName: 'a'.repeat(256) }],
    ['an ARN as the name', { clusterName: arnOf('a') }],
    ['an unknown setting', { settings: [{ name: 'other', value: 'enabled' }] }],
    ['an unknown setting value', { settings: [{ name: 'containerInsights', value: 'on' }] }],
    ['an unknown capacity provider', { capacityProviders: ['asg'] }],
    [
      'a strategy over what the cluster has not',
      { defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE' }] },
    ],
    [
      'OVERRIDE without a log configuration',
      { configuration: { executeCommandConfiguration: { logging: 'OVERRIDE' } } },
    ],
    [
      'a log configuration without OVERRIDE',
      { configuration: { executeCommandConfiguration: { logConfiguration: { s3BucketName: 'b' } } } },
    ],
    [
      'a key for ephemeral storage',
      { configuration: { managedStorageConfiguration: { fargateEphemeralStorageKmsKeyId: 'k' } } },
    ],
    ['a namespace with a slash', { serviceConnectDefaults: { namespace: 'a/b' } }],
    ['a reserved tag', { tags: [{ key: 'aws:x', value: '' }] }],
  ])('refuses %s', async (_, input) => {
    const ecs = await ecsHarness()

    await expect(ecs.call(createCluster, input as never)).rejects.toMatchObject({ code: 'InvalidParameterException' })
    expect(ecs.store.tables.clusters.size).toBe(0)
  })
})
