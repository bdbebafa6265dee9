import { describe, expect, it } from 'vitest'
import { ecsHarness } from '../../../../test/ecs-context.ts'
import { createCluster } from './create-cluster.ts'
import { updateCluster } from './update-cluster.ts'

describe('UpdateCluster', () => {
  it('changes what the request states and leaves the rest', async () => {
    const ecs = await ecsHarness()
    await ecs.call(createCluster, {
      configuration: { managedStorageConfiguration: { kmsKeyId: 'key' } },
      serviceConnectDefaults: { namespace: 'internal' },
    })

    const { cluster } = await ecs.call(updateCluster, {
      cluster: 'default',
      settings: [{ name: 'containerInsights', value: 'enabled' }],
      configuration: { executeCommandConfiguration: { logging: 'DEFAULT' } },
    })

    expect(cluster).toMatchObject({
      settings: [{ name: 'containerInsights', value: 'enabled' }],
      configuration: {
        executeCommandConfiguration: { logging: 'DEFAULT' },
        managedStorageConfiguration: { kmsKeyId: 'key' },
      },
      serviceConnectDefaults: { namespace: 'internal' },
    })
  })

  it('takes the Service Connect default away for an empty namespace', async () => {
    const ecs = await ecsHarness()
    await ecs.call(createCluster, { serviceConnectDefaults: { namespace: 'internal' } })

    const { cluster } = await ecs.call(updateCluster, { cluster: 'default', serviceConnectDefaults: { namespace: '' } })

    expect(cluster).not.toHaveProperty('serviceConnectDefaults')
  })

  it('does not find a cluster that is not there', async () => {
    const ecs = await ecsHarness()

    await expect(ecs.call(updateCluster, { cluster: 'nope' })).rejects.toMatchObject({
      code: 'ClusterNotFoundException',
      message: 'Cluster not found.',
    })
  })
})
