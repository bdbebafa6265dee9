/** Services behind load balancers through the AWS SDK for JavaScript: ECS and Elastic Load Balancing over one store. */
import { ECS, type LoadBalancer, type PortMapping } from '@aws-sdk/client-ecs'
import { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ecsService } from '../../src/services/ecs/index.ts'
import { elbv2Service } from '../../src/services/elbv2/index.ts'
import { ensureDefaultVpc } from '../../src/store/ec2/default-vpc.ts'
import { ACCOUNT, REGION, type ServiceServer, serviceServer } from './service-server.ts'

const ROLE = `arn:aws:iam::${ACCOUNT}:role/infrastructure`
const LINKED_ROLE = `arn:aws:iam::${ACCOUNT}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`

let server: ServiceServer
let ecs: ECS
let elb: ElasticLoadBalancingV2
let vpcId = ''
let rule = ''
let blue = ''
let green = ''
let unused = ''

beforeAll(async () => {
  server = await serviceServer(ecsService, elbv2Service)
  ecs = new ECS(server.client)
  elb = new ElasticLoadBalancingV2(server.client)
  vpcId = await server.deps.store.transact(
    (tx) => ensureDefaultVpc(tx, { account: ACCOUNT, region: REGION, now: 0 })?.vpcId ?? '',
  )
  await ecs.createCluster({})
  for (const image of ['web:1', 'web:2'])
    await ecs.registerTaskDefinition({
      family: 'web',
      containerDefinitions: [{ name: 'app', image, memory: 16, portMappings: [{ containerPort: 80 }] }],
    })
  ;[blue, green, unused] = (await Promise.all(['blue', 'green', 'unused'].map(targetGroup))) as [string, string, string]
  const subnets = server.deps.store.tables.subnets.find('byVpc', vpcId).map(({ subnetId }) => subnetId)
  const { LoadBalancers } = await elb.createLoadBalancer({ Name: 'web', Subnets: subnets })
  const { Listeners } = await elb.createListener({
    LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
    Protocol: 'HTTP',
    Port: 80,
    DefaultActions: [
      {
        Type: 'forward',
        ForwardConfig: {
          TargetGroups: [
            { TargetGroupArn: blue, Weight: 1 },
            { TargetGroupArn: green, Weight: 0 },
          ],
        },
      },
    ],
  })
  const { Rules } = await elb.describeRules({ ListenerArn: Listeners?.[0]?.ListenerArn })
  rule = Rules?.[0]?.RuleArn ?? ''
})

afterAll(async () => {
  ecs.destroy()
  elb.destroy()
  await server.close()
})

const targetGroup = async (Name: string): Promise<string> => {
  const { TargetGroups } = await elb.createTargetGroup({
    Name,
    Protocol: 'HTTP',
    Port: 80,
    VpcId: vpcId,
    TargetType: 'instance',
  })
  return TargetGroups?.[0]?.TargetGroupArn ?? ''
}

const inGroup = (targetGroupArn: string): LoadBalancer => ({ targetGroupArn, containerName: 'app', containerPort: 80 })

const service = async (serviceName: string) => (await ecs.describeServices({ services: [serviceName] })).services?.[0]

describe('a service behind a load balancer', () => {
  it('reads back as it was made', async () => {
    const loadBalancers = [inGroup(blue), inGroup(green)]
    await ecs.createService({
      serviceName: 'plain',
      taskDefinition: 'web:1',
      desiredCount: 1,
      loadBalancers,
      healthCheckGracePeriodSeconds: 30,
    })
    expect(await service('plain')).toMatchObject({
      loadBalancers,
      healthCheckGracePeriodSeconds: 30,
      roleArn: LINKED_ROLE,
    })
    const { service: updated } = await ecs.updateService({ service: 'plain', loadBalancers: [inGroup(green)] })
    expect(updated?.loadBalancers).toEqual([inGroup(green)])
    expect(updated?.deployments).toHaveLength(2)
  })

  it('takes the other target group with each deployment that shifts traffic', async () => {
    const advancedConfiguration = {
      alternateTargetGroupArn: green,
      productionListenerRule: rule,
      roleArn: ROLE,
    }
    const loadBalancers = [{ ...inGroup(blue), advancedConfiguration }]
    await ecs.createService({
      serviceName: 'shifted',
      taskDefinition: 'web:1',
      desiredCount: 1,
      loadBalancers,
      deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1 },
    })
    await ecs.updateService({ service: 'shifted', taskDefinition: 'web:2' })
    const found = await service('shifted')
    expect(found?.loadBalancers).toEqual(loadBalancers)
    const { serviceRevisions } = await ecs.describeServiceRevisions({
      serviceRevisionArns: found?.currentServiceRevisions?.map(({ arn = '' }) => arn),
    })
    expect(serviceRevisions?.map(({ resolvedConfiguration }) => resolvedConfiguration)).toEqual([
      { loadBalancers: [{ targetGroupArn: green, productionListenerRule: rule }] },
      { loadBalancers: [{ targetGroupArn: blue, productionListenerRule: rule }] },
    ])
  })

  it('may be a task set', async () => {
    await ecs.createService({ serviceName: 'sets', desiredCount: 1, deploymentController: { type: 'EXTERNAL' } })
    const { taskSet } = await ecs.createTaskSet({
      cluster: 'default',
      service: 'sets',
      taskDefinition: 'web:1',
      loadBalancers: [inGroup(blue)],
    })
    expect(taskSet?.loadBalancers).toEqual([inGroup(blue)])
  })

  it.each<[string, () => LoadBalancer, string, string]>([
    ['a Classic Load Balancer', () => ({ loadBalancerName: 'old' }), 'UnsupportedFeatureException', 'Classic'],
    [
      'a container that there is not',
      () => ({ ...inGroup(blue), containerName: 'x' }),
      'InvalidParameter',
      'does not exist',
    ],
    ['a target group that nobody uses', () => inGroup(unused), 'InvalidParameter', 'does not have an associated load'],
  ])('is refused with %s', async (_what, loadBalancer, name, message) => {
    const created = ecs.createService({
      serviceName: 'refused',
      taskDefinition: 'web:1',
      desiredCount: 1,
      loadBalancers: [loadBalancer()],
    })
    await expect(created).rejects.toMatchObject({
      name: expect.stringContaining(name),
      message: expect.stringContaining(message),
    })
  })

  describe('whose target group is of TCP and UDP', () => {
    const TCP = { containerPort: 53, protocol: 'tcp' } as const
    const UDP = { containerPort: 53, protocol: 'udp' } as const
    let [instances, addresses] = ['', '']
    let subnets: string[] = []

    const dnsGroup = async (TargetType: 'instance' | 'ip', Port: number): Promise<string> => {
      const { TargetGroups } = await elb.createTargetGroup({
        Name: `dns-${TargetType}`,
        Protocol: 'TCP_UDP',
        Port: 53,
        VpcId: vpcId,
        TargetType,
      })
      const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? ''
      const { LoadBalancers } = await elb.describeLoadBalancers({ Names: ['dns'] })
      const DefaultActions = [{ Type: 'forward' as const, TargetGroupArn }]
      await elb.createListener({
        LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
        Protocol: 'TCP_UDP',
        Port,
        DefaultActions,
      })
      return TargetGroupArn
    }

    const create = async (
      name: string,
      networkMode: 'bridge' | 'host' | 'awsvpc',
      portMappings: PortMapping[],
    ): Promise<unknown> => {
      await ecs.registerTaskDefinition({
        family: name,
        networkMode,
        containerDefinitions: [{ name: 'app', image: 'dns:1', memory: 16, portMappings }],
      })
      const targetGroupArn = networkMode === 'awsvpc' ? addresses : instances
      return ecs.createService({
        serviceName: name,
        taskDefinition: name,
        desiredCount: 1,
        loadBalancers: [{ targetGroupArn, containerName: 'app', containerPort: 53 }],
        ...(networkMode === 'awsvpc' && { networkConfiguration: { awsvpcConfiguration: { subnets } } }),
      })
    }

    beforeAll(async () => {
      subnets = server.deps.store.tables.subnets.find('byVpc', vpcId).map(({ subnetId }) => subnetId)
      await elb.createLoadBalancer({ Name: 'dns', Type: 'network', Subnets: subnets })
      ;[instances, addresses] = [await dnsGroup('instance', 53), await dnsGroup('ip', 54)]
    })

    it.each<[string, 'bridge' | 'awsvpc', PortMapping[]]>([
      ['ports-that-docker-picks', 'bridge', [TCP, UDP]],
      ['one-protocol', 'bridge', [{ ...TCP, hostPort: 53 }]],
      [
        'different-ports',
        'bridge',
        [
          { ...TCP, hostPort: 53 },
          { ...UDP, hostPort: 54 },
        ],
      ],
      ['network-interfaces', 'awsvpc', [TCP, UDP]],
    ])('is refused with %s', async (name, networkMode, portMappings) => {
      await expect(create(name, networkMode, portMappings)).rejects.toMatchObject({
        name: 'InvalidParameterException',
        message: expect.stringMatching(/has protocol TCP_UDP, .* port 53 for tcp and udp with the same hostPort\.$/),
      })
    })

    it.each<[string, 'bridge' | 'host', PortMapping[]]>([
      [
        'one-port',
        'bridge',
        [
          { ...TCP, hostPort: 53 },
          { ...UDP, hostPort: 53 },
        ],
      ],
      ['the-network-of-the-host', 'host', [TCP]],
    ])('may have %s', async (name, networkMode, portMappings) => {
      await expect(create(name, networkMode, portMappings)).resolves.toMatchObject({ service: { serviceName: name } })
    })
  })
})
