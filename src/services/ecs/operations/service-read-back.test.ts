/** In the manner of Terraform: what was sent, on creation or in an update, is what is described afterwards. */
import type { CreateServiceRequest, UpdateServiceRequest } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { described, FARGATE, withService } from '../../../../test/ecs-services.ts'
import { updateService } from './update-service.ts'

/** Members of both requests, by what they are about. */
const BOTH: [string, Partial<CreateServiceRequest & UpdateServiceRequest>][] = [
  ['desiredCount', { desiredCount: 7 }],
  ['availabilityZoneRebalancing', { availabilityZoneRebalancing: 'DISABLED' }],
  ['percents', { deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 150 } }],
  [
    'a circuit breaker',
    {
      deploymentConfiguration: {
        deploymentCircuitBreaker: {
          enable: true,
          rollback: true,
          resetOnHealthyTask: false,
          thresholdConfiguration: { type: 'COUNT', value: 5 },
        },
      },
    },
  ],
  [
    'alarms',
    { deploymentConfiguration: { alarms: { alarmNames: ['latency', 'errors'], enable: true, rollback: true } } },
  ],
  [
    'blue/green with pauses',
    {
      deploymentConfiguration: {
        strategy: 'BLUE_GREEN',
        bakeTimeInMinutes: 5,
        lifecycleHooks: [
          {
            targetType: 'PAUSE',
            lifecycleStages: ['POST_SCALE_UP', 'PRE_PRODUCTION_TRAFFIC_SHIFT'],
            timeoutConfiguration: { timeoutInMinutes: 20, action: 'CONTINUE' },
          },
        ],
      },
    },
  ],
  [
    'linear steps',
    {
      deploymentConfiguration: {
        strategy: 'LINEAR',
        linearConfiguration: { stepPercent: 33.3, stepBakeTimeInMinutes: 0 },
      },
    },
  ],
  [
    'a canary',
    {
      deploymentConfiguration: {
        strategy: 'CANARY',
        bakeTimeInMinutes: 1,
        canaryConfiguration: { canaryPercent: 0.3, canaryBakeTimeInMinutes: 3 },
      },
    },
  ],
  [
    'early success',
    {
      deploymentConfiguration: {
        minimumHealthyPercent: 50,
        earlySuccessCriteria: { enable: true, healthyPercent: 80, sourceServiceRevisionCleanup: 'DEFERRED' },
      },
    },
  ],
  ['placementConstraints', { placementConstraints: [{ type: 'memberOf', expression: 'attribute:disk == ssd' }] }],
  [
    'placementStrategy',
    {
      availabilityZoneRebalancing: 'ENABLED',
      placementStrategy: [
        { type: 'spread', field: 'attribute:ecs.availability-zone' },
        { type: 'binpack', field: 'memory' },
      ],
    },
  ],
  ['healthCheckGracePeriodSeconds', { healthCheckGracePeriodSeconds: 2_147_483_647 }],
  ['tags of tasks', { propagateTags: 'SERVICE', enableECSManagedTags: true }],
  ['ECS Exec', { taskDefinition: 'web:2', enableExecuteCommand: true }],
]

/** What is sent of a task definition is described by its ARN. */
const expectedOf = ({ taskDefinition, ...rest }: Partial<CreateServiceRequest & UpdateServiceRequest>) => ({
  ...rest,
  ...(taskDefinition && { taskDefinition: `arn:aws:ecs:us-east-1:000000000000:task-definition/${taskDefinition}` }),
})

describe('a service is described as it was asked for', () => {
  it.each(BOTH)('on creation: %s', async (_what, given) => {
    expect(await described(await withService(given))).toMatchObject(expectedOf(given))
  })

  it.each(BOTH)('after an update: %s', async (_what, given) => {
    const ecs = await withService()

    const { service } = await ecs.call(updateService, { service: 'web', ...given })

    expect(service).toMatchObject(expectedOf(given))
    expect(await described(ecs)).toEqual(service)
  })

  it.each<[string, Partial<CreateServiceRequest>]>([
    ['tags', { tags: [{ key: 'team', value: 'a' }] }],
    ['launch type EC2', { launchType: 'EC2' }],
    ['launch type EXTERNAL', { launchType: 'EXTERNAL' }],
    ['Fargate', { ...FARGATE, platformVersion: '1.3.0' }],
    ['the latest platform', { ...FARGATE, platformVersion: 'LATEST' }],
    [
      'capacity providers',
      {
        ...FARGATE,
        launchType: undefined,
        capacityProviderStrategy: [
          { capacityProvider: 'FARGATE', base: 1, weight: 1 },
          { capacityProvider: 'FARGATE_SPOT', base: 0, weight: 3 },
        ],
      },
    ],
    [
      'a network',
      {
        ...FARGATE,
        networkConfiguration: {
          awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'], assignPublicIp: 'ENABLED' },
        },
      },
    ],
    ['the controller', { deploymentController: { type: 'ECS' }, schedulingStrategy: 'REPLICA' }],
  ])('on creation only: %s', async (_what, given) => {
    const { launchType, ...rest } = expectedOf(given)
    const service = await described(await withService(given))

    expect(service).toMatchObject({ ...rest, ...(launchType && { launchType }) })
  })

  it.each<[string, Partial<UpdateServiceRequest>]>([
    ['a platform version', { platformVersion: '1.3.0' }],
    ['a task definition', { taskDefinition: 'fargate:2' }],
    ['a network', { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-2', 'subnet-3'] } } }],
    [
      'a strategy',
      {
        capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', base: 0, weight: 1 }],
        forceNewDeployment: true,
      },
    ],
  ])('after an update of what tasks are made of: %s', async (_what, { forceNewDeployment = false, ...given }) => {
    const ecs = await withService(FARGATE)

    await ecs.call(updateService, { service: 'web', ...given, forceNewDeployment })

    const service = await described(ecs)
    expect(service).toMatchObject(expectedOf(given))
    expect(service.deployments?.[0]).toMatchObject({ status: 'PRIMARY', ...expectedOf(given) })
    expect(service.deployments).toHaveLength(2)
  })
})
