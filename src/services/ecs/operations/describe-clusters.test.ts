import { describe, expect, it } from 'vitest'
import { aContainerInstance } from '../../../../test/builders/a-container-instance.ts'
import { aDeployment, aService, aServiceRevision, aTaskSet } from '../../../../test/builders/a-service.ts'
import { aTask } from '../../../../test/builders/a-task.ts'
import { ACCOUNT, ecsHarness } from '../../../../test/ecs-context.ts'
import type { ServiceRecord } from '../../../model/service-records.ts'
import { createCluster } from './create-cluster.ts'
import { deleteCluster } from './delete-cluster.ts'
import { describeClusters } from './describe-clusters.ts'

const arnOf = (name: string, region = 'us-east-1'): string => `arn:aws:ecs:${region}:${ACCOUNT}:cluster/${name}`

describe('DescribeClusters', () => {
  it('assumes the default cluster', async () => {
    const ecs = await ecsHarness()
    await ecs.call(createCluster, {})

    expect(await ecs.call(describeClusters, {})).toMatchObject({ clusters: [{ clusterName: 'default' }], failures: [] })
  })

  it('finds clusters by name and by ARN, each once, and reports the missing', async () => {
    const ecs = await ecsHarness()
    await ecs.call(createCluster, { clusterName: 'a' })

    const { clusters, failures } = await ecs.call(describeClusters, {
      clusters: ['a', arnOf('a'), 'b', arnOf('a', 'eu-west-1')],
    })

    expect(clusters?.map(({ clusterArn }) => clusterArn)).toEqual([arnOf('a')])
    expect(failures).toEqual([
      { arn: arnOf('b'), reason: 'MISSING' },
      { arn: arnOf('a', 'eu-west-1'), reason: 'MISSING' },
    ])
  })

  it('shows tags, settings, configuration, attachments and statistics only when asked', async () => {
    const ecs = await ecsHarness()
    await ecs.call(createCluster, {
      tags: [{ key: 'k', value: 'v' }],
      configuration: { executeCommandConfiguration: { logging: 'NONE' } },
      capacityProviders: ['FARGATE'],
    })

    const plain = await ecs.call(describeClusters, {})
    const whole = await ecs.call(describeClusters, {
      include: ['ATTACHMENTS', 'CONFIGURATIONS', 'SETTINGS', 'STATISTICS', 'TAGS'],
    })

    expect(plain.clusters?.[0]).toMatchObject({
      tags: [],
      settings: [],
      statistics: [],
      capacityProviders: ['FARGATE'],
    })
    expect(plain.clusters?.[0]).not.toHaveProperty('configuration')
    expect(whole.clusters?.[0]).toMatchObject({
      tags: [{ key: 'k', value: 'v' }],
      settings: [{ name: 'containerInsights', value: 'disabled' }],
      configuration: { executeCommandConfiguration: { logging: 'NONE' } },
      attachments: [],
      attachmentsStatus: 'UPDATE_COMPLETE',
    })
    expect(whole.clusters?.[0]?.statistics).toHaveLength(12)
  })

  it('counts instances and tasks, by launch type in the statistics', async () => {
    const ecs = await ecsHarness()
    await ecs.call(createCluster, {})
    await ecs.store.transact((tx) => {
      tx.containerInstances.insert(aContainerInstance({ status: 'DRAINING' }))
      tx.containerInstances.insert(aContainerInstance({ status: 'INACTIVE' }))
      tx.tasks.insert(aTask({ lastStatus: 'RUNNING', launchType: 'EC2' }))
      tx.tasks.insert(aTask({ lastStatus: 'RUNNING', launchType: 'FARGATE' }))
      tx.tasks.insert(aTask({ lastStatus: 'PENDING', launchType: 'FARGATE' }))
      tx.tasks.insert(aTask({ lastStatus: 'PROVISIONING', launchType: 'EXTERNAL' }))
      tx.tasks.insert(aTask({ lastStatus: 'STOPPED' }))
    })

    const { clusters } = await ecs.call(describeClusters, { include: ['STATISTICS'] })

    expect(clusters?.[0]).toMatchObject({
      registeredContainerInstancesCount: 1,
      runningTasksCount: 2,
      pendingTasksCount: 2,
    })
    expect(Object.fromEntries(clusters?.[0]?.statistics?.map(({ name, value }) => [name, value]) ?? [])).toMatchObject({
      runningEC2TasksCount: '1',
      runningFargateTasksCount: '1',
      pendingEC2TasksCount: '0',
      pendingFargateTasksCount: '1',
      pendingExternalTasksCount: '1',
      activeEC2ServiceCount: '0',
    })
  })

  it('counts services, by launch type in the statistics', async () => {
    const ecs = await ecsHarness()
    await ecs.call(createCluster, {})
    await ecs.store.transact((tx) => {
      const insert = (service: ServiceRecord, launchType: 'EC2' | 'FARGATE' | 'EXTERNAL') => {
        const revision = aServiceRevision({ serviceArn: service.serviceArn, launchType })
        tx.services.insert(service)
        tx.serviceRevisions.insert(revision)
        if (service.deploymentController === 'ECS') tx.deployments.insert(aDeployment(revision))
        else tx.taskSets.insert(aTaskSet(revision, { status: 'PRIMARY' }))
      }
      insert(aService({ serviceName: 'a' }), 'EC2')
      insert(aService({ serviceName: 'b' }), 'FARGATE')
      insert(aService({ serviceName: 'c', status: 'DRAINING' }), 'FARGATE')
      insert(aService({ serviceName: 'd', status: 'INACTIVE' }), 'EC2')
      insert(aService({ serviceName: 'e', deploymentController: 'EXTERNAL' }), 'EXTERNAL')
    })

    const { clusters } = await ecs.call(describeClusters, { include: ['STATISTICS'] })

    expect(clusters?.[0]?.activeServicesCount).toBe(3)
    expect(Object.fromEntries(clusters?.[0]?.statistics?.map(({ name, value }) => [name, value]) ?? [])).toMatchObject({
      activeEC2ServiceCount: '1',
      activeFargateServiceCount: '1',
      activeExternalServiceCount: '1',
      drainingEC2ServiceCount: '0',
      drainingFargateServiceCount: '1',
    })
  })

  it('still describes a deleted cluster', async () => {
    const ecs = await ecsHarness()
    await ecs.call(createCluster, {})
    await ecs.call(deleteCluster, { cluster: 'default' })

    expect(await ecs.call(describeClusters, {})).toMatchObject({ clusters: [{ status: 'INACTIVE' }] })
  })

  it.each([
    ['more than 100 clusters', { clusters: Array.from({ length: 101 }, (_, index) => `c${index}`) }],
    ['an unknown include', { include: ['EVERYTHING'] }],
    ['the ARN of something else', { clusters: [`arn:aws:ecs:us-east-1:${ACCOUNT}:service/a`] }],
    ['an ARN with too many parts', { clusters: [`${arnOf('a')}/b`] }],
    ['the ARN of another service', { clusters: [`arn:aws:iam::${ACCOUNT}:role/a`] }],
  ])('refuses %s', async (_, input) => {
    const ecs = await ecsHarness()

    await expect(ecs.call(describeClusters, input as never)).rejects.toMatchObject({
      code: 'InvalidParameterException',
    })
  })
})
