/** Target groups and their attributes through the AWS SDK for JavaScript and the AWS CLI, over HTTP. */
import {
  type CreateTargetGroupInput,
  type ModifyTargetGroupInput,
  paginateDescribeTargetGroups,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runAws } from '../aws-cli.ts'
import { ARN, Elbv2Server, faultOf, UNKNOWN_LOAD_BALANCER, UNKNOWN_TARGET_GROUP } from './elbv2-server.ts'

let site: Elbv2Server
beforeEach(async () => {
  site = await Elbv2Server.start()
})
afterEach(() => site.close())

const INVALID = 'InvalidConfigurationRequestException'

describe('CreateTargetGroup', () => {
  it('makes one with AWS’s defaults, which reads back as it was made', async () => {
    const made = await site.targetGroup({ TargetType: undefined, Tags: [{ Key: 'a', Value: 'b' }] })

    expect(made).toEqual({
      TargetGroupArn: expect.stringMatching(new RegExp(`^${ARN}:targetgroup/web/[0-9a-f]{16}$`)),
      TargetGroupName: 'web',
      Protocol: 'HTTP',
      Port: 80,
      VpcId: site.vpcId,
      HealthCheckProtocol: 'HTTP',
      HealthCheckPort: 'traffic-port',
      HealthCheckEnabled: true,
      HealthCheckIntervalSeconds: 30,
      HealthCheckTimeoutSeconds: 5,
      HealthyThresholdCount: 5,
      UnhealthyThresholdCount: 2,
      HealthCheckPath: '/',
      Matcher: { HttpCode: '200' },
      LoadBalancerArns: [],
      TargetType: 'instance',
      ProtocolVersion: 'HTTP1',
      IpAddressType: 'ipv4',
    })
    const TargetGroupArns = [made.TargetGroupArn]
    expect((await site.elb.describeTargetGroups({ TargetGroupArns })).TargetGroups).toEqual([made])
    const { TagDescriptions } = await site.elb.describeTags({ ResourceArns: TargetGroupArns })
    expect(TagDescriptions?.[0]?.Tags).toEqual([{ Key: 'a', Value: 'b' }])
  })

  it('takes everything that the request says', async () => {
    const given = {
      HealthCheckProtocol: 'HTTPS',
      HealthCheckPort: '8443',
      HealthCheckPath: '/health?full=1',
      HealthCheckIntervalSeconds: 10,
      HealthCheckTimeoutSeconds: 10,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 10,
      Matcher: { HttpCode: '200,300-399' },
      Protocol: 'HTTPS',
      ProtocolVersion: 'HTTP2',
      Port: 8443,
    } as const

    expect(await site.targetGroup(given)).toMatchObject(given)
  })

  it.each<[string, Partial<CreateTargetGroupInput>, object]>([
    [
      'gRPC',
      { ProtocolVersion: 'GRPC' },
      { HealthCheckPath: '/AWS.ALB/healthcheck', Matcher: { GrpcCode: '12' }, HealthCheckProtocol: 'HTTP' },
    ],
    ['TCP', { Protocol: 'TCP' }, { HealthCheckProtocol: 'TCP', HealthCheckTimeoutSeconds: 10 }],
    ['UDP', { Protocol: 'UDP' }, { HealthCheckProtocol: 'TCP', HealthCheckTimeoutSeconds: 10 }],
    [
      'TCP that is checked by HTTP',
      { Protocol: 'TCP', HealthCheckProtocol: 'HTTP' },
      { HealthCheckTimeoutSeconds: 6, HealthCheckPath: '/', Matcher: { HttpCode: '200-399' } },
    ],
    ['load balancers', { Protocol: 'TCP', TargetType: 'alb' }, { HealthCheckProtocol: 'HTTP', HealthCheckPath: '/' }],
  ])('has defaults for %s', async (_, given, expected) => {
    const made = await site.targetGroup(given)

    expect(made).toMatchObject(expected)
    expect('Matcher' in made).toBe(made.HealthCheckProtocol !== 'TCP')
  })

  it('answers the same again, unless settings differ', async () => {
    const made = await site.targetGroup()

    expect(await site.targetGroup()).toEqual(made)
    expect(await faultOf(site.targetGroup({ Port: 81 }))).toEqual({
      name: 'DuplicateTargetGroupNameException',
      message: "A target group with the same name 'web' exists, but with different settings",
    })
  })

  it('has a quota', async () => {
    const row = site.store.tables.targetGroups.get((await site.targetGroup()).TargetGroupArn)
    if (row === undefined) throw new Error('not there')
    await site.store.transact((tx) => {
      for (let count = 1; count < 3000; count++)
        tx.targetGroups.insert({ ...row, name: `other-${count}`, targetGroupArn: `${row.targetGroupArn}${count}` })
    })

    expect((await faultOf(site.targetGroup({ Name: 'more' }))).name).toBe('TooManyTargetGroupsException')
  })

  it.each<[string, Partial<CreateTargetGroupInput>, string, string]>([
    ['a long name', { Name: 'a'.repeat(33) }, 'ValidationError', "cannot be longer than '32' characters"],
    ['functions', { TargetType: 'lambda' }, 'ValidationError', "Value 'lambda' at 'targetType'"],
    ['no protocol', { Protocol: undefined }, 'ValidationError', 'A protocol must be specified'],
    ['Geneve', { Protocol: 'GENEVE' }, 'ValidationError', "Value 'GENEVE' at 'protocol'"],
    ['QUIC', { Protocol: 'QUIC' }, 'ValidationError', "Value 'QUIC' at 'protocol'"],
    ['no port', { Port: undefined }, 'ValidationError', 'A port must be specified'],
    ['port 0', { Port: 0 }, 'ValidationError', 'greater than or equal to 1'],
    ['no VPC', { VpcId: undefined }, 'ValidationError', 'A VPC ID must be specified'],
    ['an unknown VPC', { VpcId: 'vpc-1' }, 'ValidationError', "The VPC ID 'vpc-1' is not found"],
    ['a version of TCP', { Protocol: 'TCP', ProtocolVersion: 'HTTP1' }, INVALID, 'Protocol version'],
    ['a version that is none', { ProtocolVersion: 'HTTP3' }, 'ValidationError', "'HTTP3' at 'protocolVersion'"],
    ['load balancers by HTTP', { TargetType: 'alb' }, INVALID, "target type 'alb'"],
    ['IPv6', { IpAddressType: 'ipv6' }, INVALID, "'ipv6' is not supported"],
    ['the target optimizer', { TargetControlPort: 3000 }, INVALID, 'no target optimizer'],
    ['no health checks', { HealthCheckEnabled: false }, INVALID, 'Health check enabled must be true'],
    ['checks by TCP', { HealthCheckProtocol: 'TCP' }, INVALID, "Health check protocol 'TCP' is not supported"],
    ['checks by UDP', { Protocol: 'UDP', HealthCheckProtocol: 'UDP' }, INVALID, "'UDP' is not supported"],
    ['a path for TCP', { Protocol: 'TCP', HealthCheckPath: '/' }, INVALID, 'path and matcher are not supported'],
    ['a check port', { HealthCheckPort: 'http' }, 'ValidationError', "Health check port 'http'"],
    ['a path of two lines', { HealthCheckPath: '/\r\nHost: x' }, 'ValidationError', 'contain no spaces'],
    ['a path without its slash', { HealthCheckPath: 'x' }, 'ValidationError', "must begin with a '/'"],
    ['short intervals', { HealthCheckIntervalSeconds: 4 }, 'ValidationError', 'greater than or equal to 5'],
    ['long timeouts', { HealthCheckTimeoutSeconds: 31 }, 'ValidationError', 'smaller than or equal to the interval'],
    ['low thresholds', { HealthyThresholdCount: 1 }, 'ValidationError', 'greater than or equal to 2'],
    ['codes of failure', { Matcher: { HttpCode: '500' } }, 'ValidationError', 'between 200 and 499'],
    ['codes upside down', { Matcher: { HttpCode: '300-200' } }, 'ValidationError', 'ranges of values'],
    ['codes of gRPC for HTTP', { Matcher: { GrpcCode: '1' } }, INVALID, 'an HTTP code'],
    ['codes of HTTP for gRPC', { ProtocolVersion: 'GRPC', Matcher: { HttpCode: '200' } }, INVALID, 'a gRPC code'],
  ])('refuses %s', async (_, given, name, message) => {
    expect(await faultOf(site.targetGroup(given))).toEqual({ name, message: expect.stringContaining(message) })
    expect(site.store.tables.targetGroups.size).toBe(0)
  })
})

describe('DescribeTargetGroups', () => {
  it('finds by ARN, name and load balancer, in pages', async () => {
    const made = [await site.targetGroup({ Name: 'a' }), await site.targetGroup({ Name: 'b' })]
    const { LoadBalancerArn } = await site.loadBalancer()
    await site.use(made[1]?.TargetGroupArn ?? '', LoadBalancerArn)
    const names: (string | undefined)[] = []
    for await (const { TargetGroups } of paginateDescribeTargetGroups({ client: site.elb }, { PageSize: 1 }))
      names.push(...(TargetGroups?.map(({ TargetGroupName }) => TargetGroupName) ?? []))

    expect(names).toEqual(['a', 'b'])
    expect((await site.elb.describeTargetGroups({ Names: ['a'] })).TargetGroups).toEqual([made[0]])
    expect((await site.elb.describeTargetGroups({ LoadBalancerArn })).TargetGroups).toEqual([
      { ...made[1], LoadBalancerArns: [LoadBalancerArn] },
    ])
  })

  it('does not know others', async () => {
    expect(await faultOf(site.elb.describeTargetGroups({ Names: ['none'] }))).toEqual({
      name: 'TargetGroupNotFoundException',
      message: "Target groups '[none]' not found",
    })
    expect(await faultOf(site.elb.describeTargetGroups({ TargetGroupArns: [UNKNOWN_TARGET_GROUP] }))).toEqual({
      name: 'TargetGroupNotFoundException',
      message: 'One or more target groups not found',
    })
    expect((await faultOf(site.elb.describeTargetGroups({ LoadBalancerArn: UNKNOWN_LOAD_BALANCER }))).name).toBe(
      'LoadBalancerNotFoundException',
    )
    expect(await faultOf(site.elb.describeTargetGroups({ TargetGroupArns: ['nope'] }))).toEqual({
      name: 'ValidationError',
      message: "'nope' is not a valid target group ARN",
    })
  })
})

describe('ModifyTargetGroup', () => {
  const modify = (TargetGroupArn: string, given: Omit<ModifyTargetGroupInput, 'TargetGroupArn'>) =>
    site.elb.modifyTargetGroup({ TargetGroupArn, ...given }).then(({ TargetGroups }) => TargetGroups?.[0])

  it('changes what it names', async () => {
    const made = await site.targetGroup({ HealthCheckPath: '/health' })

    expect(await modify(made.TargetGroupArn, { HealthCheckIntervalSeconds: 15 })).toEqual({
      ...made,
      HealthCheckIntervalSeconds: 15,
    })
  })

  it('changes by what is checked, and back', async () => {
    const { TargetGroupArn } = await site.targetGroup({ Protocol: 'TCP' })

    expect(await modify(TargetGroupArn, { HealthCheckProtocol: 'HTTP' })).toMatchObject({ HealthCheckPath: '/' })
    expect(await modify(TargetGroupArn, { HealthCheckProtocol: 'TCP' })).not.toHaveProperty('HealthCheckPath')
  })

  it('refuses what cannot be', async () => {
    const { TargetGroupArn } = await site.targetGroup()

    expect((await faultOf(modify(TargetGroupArn, { HealthCheckTimeoutSeconds: 31 }))).name).toBe('ValidationError')
    expect((await faultOf(modify(TargetGroupArn, { HealthCheckEnabled: false }))).name).toBe(INVALID)
    expect((await faultOf(modify(UNKNOWN_TARGET_GROUP, {}))).name).toBe('TargetGroupNotFoundException')
  })
})

describe('DeleteTargetGroup', () => {
  it('takes its targets with it, unless it is in use', async () => {
    const { TargetGroupArn } = await site.targetGroup()
    const { LoadBalancerArn } = await site.loadBalancer()
    await site.elb.registerTargets({ TargetGroupArn, Targets: [{ Id: '10.0.0.1' }] })
    await site.use(TargetGroupArn, LoadBalancerArn)

    expect(await faultOf(site.elb.deleteTargetGroup({ TargetGroupArn }))).toEqual({
      name: 'ResourceInUseException',
      message: `Target group '${TargetGroupArn}' is currently in use by a listener or a rule`,
    })
    await site.elb.deleteLoadBalancer({ LoadBalancerArn })
    await site.elb.deleteTargetGroup({ TargetGroupArn })
    await site.elb.deleteTargetGroup({ TargetGroupArn })
    expect(site.store.tables.targetGroups.size + site.store.tables.targets.size).toBe(0)
  })
})

describe('attributes of a target group', () => {
  it('read back as they were set', async () => {
    const { TargetGroupArn } = await site.targetGroup()
    const Attributes = [
      { Key: 'stickiness.enabled', Value: 'true' },
      { Key: 'deregistration_delay.timeout_seconds', Value: '5' },
    ]
    const changed = await site.elb.modifyTargetGroupAttributes({ TargetGroupArn, Attributes })

    expect(changed.Attributes).toEqual(expect.arrayContaining(Attributes))
    expect((await site.elb.describeTargetGroupAttributes({ TargetGroupArn })).Attributes).toEqual(changed.Attributes)
  })

  it('are refused in AWS’s words', async () => {
    const { TargetGroupArn } = await site.targetGroup()
    const set = (Key: string, Value: string) =>
      faultOf(site.elb.modifyTargetGroupAttributes({ TargetGroupArn, Attributes: [{ Key, Value }] }))

    expect(await set('foo', 'x')).toEqual({
      name: 'ValidationError',
      message: "Target group attribute key 'foo' is not recognized",
    })
    expect((await set('proxy_protocol_v2.enabled', 'true')).name).toBe(INVALID)
    expect((await set('slow_start.duration_seconds', '10')).name).toBe('ValidationError')
    const TargetGroupArnOfNone = { TargetGroupArn: UNKNOWN_TARGET_GROUP }
    expect((await faultOf(site.elb.describeTargetGroupAttributes(TargetGroupArnOfNone))).name).toBe(
      'TargetGroupNotFoundException',
    )
  })
})

it('answers the AWS CLI', async () => {
  const aws = (...given: string[]) => runAws(site.server.client, 'elbv2', ...given)
  const settings = ['--protocol', 'HTTP', '--port', '80', '--vpc-id', site.vpcId, '--target-type', 'ip']
  const made = JSON.parse(await aws('create-target-group', '--name', 'cli', ...settings)) as {
    TargetGroups: { TargetGroupArn: string }[]
  }
  const arn = made.TargetGroups[0]?.TargetGroupArn ?? ''

  expect(JSON.parse(await aws('describe-target-groups', '--names', 'cli'))).toEqual(made)
  await aws('register-targets', '--target-group-arn', arn, '--targets', 'Id=10.0.0.1,Port=8080')
  expect(JSON.parse(await aws('describe-target-health', '--target-group-arn', arn))).toMatchObject({
    TargetHealthDescriptions: [{ Target: { Id: '10.0.0.1', Port: 8080 }, TargetHealth: { State: 'unused' } }],
  })
  await aws('deregister-targets', '--target-group-arn', arn, '--targets', 'Id=10.0.0.1,Port=8080')
  await aws('delete-target-group', '--target-group-arn', arn)
  await expect(aws('describe-target-groups', '--target-group-arns', arn)).rejects.toThrow('(TargetGroupNotFound)')
})
