import type { UpdateServiceRequest } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { aTask } from '../../../../test/builders/a-task.ts'
import type { EcsHarness } from '../../../../test/ecs-context.ts'
import { described, ecsForServices, FARGATE, withService } from '../../../../test/ecs-services.ts'
import { createService } from './create-service.ts'
import { updateService } from './update-service.ts'

const WEB_ARN = 'arn:aws:ecs:us-east-1:000000000000:service/default/web'

/** The members of the Fargate service that an update may repeat. */
const AS_IT_IS: Partial<UpdateServiceRequest> = {
  taskDefinition: FARGATE.taskDefinition,
  networkConfiguration: FARGATE.networkConfiguration,
}

const { subnets = [], ...OTHERS } = FARGATE.networkConfiguration?.awsvpcConfiguration ?? {}
const REORDERED = { awsvpcConfiguration: { ...OTHERS, subnets: subnets.toReversed() } }

const update = async (ecs: EcsHarness, given: Partial<UpdateServiceRequest>) =>
  (await ecs.call(updateService, { service: 'web', ...given })).service

const serviceDeployments = (ecs: EcsHarness) => ecs.store.tables.serviceDeployments.find('byService', WEB_ARN)

describe('UpdateService', () => {
  it.each<[string, Partial<UpdateServiceRequest>]>([
    ['another task definition', { taskDefinition: 'fargate:2' }],
    ['another platform version', { platformVersion: '1.3.0' }],
    ['another network', { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-9'] } } }],
    ['force', { forceNewDeployment: true }],
  ])('begins a deployment for %s', async (_what, given) => {
    const ecs = await withService(FARGATE)
    const [before] = (await described(ecs)).deployments ?? []
    await ecs.clock.advance(1000)

    const service = await update(ecs, given)

    expect(service?.deployments).toMatchObject([
      { status: 'PRIMARY', desiredCount: 2, rolloutState: 'IN_PROGRESS' },
      { id: before?.id, status: 'ACTIVE', desiredCount: 0 },
    ])
    expect(serviceDeployments(ecs)).toMatchObject([{ status: 'STOPPED' }, { status: 'PENDING' }])
    expect(service?.currentServiceDeployment).toBe(serviceDeployments(ecs)[1]?.serviceDeploymentArn)
  })

  it.each<[string, Partial<UpdateServiceRequest>]>([
    ['nothing', {}],
    ['the same network in another order', { networkConfiguration: REORDERED }],
    ['what is so already', { ...AS_IT_IS, platformVersion: 'LATEST' }],
    ['the desired count', { desiredCount: 5 }],
    ['the deployment configuration', { deploymentConfiguration: { maximumPercent: 150 } }],
    ['rebalancing', { availabilityZoneRebalancing: 'DISABLED' }],
    ['the grace period', { healthCheckGracePeriodSeconds: 60 }],
    ['tags of tasks', { propagateTags: 'SERVICE', enableECSManagedTags: true }],
  ])('begins none for %s', async (_what, given) => {
    const ecs = await withService(FARGATE)

    const service = await update(ecs, given)

    expect(service?.deployments).toHaveLength(1)
    expect(ecs.store.tables.serviceRevisions.size).toBe(1)
  })

  it('counts the tasks of a deployment that is replaced by what is to run', async () => {
    const ecs = await withService()
    const id = (await described(ecs)).deployments?.[0]?.id ?? ''
    await ecs.store.transact((tx) => {
      const task = { startedBy: id, group: 'service:web' }
      tx.tasks.insert(aTask({ ...task, lastStatus: 'RUNNING' }))
      tx.tasks.insert(aTask({ ...task, lastStatus: 'RUNNING', desiredStatus: 'STOPPED' }))
      tx.tasks.insert(aTask({ ...task, lastStatus: 'PENDING' }))
    })

    const service = await update(ecs, { taskDefinition: 'web:2' })

    expect(service).toMatchObject({ runningCount: 1, pendingCount: 1 })
    expect(service?.deployments?.[1]).toMatchObject({ id, desiredCount: 2, runningCount: 1, pendingCount: 1 })
    expect(service?.currentServiceRevisions).toMatchObject([
      { requestedTaskCount: 2, runningTaskCount: 0 },
      { requestedTaskCount: 2, runningTaskCount: 1, pendingTaskCount: 1 },
    ])
    expect(serviceDeployments(ecs)[1]?.sourceServiceRevisions).toMatchObject([{ requestedTaskCount: 2 }])
  })

  it('takes the deployment under way to a new desired count', async () => {
    const ecs = await withService({
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } },
    })
    await ecs.store.transact((tx) => tx.services.update(WEB_ARN, { steadySince: 1 }))

    await update(ecs, { desiredCount: 100 })

    expect(serviceDeployments(ecs)).toMatchObject([
      { targetServiceRevision: { requestedTaskCount: 100 }, circuitBreaker: { threshold: 50 } },
    ])
    expect(ecs.store.tables.services.get(WEB_ARN)).not.toHaveProperty('steadySince')
  })

  it('keeps what the request leaves out, and removes what it says is empty', async () => {
    const ecs = await withService({
      placementConstraints: [{ type: 'distinctInstance' }],
      placementStrategy: [{ type: 'random' }],
      deploymentConfiguration: { minimumHealthyPercent: 25 },
    })

    await update(ecs, { placementConstraints: [], deploymentConfiguration: { maximumPercent: 300 } })

    expect(await described(ecs)).toMatchObject({
      placementConstraints: [],
      placementStrategy: [{ type: 'random' }],
      deploymentConfiguration: { minimumHealthyPercent: 25, maximumPercent: 300 },
    })
  })

  it('changes a capacity provider strategy with force only, and goes back to the launch type', async () => {
    const ecs = await withService(FARGATE)
    const capacityProviderStrategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }]
    await expect(update(ecs, { capacityProviderStrategy })).rejects.toMatchObject({
      message: expect.stringContaining('you must force a new deployment.') as string,
    })

    await update(ecs, { capacityProviderStrategy, forceNewDeployment: true })
    expect(await described(ecs)).not.toHaveProperty('launchType')
    await update(ecs, { capacityProviderStrategy, desiredCount: 1 })

    await update(ecs, { capacityProviderStrategy: [], forceNewDeployment: true })
    const service = await described(ecs)
    expect(service).toMatchObject({ launchType: 'FARGATE', platformVersion: 'LATEST' })
    expect(service).not.toHaveProperty('capacityProviderStrategy')
  })

  it('sees no change in another order of capacity providers', async () => {
    const strategy = [
      { capacityProvider: 'FARGATE', base: 1, weight: 1 },
      { capacityProvider: 'FARGATE_SPOT', base: 0, weight: 2 },
    ]
    const ecs = await withService({ ...FARGATE, launchType: undefined, capacityProviderStrategy: strategy })

    const service = await update(ecs, { capacityProviderStrategy: strategy.toReversed() })

    expect(service).toMatchObject({ capacityProviderStrategy: strategy })
    expect(service?.deployments).toHaveLength(1)
  })

  it('keeps a task definition that was deregistered meanwhile', async () => {
    const ecs = await withService()
    await ecs.store.transact((tx) =>
      tx.taskDefinitions.update('arn:aws:ecs:us-east-1:000000000000:task-definition/web:1', { status: 'INACTIVE' }),
    )

    expect((await update(ecs, { forceNewDeployment: true }))?.deployments).toHaveLength(2)
    await expect(update(ecs, { taskDefinition: 'web:1' })).rejects.toMatchObject({
      message: 'TaskDefinition is inactive',
    })
  })

  it.each<[string, Partial<UpdateServiceRequest>, string, string]>([
    ['an unknown service', { service: 'none' }, 'ServiceNotFoundException', 'Service not found.'],
    ['no service', { service: '' }, 'InvalidParameterException', 'Service can not be blank.'],
    ['an unknown cluster', { cluster: 'none' }, 'ClusterNotFoundException', 'Cluster not found.'],
    ['ECS Exec without a role', { enableExecuteCommand: true }, 'InvalidParameterException', "couldn't be updated"],
    ['another controller', { deploymentController: { type: 'EXTERNAL' } }, 'UnsupportedFeatureException', 'Changing'],
    [
      'what rebalancing stands against',
      { deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 0 } },
      'InvalidParameterException',
      'Availability Zone rebalancing does not support a maximumPercent of 100.',
    ],
    ['load balancers without a target group', { loadBalancers: [{}] }, 'InvalidParameterException', 'You must specify'],
  ])('refuses %s', async (_what, given, code, message) => {
    const ecs = await withService()

    await expect(update(ecs, given)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    })
  })

  it('refuses a service that is deleted', async () => {
    const ecs = await withService()
    await ecs.store.transact((tx) => tx.services.update(WEB_ARN, { status: 'DRAINING' }))

    await expect(update(ecs, { desiredCount: 0 })).rejects.toMatchObject({
      code: 'ServiceNotActiveException',
      message: 'Service was not ACTIVE.',
    })
  })

  it('refuses a desired count of a DAEMON service', async () => {
    const ecs = await withService({ schedulingStrategy: 'DAEMON', desiredCount: undefined })

    await expect(update(ecs, { desiredCount: 1 })).rejects.toMatchObject({
      message: expect.stringContaining('does not support a desired count for services.') as string,
    })
  })

  it('scales a service with an EXTERNAL controller, and leaves its revisions to task sets', async () => {
    const ecs = await ecsForServices()
    await ecs.call(createService, { serviceName: 'web', desiredCount: 1, deploymentController: { type: 'EXTERNAL' } })

    expect(await update(ecs, { desiredCount: 4, propagateTags: 'SERVICE' })).toMatchObject({
      desiredCount: 4,
      propagateTags: 'SERVICE',
    })
    for (const given of [{ taskDefinition: 'web' }, { forceNewDeployment: true }, { enableExecuteCommand: true }])
      await expect(update(ecs, given)).rejects.toMatchObject({
        message: expect.stringContaining('cannot be updated for a service with the EXTERNAL deployment') as string,
      })
  })
})
