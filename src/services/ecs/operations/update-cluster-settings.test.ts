import { describe, expect, it } from 'vitest'
import { ecsHarness } from '../../../../test/ecs-context.ts'
import { createCluster } from './create-cluster.ts'
import { updateClusterSettings } from './update-cluster-settings.ts'

describe('UpdateClusterSettings', () => {
  it('turns Container Insights on', async () => {
    const ecs = await ecsHarness()
    await ecs.call(createCluster, {})

    const { cluster } = await ecs.call(updateClusterSettings, {
      cluster: 'default',
      settings: [{ name: 'containerInsights', value: 'enabled' }],
    })

    expect(cluster?.settings).toEqual([{ name: 'containerInsights', value: 'enabled' }])
  })

  it('refuses a value that the setting does not take, and a cluster that is not there', async () => {
    const ecs = await ecsHarness()
    await ecs.call(createCluster, {})

    await expect(
      ecs.call(updateClusterSettings, { cluster: 'default', settings: [{ name: 'containerInsights', value: 'yes' }] }),
    ).rejects.toMatchObject({ code: 'InvalidParameterException', message: "Invalid setting 'value'" })
    await expect(ecs.call(updateClusterSettings, { cluster: 'nope', settings: [] })).rejects.toMatchObject({
      code: 'ClusterNotFoundException',
    })
  })
})
