import type { CreateServiceRequest } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { aServiceDeployment } from '../../../../test/builders/a-service.ts'
import { described, ecsForServices, FARGATE, WEB, withService } from '../../../../test/ecs-services.ts'
import { putClusterCapacityProviders } from './put-cluster-capacity-providers.ts'
import { createService } from './create-service.ts'

const WEB_ARN = 'arn:aws:ecs:us-east-1:000000000000:service/default/web'

describe('CreateService', () => {
  it('begins a deployment of the first revision', async () => {
    const ecs = await ecsForServices()
    const { service } = await ecs.call(createService, WEB)

    expect(service).toMatchObject({
      serviceArn: WEB_ARN,
      status: 'ACTIVE',
      desiredCount: 2,
      runningCount: 0,
      pendingCount: 0,
      deployments: [{ status: 'PRIMARY', desiredCount: 2, rolloutState: 'IN_PROGRESS', failedTasks: 0 }],
      events: [],
    })
    const [revision] = ecs.store.tables.serviceRevisions.find('byService', WEB_ARN)
    const [serviceDeployment] = ecs.store.tables.serviceDeployments.find('byService', WEB_ARN)
    expect(service?.deployments?.[0]?.id).toBe(`ecs-svc/${revision?.serviceRevisionArn.split('/').at(-1)}`)
    expect(service?.currentServiceDeployment).toBe(serviceDeployment?.serviceDeploymentArn)
    expect(serviceDeployment).toMatchObject({ status: 'PENDING', sourceServiceRevisions: [] })
  })

  it('fills in what is left out', async () => {
    expect(await described(await withService())).toMatchObject({
      launchType: 'EC2',
      schedulingStrategy: 'REPLICA',
      deploymentController: { type: 'ECS' },
      deploymentConfiguration: {
        minimumHealthyPercent: 100,
        maximumPercent: 200,
        strategy: 'ROLLING',
        bakeTimeInMinutes: 0,
        deploymentCircuitBreaker: { enable: false, rollback: false },
      },
      availabilityZoneRebalancing: 'ENABLED',
      healthCheckGracePeriodSeconds: 0,
      placementConstraints: [],
      placementStrategy: [],
      propagateTags: 'NONE',
      enableECSManagedTags: false,
      enableExecuteCommand: false,
      createdBy: 'arn:aws:iam::000000000000:root',
      tags: [],
      resourceManagementType: 'CUSTOMER',
    })
  })

  it('makes a DAEMON service with percentages of its own, and without a desired count', async () => {
    const ecs = await ecsForServices()
    const { service } = await ecs.call(createService, {
      serviceName: 'agent',
      taskDefinition: 'web',
      schedulingStrategy: 'DAEMON',
    })

    expect(service).toMatchObject({
      desiredCount: 0,
      deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 100 },
      availabilityZoneRebalancing: 'DISABLED',
    })
  })

  it('makes a service with an EXTERNAL controller without a deployment', async () => {
    const ecs = await ecsForServices()
    const { service } = await ecs.call(createService, {
      serviceName: 'web',
      desiredCount: 3,
      deploymentController: { type: 'EXTERNAL' },
    })

    expect(service).toMatchObject({
      desiredCount: 3,
      deployments: [],
      taskSets: [],
      availabilityZoneRebalancing: 'DISABLED',
    })
    expect(service).not.toHaveProperty('taskDefinition')
    expect(service).not.toHaveProperty('currentServiceRevisions')
    expect(ecs.store.tables.serviceDeployments.size).toBe(0)
  })

  it('takes the default strategy of the cluster where the request names nothing', async () => {
    const ecs = await ecsForServices()
    await ecs.call(putClusterCapacityProviders, {
      cluster: 'default',
      capacityProviders: ['FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
    })
    const { launchType: _none, ...request } = FARGATE
    const { service } = await ecs.call(createService, { ...WEB, ...request })

    expect(service).toMatchObject({
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }],
      platformVersion: 'LATEST',
      platformFamily: 'Linux',
      deployments: [{ platformVersion: '1.4.0', platformFamily: 'Linux' }],
    })
    expect(service).not.toHaveProperty('launchType')
  })

  it('answers a repeated client token with the service, and another request with a fault', async () => {
    const ecs = await ecsForServices()
    const request = { ...WEB, clientToken: 'token' }
    const first = await ecs.call(createService, request)

    expect(await ecs.call(createService, request)).toEqual(first)
    expect(ecs.store.tables.services.size).toBe(1)
    await expect(ecs.call(createService, { ...request, desiredCount: 9 })).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: 'Creation of service was not idempotent.',
    })
  })

  it('frees a name once its service is INACTIVE, of which nothing is left', async () => {
    const ecs = await withService()
    await expect(ecs.call(createService, WEB)).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: 'Creation of service was not idempotent.',
    })

    await ecs.store.transact((tx) => tx.services.update(WEB_ARN, { status: 'DRAINING' }))
    await expect(ecs.call(createService, WEB)).rejects.toMatchObject({
      message: 'Unable to Start a service that is still Draining.',
    })

    await ecs.store.transact((tx) => {
      tx.services.update(WEB_ARN, { status: 'INACTIVE' })
      tx.serviceDeployments.insert(aServiceDeployment())
      tx.serviceEvents.insert({ eventId: 'e', serviceArn: WEB_ARN, createdAt: 1, message: 'old' })
    })
    const { service } = await ecs.call(createService, WEB)

    expect(service).toMatchObject({ status: 'ACTIVE', events: [], deployments: [{ status: 'PRIMARY' }] })
    const { tables } = ecs.store
    expect(tables.serviceDeployments.findSize('byService', WEB_ARN)).toBe(1)
    expect(tables.serviceRevisions.findSize('byService', WEB_ARN)).toBe(1)
  })

  it.each<[string, Partial<CreateServiceRequest>, string]>([
    ['a name that is no name', { serviceName: 'a b' }, 'The service name can have up to 255 letters'],
    ['no name', { serviceName: '' }, 'Service name can not be blank.'],
    ['an unknown cluster', { cluster: 'none' }, 'Cluster not found.'],
    ['an unknown task definition', { taskDefinition: 'none' }, 'TaskDefinition not found.'],
    ['no task definition', { taskDefinition: undefined }, 'TaskDefinition can not be blank.'],
    ['no desired count', { desiredCount: undefined }, 'desiredCount is required'],
    ['a negative desired count', { desiredCount: -1 }, 'desiredCount must be between 0 and 5000.'],
    ['a long client token', { clientToken: 'x'.repeat(37) }, 'clientToken can have up to 36 characters'],
    [
      'a scheduling strategy that there is not',
      { schedulingStrategy: 'X' as never },
      "Value 'X' at 'schedulingStrategy'",
    ],
    ['CodeDeploy', { deploymentController: { type: 'CODE_DEPLOY' } }, 'The CODE_DEPLOY deployment controller'],
    ['a negative grace period', { healthCheckGracePeriodSeconds: -1 }, 'healthCheckGracePeriodSeconds must be'],
    ['ECS Exec without a task role', { enableExecuteCommand: true }, "The service couldn't be created because a valid"],
    ['a platform version on EC2', { platformVersion: '1.4.0' }, 'The platform version must be null'],
    ['Fargate for an EC2 definition', { launchType: 'FARGATE' }, 'does not support launch_type FARGATE.'],
    [
      'a launch type and a strategy',
      { launchType: 'EC2', capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }] },
      'Specifying both a launch type and capacity provider strategy is not supported.',
    ],
    [
      'a strategy that weighs nothing',
      {
        capacityProviderStrategy: [
          { capacityProvider: 'FARGATE', base: 1 },
          { capacityProvider: 'FARGATE_SPOT', weight: 0 },
        ],
      },
      'must contain at least one capacity provider with a weight greater than 0.',
    ],
    [
      'a placement strategy on Fargate',
      { ...FARGATE, placementStrategy: [{ type: 'random' }] },
      'not supported with FARGATE',
    ],
    ['tags propagated from nowhere', { propagateTags: 'X' as never }, "Value 'X' at 'propagateTags'"],
    ['a tag twice', { tags: [{ key: 'a' }, { key: 'a' }] }, 'Duplicate tag keys found.'],
  ])('refuses %s', async (_what, given, message) => {
    const ecs = await ecsForServices()

    await expect(ecs.call(createService, { ...WEB, ...given })).rejects.toMatchObject({
      message: expect.stringContaining(message) as string,
    })
  })

  it.each<[string, Partial<CreateServiceRequest>]>([
    ['serviceRegistries', { serviceRegistries: [{ registryArn: 'arn' }] }],
    ['serviceConnectConfiguration', { serviceConnectConfiguration: { enabled: true } }],
    ['volumeConfigurations', { volumeConfigurations: [{ name: 'data' }] }],
    ['vpcLatticeConfigurations', { vpcLatticeConfigurations: [{ roleArn: 'r', targetGroupArn: 't', portName: 'p' }] }],
    ['gatewayConnectors', { gatewayConnectors: [{} as never] }],
    [
      'monitoring',
      { monitoring: { metricConfigurations: [{ metricNames: ['CPUUtilization'], resolutionSeconds: 20 }] } },
    ],
  ])('has nothing to stand behind %s, and says so', async (member, given) => {
    const ecs = await ecsForServices()

    await expect(ecs.call(createService, { ...WEB, ...given })).rejects.toMatchObject({
      code: 'UnsupportedFeatureException',
      message: `${member} is not supported for services.`,
    })
  })

  it('takes these members where they ask for nothing', async () => {
    const ecs = await ecsForServices()

    const { service } = await ecs.call(createService, {
      ...WEB,
      loadBalancers: [],
      serviceRegistries: [],
      serviceConnectConfiguration: { enabled: false },
      volumeConfigurations: [],
      vpcLatticeConfigurations: [],
      gatewayConnectors: [],
      monitoring: {},
    })

    expect(service).toMatchObject({ status: 'ACTIVE', loadBalancers: [], serviceRegistries: [] })
  })

  it.each<[string, Partial<CreateServiceRequest>, string]>([
    [
      'a desired count',
      { desiredCount: 1 },
      'does not support a desired count for services. Remove the desired count value',
    ],
    ['a placement strategy', { placementStrategy: [{ type: 'random' }] }, 'does not support placement strategies.'],
    [
      'distinctInstance',
      { placementConstraints: [{ type: 'distinctInstance' }] },
      'distinctInstance placement constraint',
    ],
    ['Fargate', FARGATE, 'not supported with the FARGATE launch type.'],
    [
      'capacity providers',
      { ...FARGATE, launchType: undefined, capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }] },
      'Specifying a capacity provider strategy is not supported',
    ],
    ['an EXTERNAL controller', { deploymentController: { type: 'EXTERNAL' } }, 'the EXTERNAL deployment controller'],
    ['rebalancing', { availabilityZoneRebalancing: 'ENABLED' }, 'does not support the DAEMON scheduling strategy.'],
    ['blue/green', { deploymentConfiguration: { strategy: 'BLUE_GREEN' } }, 'the BLUE_GREEN deployment strategy'],
  ])('refuses a DAEMON service with %s', async (_what, given, message) => {
    const ecs = await ecsForServices()
    const daemon = { serviceName: 'agent', taskDefinition: 'web', schedulingStrategy: 'DAEMON' } as const

    await expect(ecs.call(createService, { ...daemon, ...given })).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: expect.stringContaining(message) as string,
    })
  })

  it.each<[string, Partial<CreateServiceRequest>]>([
    ['taskDefinition', { taskDefinition: 'web' }],
    ['launchType', { launchType: 'EC2' }],
    ['platformVersion', { platformVersion: 'LATEST' }],
  ])('leaves %s to task sets with an EXTERNAL controller', async (member, given) => {
    const ecs = await ecsForServices()
    const external = { serviceName: 'web', desiredCount: 1, deploymentController: { type: 'EXTERNAL' } } as const

    await expect(ecs.call(createService, { ...external, ...given })).rejects.toMatchObject({
      message: expect.stringContaining(`${member} cannot be specified`) as string,
    })
  })
})

describe('Availability Zone rebalancing', () => {
  const obstacles: [string, Partial<CreateServiceRequest>][] = [
    ['a maximumPercent of 100', { deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 50 } }],
    ['the EXTERNAL launch type', { launchType: 'EXTERNAL' }],
    ['a first placement strategy other than spread', { placementStrategy: [{ type: 'binpack', field: 'cpu' }] }],
    [
      'placement constraints on attribute:ecs.availability-zone',
      { placementConstraints: [{ type: 'memberOf', expression: 'attribute:ecs.availability-zone == us-east-1a' }] },
    ],
  ]

  it.each(obstacles)('is off by default, and refused, with %s', async (obstacle, given) => {
    expect(await described(await withService(given))).toMatchObject({ availabilityZoneRebalancing: 'DISABLED' })

    await expect(withService({ ...given, availabilityZoneRebalancing: 'ENABLED' })).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: expect.stringContaining(`Availability Zone rebalancing does not support ${obstacle}`) as string,
    })
  })
})
