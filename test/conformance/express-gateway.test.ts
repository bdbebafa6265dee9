/** Express services through the AWS SDK for JavaScript: what one call makes is seen by the services that it belongs to. */
import { ACM } from '@aws-sdk/client-acm'
import { EC2 } from '@aws-sdk/client-ec2'
import { ECS, type CreateExpressGatewayServiceRequest, type ECSExpressGatewayService } from '@aws-sdk/client-ecs'
import { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { acmService } from '../../src/services/acm/index.ts'
import { ec2Service } from '../../src/services/ec2/index.ts'
import { ecsService } from '../../src/services/ecs/index.ts'
import { elbv2Service } from '../../src/services/elbv2/index.ts'
import { removeExpressGateway } from '../../src/store/express/remove-express-gateway.ts'
import { ACCOUNT, type ServiceServer, serviceServer } from './service-server.ts'

const roleArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`
const REQUEST: CreateExpressGatewayServiceRequest = {
  serviceName: 'shop',
  executionRoleArn: roleArn('execution'),
  infrastructureRoleArn: roleArn('infrastructure'),
  primaryContainer: { image: 'shop:1' },
}

let server: ServiceServer
let ecs: ECS
let elb: ElasticLoadBalancingV2
let ec2: EC2
let acm: ACM

beforeEach(async () => {
  server = await serviceServer(ecsService, elbv2Service, ec2Service, acmService)
  ecs = new ECS(server.client)
  elb = new ElasticLoadBalancingV2(server.client)
  ec2 = new EC2(server.client)
  acm = new ACM(server.client)
})

afterEach(async () => {
  for (const client of [ecs, elb, ec2, acm]) client.destroy()
  await server.close()
})

const create = async (given: Partial<CreateExpressGatewayServiceRequest> = {}): Promise<ECSExpressGatewayService> =>
  (await ecs.createExpressGatewayService({ ...REQUEST, ...given })).service ?? {}

const read = async ({ serviceArn }: ECSExpressGatewayService) =>
  (await ecs.describeExpressGatewayService({ serviceArn, include: ['TAGS'] })).service ?? {}

const managedBy = async ({ activeConfigurations: [first] = [] }: ECSExpressGatewayService) => {
  const { serviceRevisions: [revision] = [] } = await ecs.describeServiceRevisions({
    serviceRevisionArns: [first?.serviceRevisionArn ?? ''],
  })
  return revision?.ecsManagedResources
}

/** As the scheduler does when the last task of a deleted service is gone. */
const end = ({ serviceArn = '' }: ECSExpressGatewayService): Promise<void> =>
  server.deps.store.transact((tx) => {
    for (const { deploymentId } of tx.deployments.find('byService', serviceArn)) tx.deployments.remove(deploymentId)
    const { express } = tx.services.update(serviceArn, { status: 'INACTIVE' })
    if (express !== undefined) removeExpressGateway(tx, express)
  })

const rowCounts = () => {
  const { loadBalancers, listeners, rules, targetGroups, certificates, securityGroups } = server.deps.store.tables
  const [groups, defaults] = [securityGroups.size, 1]
  return [loadBalancers.size, listeners.size, rules.size, targetGroups.size, certificates.size, groups - defaults]
}

describe('CreateExpressGatewayService', () => {
  it('needs an image and two roles, and reads back as it answers', async () => {
    const service = await create({ tags: [{ key: 'Stage', value: 'test' }] })
    expect(service).toMatchObject({
      cluster: 'default',
      serviceName: 'shop',
      infrastructureRoleArn: roleArn('infrastructure'),
      status: { statusCode: 'ACTIVE' },
      activeConfigurations: [
        {
          executionRoleArn: roleArn('execution'),
          cpu: '256',
          memory: '512',
          cpuArchitecture: 'X86_64',
          healthCheckPath: '/ping',
          primaryContainer: {
            image: 'shop:1',
            containerPort: 80,
            awsLogsConfiguration: { logStreamPrefix: 'ecs' },
          },
          scalingTarget: { minTaskCount: 1, maxTaskCount: 1 },
          ingressPaths: [{ accessType: 'PUBLIC' }],
        },
      ],
      tags: [{ key: 'Stage', value: 'test' }],
    })
    const endpoint = service.activeConfigurations?.[0]?.ingressPaths?.[0]?.endpoint
    expect(endpoint).toMatch(/^https:\/\/sh-[0-9a-f]{16}\.ecs\.us-east-1\.localhost$/)
    expect(await read(service)).toEqual(service)
  })

  it('makes a service that is deployed by canaries, in a cluster with Fargate', async () => {
    await create()
    const { services: [service] = [] } = await ecs.describeServices({ services: ['shop'] })
    expect(service).toMatchObject({
      resourceManagementType: 'ECS',
      desiredCount: 1,
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE', base: 1, weight: 1 }],
      platformVersion: 'LATEST',
      propagateTags: 'SERVICE',
      enableECSManagedTags: true,
      healthCheckGracePeriodSeconds: 300,
      availabilityZoneRebalancing: 'ENABLED',
      deploymentConfiguration: {
        strategy: 'CANARY',
        canaryConfiguration: { canaryPercent: 5, canaryBakeTimeInMinutes: 3 },
        bakeTimeInMinutes: 3,
      },
    })
    const { clusters } = await ecs.describeClusters({})
    expect(clusters).toMatchObject([{ status: 'ACTIVE', capacityProviders: ['FARGATE'] }])
    expect((await ecs.listServices({ resourceManagementType: 'ECS' })).serviceArns).toHaveLength(1)
    expect((await ecs.listServices({ resourceManagementType: 'CUSTOMER' })).serviceArns).toEqual([])
  })

  it('makes what leads to the service, which the other services show', async () => {
    const managed = await managedBy(await create())
    const [path] = managed?.ingressPaths ?? []
    const { LoadBalancers } = await elb.describeLoadBalancers({ LoadBalancerArns: [path?.loadBalancer?.arn ?? ''] })
    expect(LoadBalancers).toMatchObject([{ Scheme: 'internet-facing', Type: 'application' }])
    const { Listeners } = await elb.describeListeners({ ListenerArns: [path?.listener?.arn ?? ''] })
    expect(Listeners).toMatchObject([
      { Port: 443, Protocol: 'HTTPS', Certificates: [{ CertificateArn: path?.certificate?.arn }] },
    ])
    const { Rules } = await elb.describeRules({ RuleArns: [path?.rule?.arn ?? ''] })
    const host = path?.endpoint?.replace('https://', '')
    expect(Rules).toMatchObject([{ Priority: '1', Conditions: [{ HostHeaderConfig: { Values: [host] } }] }])
    const { TargetGroups } = await elb.describeTargetGroups({
      TargetGroupArns: path?.targetGroups?.map(({ arn = '' }) => arn),
    })
    expect(TargetGroups).toMatchObject(Array(2).fill({ TargetType: 'ip', Port: 80, HealthCheckPath: '/ping' }))
    const { Certificate } = await acm.describeCertificate({ CertificateArn: path?.certificate?.arn })
    expect(Certificate).toMatchObject({ DomainName: host, Status: 'PENDING_VALIDATION' })
    const { SecurityGroups = [] } = await ec2.describeSecurityGroups({
      Filters: [{ Name: 'tag:AmazonECSManaged', Values: ['true'] }],
    })
    expect(SecurityGroups).toHaveLength(2)
    expect(managed).toMatchObject({ serviceSecurityGroups: [{ status: 'ACTIVE' }], logGroups: [{ status: 'ACTIVE' }] })
  })

  it('has services of a VPC share a load balancer, up to 25 of them', async () => {
    for (let index = 0; index < 26; index++) await create({ serviceName: `shop${index}` })
    expect(rowCounts()).toEqual([2, 2, 28, 52, 26, 28])
    const { listeners } = server.deps.store.tables
    expect(Array.from(listeners.rows(), ({ certificateArns }) => certificateArns.length)).toEqual([25, 1])
  })

  it('is internal in private subnets', async () => {
    const { Vpc } = await ec2.createVpc({ CidrBlock: '10.0.0.0/16' })
    const subnets = await Promise.all(
      ['a', 'b'].map(async (zone, index) => {
        const AvailabilityZone = `us-east-1${zone}`
        const made = await ec2.createSubnet({ VpcId: Vpc?.VpcId, CidrBlock: `10.0.${index}.0/24`, AvailabilityZone })
        return made.Subnet?.SubnetId ?? ''
      }),
    )
    const service = await create({ networkConfiguration: { subnets } })
    expect(service.activeConfigurations?.[0]?.ingressPaths).toMatchObject([{ accessType: 'PRIVATE' }])
    expect((await managedBy(service))?.ingressPaths).toMatchObject([{ loadBalancer: { scheme: 'internal' } }])
  })

  it('names a service after its image', async () => {
    const { serviceName, ...unnamed } = REQUEST
    const { service } = await ecs.createExpressGatewayService(unnamed)
    expect(serviceName).toBeDefined()
    expect(service?.serviceName).toMatch(/^shop-[0-9a-f]{4}$/)
  })

  it('takes a definition of the customer, if it has the container that requests are for', async () => {
    const definition = {
      family: 'own',
      requiresCompatibilities: ['FARGATE' as const],
      networkMode: 'awsvpc' as const,
      cpu: '512',
      memory: '1024',
      executionRoleArn: roleArn('execution'),
    }
    const register = async (name: string): Promise<string> => {
      const portMappings = [{ containerPort: 8080, name: 'http' }]
      const containerDefinitions = [{ name, image: 'own:1', portMappings }]
      const { taskDefinition } = await ecs.registerTaskDefinition({ ...definition, containerDefinitions })
      return taskDefinition?.taskDefinitionArn ?? ''
    }
    const { executionRoleArn: _role, primaryContainer: _container, ...rest } = REQUEST
    const other = ecs.createExpressGatewayService({ ...rest, taskDefinitionArn: await register('web') })
    await expect(other).rejects.toThrow(/container named Main/)
    const { service } = await ecs.createExpressGatewayService({ ...rest, taskDefinitionArn: await register('Main') })
    expect(service?.activeConfigurations).toMatchObject([{ cpu: '512', primaryContainer: { containerPort: 8080 } }])
  })

  it.each<[string, Partial<CreateExpressGatewayServiceRequest>, string, RegExp]>([
    ['auto scaling', { scalingTarget: { maxTaskCount: 4 } }, 'UnsupportedFeatureException', /Auto scaling/],
    [
      'fewer at most than at least',
      { scalingTarget: { minTaskCount: 4, maxTaskCount: 1 } },
      'InvalidParameterException',
      /maxTaskCount/,
    ],
    ['a path that is none', { healthCheckPath: 'ping' }, 'InvalidParameterException', /healthCheckPath/],
    [
      'a subnet that is not there',
      { networkConfiguration: { subnets: ['subnet-0'] } },
      'InvalidParameterException',
      /subnet-0/,
    ],
    ['a cluster that is not there', { cluster: 'none' }, 'ClusterNotFoundException', /Cluster not found/],
    ['a size that Fargate has not', { cpu: '256', memory: '8192' }, 'ClientException', /No Fargate configuration/],
    ['a definition and a container', { taskDefinitionArn: 'own:1' }, 'InvalidParameterException', /primaryContainer/],
  ])('refuses %s, and makes nothing', async (_what, given, name, message) => {
    await expect(create(given)).rejects.toMatchObject({ name, message: expect.stringMatching(message) })
    expect(rowCounts().slice(0, 5)).toEqual([0, 0, 0, 0, 0])
    expect(server.deps.store.tables.clusters.size).toBe(0)
  })

  it('refuses a name that is taken', async () => {
    await create()
    await expect(create()).rejects.toThrow('Creation of service was not idempotent.')
    expect(rowCounts().slice(0, 5)).toEqual([1, 1, 2, 2, 1])
  })
})

describe('UpdateExpressGatewayService', () => {
  it('makes a revision in the other target group, and keeps what it is not told', async () => {
    const before = await create({ primaryContainer: { image: 'shop:1', environment: [{ name: 'A', value: '1' }] } })
    const { serviceArn } = before
    const { service } = await ecs.updateExpressGatewayService({
      serviceArn,
      primaryContainer: { image: 'shop:2', containerPort: 8080 },
      healthCheckPath: '/health',
      scalingTarget: { minTaskCount: 2 },
    })
    expect(service?.targetConfiguration).toMatchObject({
      healthCheckPath: '/health',
      primaryContainer: { image: 'shop:2', containerPort: 8080, environment: [{ name: 'A', value: '1' }] },
      scalingTarget: { minTaskCount: 2, maxTaskCount: 2 },
    })
    const now = await read(before)
    expect(now.activeConfigurations).toHaveLength(2)
    expect(now.activeConfigurations).toContainEqual({
      ...before.activeConfigurations?.[0],
      scalingTarget: expect.anything(),
    })
    const managed = (await managedBy(now))?.ingressPaths?.[0]?.targetGroups
    expect(managed?.map(({ healthCheckPath }) => healthCheckPath).toSorted()).toEqual(['/health', '/ping'])
  })

  it('begins no deployment for what is so already', async () => {
    const before = await create()
    await ecs.updateExpressGatewayService({
      serviceArn: before.serviceArn,
      primaryContainer: { image: 'shop:1' },
      cpu: '256',
    })
    expect((await read(before)).currentDeployment).toBe(before.currentDeployment)
  })

  it('refuses other load balancers and strategies by UpdateService', async () => {
    await create()
    await expect(ecs.updateService({ service: 'shop', loadBalancers: [] })).rejects.toThrow(/loadBalancers/)
    const deploymentConfiguration = { strategy: 'ROLLING' as const }
    await expect(ecs.updateService({ service: 'shop', deploymentConfiguration })).rejects.toThrow(/strategy/)
  })

  it('knows Express services alone', async () => {
    const { serviceArn = '' } = await create()
    const gone = ecs.updateExpressGatewayService({ serviceArn: `${serviceArn}2` })
    await expect(gone).rejects.toMatchObject({ name: 'ServiceNotFoundException' })
    await expect(ecs.describeExpressGatewayService({ serviceArn: `${serviceArn}2` })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    })
    await server.deps.store.transact((tx) => void tx.services.update(serviceArn, { express: undefined }))
    await expect(ecs.deleteExpressGatewayService({ serviceArn })).rejects.toThrow(/not an Express service/)
  })
})

describe('DeleteExpressGatewayService', () => {
  it('drains the service; what was made for it goes with the last task', async () => {
    const { serviceArn } = await create()
    const { service } = await ecs.deleteExpressGatewayService({ serviceArn })
    expect(service).toMatchObject({ status: { statusCode: 'DRAINING' } })
    await end({ serviceArn })
    expect(rowCounts()).toEqual([0, 0, 0, 0, 0, 0])
    expect(await read({ serviceArn })).toMatchObject({ status: { statusCode: 'INACTIVE' }, activeConfigurations: [] })
    await expect(ecs.deleteExpressGatewayService({ serviceArn })).rejects.toMatchObject({
      name: 'ServiceNotActiveException',
    })
  })

  it('leaves what others use', async () => {
    const [first, second] = [await create(), await create({ serviceName: 'other' })]
    await end(first)
    expect(rowCounts()).toEqual([1, 1, 2, 2, 1, 2])
    const managed = (await managedBy(second))?.ingressPaths?.[0]
    const { Listeners } = await elb.describeListeners({ LoadBalancerArn: managed?.loadBalancer?.arn })
    expect(Listeners).toMatchObject([{ Certificates: [{ CertificateArn: managed?.certificate?.arn }] }])
    await elb.createRule({
      ListenerArn: managed?.listener?.arn,
      Priority: 10,
      Conditions: [{ Field: 'path-pattern', Values: ['/own'] }],
      Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } }],
    })
    await end(second)
    expect(rowCounts()).toEqual([1, 1, 2, 0, 1, 1])
  })
})
