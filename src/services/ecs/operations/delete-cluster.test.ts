import { describe, expect, it } from 'vitest'
import { aContainerInstance } from '../../../../test/builders/a-container-instance.ts'
import { aService } from '../../../../test/builders/a-service.ts'
import { aTask } from '../../../../test/builders/a-task.ts'
import { ACCOUNT, type EcsHarness, ecsHarness } from '../../../../test/ecs-context.ts'
import { createCluster } from './create-cluster.ts'
import { deleteCluster } from './delete-cluster.ts'

const withCluster = async (): Promise<EcsHarness> => {
  const ecs = await ecsHarness()
  await ecs.call(createCluster, {})
  return ecs
}

describe('DeleteCluster', () => {
  it('makes an empty cluster INACTIVE', async () => {
    const ecs = await withCluster()
    await ecs.store.transact((tx) => {
      tx.containerInstances.insert(aContainerInstance({ status: 'INACTIVE' }))
      tx.tasks.insert(aTask({ lastStatus: 'STOPPED' }))
    })

    const { cluster } = await ecs.call(deleteCluster, { cluster: `arn:aws:ecs:us-east-1:${ACCOUNT}:cluster/default` })

    expect(cluster?.status).toBe('INACTIVE')
    await expect(ecs.call(deleteCluster, { cluster: 'default' })).rejects.toMatchObject({
      code: 'ClusterNotFoundException',
    })
  })

  it('refuses while container instances are registered', async () => {
    const ecs = await withCluster()
    await ecs.store.transact((tx) => tx.containerInstances.insert(aContainerInstance({ status: 'DRAINING' })))

    await expect(ecs.call(deleteCluster, { cluster: 'default' })).rejects.toMatchObject({
      code: 'ClusterContainsContainerInstancesException',
      message: 'The Cluster cannot be deleted while Container Instances are active or draining.',
    })
  })

  it.each(['ACTIVE', 'DRAINING'] as const)('refuses while a service is %s', async (status) => {
    const ecs = await withCluster()
    await ecs.store.transact((tx) => {
      tx.services.insert(aService({ status }))
      tx.services.insert(aService({ serviceName: 'gone', status: 'INACTIVE' }))
    })

    await expect(ecs.call(deleteCluster, { cluster: 'default' })).rejects.toMatchObject({
      code: 'ClusterContainsServicesException',
      message: 'The Cluster cannot be deleted while Services are active.',
    })
  })

  it('refuses while a task has not stopped', async () => {
    const ecs = await withCluster()
    await ecs.store.transact((tx) => tx.tasks.insert(aTask({ lastStatus: 'STOPPING' })))

    await expect(ecs.call(deleteCluster, { cluster: 'default' })).rejects.toMatchObject({
      code: 'ClusterContainsTasksException',
      message: 'The Cluster cannot be deleted while Tasks are active.',
    })
  })
})
