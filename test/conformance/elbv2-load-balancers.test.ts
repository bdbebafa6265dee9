/** Load balancers, their attributes, tags and limits through the AWS SDK for JavaScript and the AWS CLI, over HTTP. */
import {
  paginateDescribeAccountLimits,
  paginateDescribeLoadBalancers,
  waitUntilLoadBalancerAvailable,
  waitUntilLoadBalancersDeleted,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runAws } from '../aws-cli.ts'
import { ARN, Elbv2Server, faultOf, UNKNOWN_LOAD_BALANCER } from './elbv2-server.ts'

let site: Elbv2Server
beforeEach(async () => {
  site = await Elbv2Server.start()
})
afterEach(() => site.close())

const setState = (arn: string, state: 'active' | 'failed'): Promise<unknown> =>
  site.store.transact((tx) => tx.loadBalancers.update(arn, { state }))

describe('DescribeLoadBalancers', () => {
  it('finds by ARN and name, in pages', async () => {
    const made = [
      await site.loadBalancer({ Name: 'a' }),
      await site.loadBalancer({ Name: 'b' }),
      await site.loadBalancer({ Name: 'c', Type: 'network' }),
    ]
    const arns: (string | undefined)[] = []
    for await (const page of paginateDescribeLoadBalancers({ client: site.elb }, { PageSize: 1 })) {
      expect(page.LoadBalancers).toHaveLength(1)
      arns.push(page.LoadBalancers?.[0]?.LoadBalancerArn)
    }

    expect(new Set(arns)).toEqual(new Set(made.map(({ LoadBalancerArn }) => LoadBalancerArn)))
    expect((await site.elb.describeLoadBalancers({ Names: ['b'] })).LoadBalancers).toEqual([made[1]])
  })

  it('does not know others', async () => {
    expect(await faultOf(site.elb.describeLoadBalancers({ Names: ['none'] }))).toEqual({
      name: 'LoadBalancerNotFoundException',
      message: "Load balancers '[none]' not found",
    })
    expect(await faultOf(site.elb.describeLoadBalancers({ LoadBalancerArns: [UNKNOWN_LOAD_BALANCER] }))).toEqual({
      name: 'LoadBalancerNotFoundException',
      message: 'One or more load balancers not found',
    })
    expect(await faultOf(site.elb.describeLoadBalancers({ LoadBalancerArns: ['web'] }))).toEqual({
      name: 'ValidationError',
      message: "'web' is not a valid load balancer ARN",
    })
    for (const wrong of [
      { Marker: 'x' },
      { PageSize: 401 },
      { Names: ['a'], LoadBalancerArns: [UNKNOWN_LOAD_BALANCER] },
    ])
      expect((await faultOf(site.elb.describeLoadBalancers(wrong))).name).toBe('ValidationError')
  })

  it('lets clients wait until a load balancer is there, and until it is gone', async () => {
    const { LoadBalancerArn } = await site.loadBalancer()
    const wait = { client: site.elb, maxWaitTime: 20, minDelay: 1, maxDelay: 1 }
    await setState(LoadBalancerArn, 'active')

    await waitUntilLoadBalancerAvailable(wait, { LoadBalancerArns: [LoadBalancerArn] })
    await site.elb.deleteLoadBalancer({ LoadBalancerArn })
    expect((await waitUntilLoadBalancersDeleted(wait, { LoadBalancerArns: [LoadBalancerArn] })).state).toBe('SUCCESS')
  })
})

describe('DeleteLoadBalancer', () => {
  it('is protected against', async () => {
    const { LoadBalancerArn } = await site.loadBalancer()
    const protect = (Value: string) =>
      site.elb.modifyLoadBalancerAttributes({
        LoadBalancerArn,
        Attributes: [{ Key: 'deletion_protection.enabled', Value }],
      })
    await protect('true')

    expect(await faultOf(site.elb.deleteLoadBalancer({ LoadBalancerArn }))).toEqual({
      name: 'OperationNotPermittedException',
      message: `Load balancer '${LoadBalancerArn}' cannot be deleted because deletion protection is enabled`,
    })
    await protect('false')
    await site.elb.deleteLoadBalancer({ LoadBalancerArn })
    await site.elb.deleteLoadBalancer({ LoadBalancerArn })
    expect(site.store.tables.loadBalancers.size).toBe(0)
  })
})

describe('attributes of a load balancer', () => {
  it('read back as they were set', async () => {
    const { LoadBalancerArn } = await site.loadBalancer()
    const Attributes = [
      { Key: 'idle_timeout.timeout_seconds', Value: '120' },
      { Key: 'access_logs.s3.enabled', Value: 'true' },
      { Key: 'access_logs.s3.bucket', Value: 'logs' },
    ]
    const changed = await site.elb.modifyLoadBalancerAttributes({ LoadBalancerArn, Attributes })

    expect(changed.Attributes).toEqual(expect.arrayContaining(Attributes))
    const described = await site.elb.describeLoadBalancerAttributes({ LoadBalancerArn })
    expect(described.Attributes).toEqual(changed.Attributes)
    expect(described.Attributes).toHaveLength(22)
  })

  it('are refused in AWS’s words', async () => {
    const { LoadBalancerArn } = await site.loadBalancer()
    const set = (...keys: string[]) =>
      faultOf(
        site.elb.modifyLoadBalancerAttributes({
          LoadBalancerArn,
          Attributes: keys.map((Key) => ({ Key, Value: 'x' })),
        }),
      )

    expect(await set('foo')).toEqual({
      name: 'ValidationError',
      message: "Load balancer attribute key 'foo' is not recognized",
    })
    expect((await set('dns_record.client_routing_policy')).name).toBe('InvalidConfigurationRequestException')
    expect((await set('foo', 'foo')).message).toContain('multiple times')
    expect((await set()).name).toBe('ValidationError')
    expect(
      (await faultOf(site.elb.describeLoadBalancerAttributes({ LoadBalancerArn: UNKNOWN_LOAD_BALANCER }))).message,
    ).toBe(`Load balancer '${UNKNOWN_LOAD_BALANCER}' not found`)
  })
})

describe('what a load balancer is set to', () => {
  it('are subnets and addresses', async () => {
    const { LoadBalancerArn } = await site.loadBalancer()
    const before = site.store.tables.loadBalancers.get(LoadBalancerArn)?.addresses
    const { AvailabilityZones, IpAddressType } = await site.elb.setSubnets({
      LoadBalancerArn,
      Subnets: site.subnets.slice(1),
    })

    expect(AvailabilityZones?.map(({ SubnetId }) => SubnetId)).toEqual(site.subnets.slice(1))
    expect(IpAddressType).toBe('ipv4')
    expect(site.store.tables.loadBalancers.get(LoadBalancerArn)?.addresses).toEqual(before)
    expect((await faultOf(site.elb.setSubnets({ LoadBalancerArn, Subnets: site.subnets.slice(2) }))).name).toBe(
      'ValidationError',
    )
  })

  it('are security groups', async () => {
    const { LoadBalancerArn } = await site.loadBalancer()
    const network = await site.loadBalancer({ Name: 'net', Type: 'network' })

    expect(
      (await site.elb.setSecurityGroups({ LoadBalancerArn, SecurityGroups: [site.defaultGroup] })).SecurityGroupIds,
    ).toEqual([site.defaultGroup])
    expect(network.SecurityGroups).toBeUndefined()
    const without = { LoadBalancerArn: network.LoadBalancerArn, SecurityGroups: [site.defaultGroup] }
    expect((await faultOf(site.elb.setSecurityGroups(without))).name).toBe('InvalidConfigurationRequestException')
    expect((await faultOf(site.elb.setSecurityGroups({ LoadBalancerArn, SecurityGroups: [] }))).name).toBe(
      'ValidationError',
    )
  })

  it('is the type of its addresses', async () => {
    const { LoadBalancerArn } = await site.loadBalancer()

    expect((await site.elb.setIpAddressType({ LoadBalancerArn, IpAddressType: 'ipv4' })).IpAddressType).toBe('ipv4')
    expect((await faultOf(site.elb.setIpAddressType({ LoadBalancerArn, IpAddressType: 'dualstack' }))).name).toBe(
      'InvalidConfigurationRequestException',
    )
  })

  it('is no capacity and no pool', async () => {
    const { LoadBalancerArn } = await site.loadBalancer()
    const MinimumLoadBalancerCapacity = { CapacityUnits: 100 }

    expect((await site.elb.describeCapacityReservation({ LoadBalancerArn })).CapacityReservationState).toEqual([])
    await site.elb.modifyCapacityReservation({ LoadBalancerArn, ResetCapacityReservation: true })
    expect(
      (await faultOf(site.elb.modifyCapacityReservation({ LoadBalancerArn, MinimumLoadBalancerCapacity }))).name,
    ).toBe('InvalidConfigurationRequestException')
    await site.elb.modifyIpPools({ LoadBalancerArn, RemoveIpamPools: ['ipv4'] })
    expect(
      (await faultOf(site.elb.modifyIpPools({ LoadBalancerArn, IpamPools: { Ipv4IpamPoolId: 'ipam-pool-1' } }))).name,
    ).toBe('InvalidConfigurationRequestException')
  })
})

describe('tags', () => {
  it('are added, laid over others, removed', async () => {
    const { LoadBalancerArn } = await site.loadBalancer({ Tags: [{ Key: 'a', Value: '1' }] })
    const ResourceArns = [LoadBalancerArn]
    await site.elb.addTags({ ResourceArns, Tags: [{ Key: 'a', Value: '2' }, { Key: 'b' }] })
    await site.elb.removeTags({ ResourceArns, TagKeys: ['none'] })
    const tags = async () => (await site.elb.describeTags({ ResourceArns })).TagDescriptions?.[0]?.Tags

    expect(await tags()).toEqual([
      { Key: 'a', Value: '2' },
      { Key: 'b', Value: '' },
    ])
    await site.elb.removeTags({ ResourceArns, TagKeys: ['a'] })
    expect(await tags()).toEqual([{ Key: 'b', Value: '' }])
  })

  it.each([
    [UNKNOWN_LOAD_BALANCER, 'LoadBalancerNotFoundException'],
    [`${ARN}:targetgroup/none/0123456789abcdef`, 'TargetGroupNotFoundException'],
    [`${ARN}:listener/app/none/0123456789abcdef/0123456789abcdef`, 'ListenerNotFoundException'],
    [`${ARN}:listener-rule/app/none/0123456789abcdef/0123456789abcdef/0123456789abcdef`, 'RuleNotFoundException'],
    [`${ARN}:truststore/none/0123456789abcdef`, 'TrustStoreNotFoundException'],
    ['web', 'ValidationError'],
  ])('of %s are a fault', async (arn, name) => {
    const ResourceArns = [arn]

    expect((await faultOf(site.elb.describeTags({ ResourceArns }))).name).toBe(name)
    expect((await faultOf(site.elb.addTags({ ResourceArns, Tags: [{ Key: 'a' }] }))).name).toBe(name)
    expect((await faultOf(site.elb.removeTags({ ResourceArns, TagKeys: ['a'] }))).name).toBe(name)
  })
})

it('says what its limits are', async () => {
  const limits: unknown[] = []
  for await (const page of paginateDescribeAccountLimits({ client: site.elb }, { PageSize: 5 }))
    limits.push(...(page.Limits ?? []))

  expect(limits).toHaveLength(16)
  expect(limits).toContainEqual({ Name: 'application-load-balancers', Max: '50' })
})

it('has no resource policies', async () => {
  const ResourceArn = `${ARN}:truststore/none/0123456789abcdef`

  expect((await faultOf(site.elb.getResourcePolicy({ ResourceArn }))).name).toBe('ResourceNotFoundException')
})

it('answers the AWS CLI', async () => {
  const aws = (...given: string[]) => runAws(site.server.client, 'elbv2', ...given)
  const made = JSON.parse(
    await aws('create-load-balancer', '--name', 'cli', '--subnets', ...site.subnets, '--tags', 'Key=a,Value=b'),
  ) as { LoadBalancers: { LoadBalancerArn: string }[] }
  const arn = made.LoadBalancers[0]?.LoadBalancerArn ?? ''

  expect(JSON.parse(await aws('describe-load-balancers', '--names', 'cli'))).toEqual(made)
  await setState(arn, 'active')
  await aws('wait', 'load-balancer-available', '--load-balancer-arns', arn)
  const attributes = 'Key=idle_timeout.timeout_seconds,Value=30'
  expect(
    await aws('modify-load-balancer-attributes', '--load-balancer-arn', arn, '--attributes', attributes),
  ).toContain('"Value": "30"')
  await expect(aws('describe-load-balancers', '--names', 'none')).rejects.toThrow(
    "An error occurred (LoadBalancerNotFound) when calling the DescribeLoadBalancers operation: Load balancers '[none]' not found",
  )
  await aws('delete-load-balancer', '--load-balancer-arn', arn)
  await aws('wait', 'load-balancers-deleted', '--load-balancer-arns', arn)
})
