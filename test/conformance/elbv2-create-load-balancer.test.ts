/** CreateLoadBalancer through the AWS SDK for JavaScript, over HTTP. */
import type { CreateLoadBalancerInput, LoadBalancer } from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseAddressPool } from '../../src/model/load-balancing/address-pool.ts'
import { ARN, Elbv2Server, faultOf, type Made } from './elbv2-server.ts'
import { REGION } from './service-server.ts'

const ID = /[0-9a-f]{16}/

let site: Elbv2Server
beforeEach(async () => {
  site = await Elbv2Server.start()
})
afterEach(() => site.close())

describe('CreateLoadBalancer', () => {
  it('makes an Application Load Balancer, which reads back as it was made', async () => {
    const made = await site.loadBalancer({ Tags: [{ Key: 'Stage', Value: 'test' }] })

    expect(made).toEqual({
      LoadBalancerArn: expect.stringMatching(new RegExp(`^${ARN}:loadbalancer/app/web/${ID.source}$`)),
      DNSName: expect.stringMatching(new RegExp(`^web-${ID.source}\\.${REGION}\\.elb\\.localhost$`)),
      CanonicalHostedZoneId: 'Z35SXDOTRQ7X7K',
      CreatedTime: expect.any(Date),
      LoadBalancerName: 'web',
      Scheme: 'internet-facing',
      VpcId: site.vpcId,
      State: { Code: 'provisioning' },
      Type: 'application',
      AvailabilityZones: site.subnets.map((SubnetId, index) => ({
        ZoneName: `${REGION}${'abc'[index]}`,
        SubnetId,
        LoadBalancerAddresses: [],
      })),
      SecurityGroups: [site.defaultGroup],
      IpAddressType: 'ipv4',
    })
    const found = await site.elb.describeLoadBalancers({ LoadBalancerArns: [made.LoadBalancerArn] })
    expect(found.LoadBalancers).toEqual([made])
    const { TagDescriptions } = await site.elb.describeTags({ ResourceArns: [made.LoadBalancerArn] })
    expect(TagDescriptions).toEqual([{ ResourceArn: made.LoadBalancerArn, Tags: [{ Key: 'Stage', Value: 'test' }] }])
  })

  it('makes an internal Network Load Balancer with addresses that its owner chose', async () => {
    const made = await site.loadBalancer({
      Type: 'network',
      Scheme: 'internal',
      Subnets: undefined,
      SubnetMappings: [{ SubnetId: site.subnets[1], PrivateIPv4Address: '127.66.9.9' }],
      SecurityGroups: [site.defaultGroup],
    })

    expect(made).toMatchObject({
      LoadBalancerArn: expect.stringContaining(':loadbalancer/net/web/'),
      DNSName: expect.stringMatching(/^web-/),
      Scheme: 'internal',
      AvailabilityZones: [
        {
          ZoneName: `${REGION}b`,
          SubnetId: site.subnets[1],
          LoadBalancerAddresses: [{ PrivateIPv4Address: '127.66.9.9' }],
        },
      ],
      SecurityGroups: [site.defaultGroup],
      EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: 'on',
      EnablePrefixForIpv6SourceNat: 'off',
    })
    expect(site.store.tables.loadBalancers.get(made.LoadBalancerArn)?.addresses).toEqual(['127.66.9.9'])
  })

  it('names internal Application Load Balancers as AWS does', async () => {
    expect((await site.loadBalancer({ Scheme: 'internal' })).DNSName).toMatch(/^internal-web-/)
  })

  it('answers the same again, unless settings differ', async () => {
    const made = await site.loadBalancer({ Tags: [{ Key: 'a', Value: 'b' }] })

    expect(await site.loadBalancer({ Subnets: site.subnets.toReversed(), Tags: [{ Key: 'a', Value: 'b' }] })).toEqual(
      made,
    )
    expect(await faultOf(site.loadBalancer({ Scheme: 'internal' }))).toEqual({
      name: 'DuplicateLoadBalancerNameException',
      message: "A load balancer with the same name 'web' exists, but with different settings",
    })
  })

  it('gives each an address of the pool, until there are no more', async () => {
    const addressPool = parseAddressPool('127.66.0.1-127.66.0.2')
    Object.assign(site.server.deps.loadBalancing, { addressPool })
    const [one, two] = [await site.loadBalancer({ Name: 'one' }), await site.loadBalancer({ Name: 'two' })]
    const addressesOf = ({ LoadBalancerArn }: Made<LoadBalancer>) =>
      site.store.tables.loadBalancers.get(LoadBalancerArn)?.addresses

    expect([addressesOf(one), addressesOf(two)]).toEqual([['127.66.0.1'], ['127.66.0.2']])
    expect(await faultOf(site.loadBalancer({ Name: 'three' }))).toEqual({
      name: 'TooManyLoadBalancersException',
      message: expect.stringContaining('127.66.0.1-127.66.0.2'),
    })
    await site.elb.deleteLoadBalancer({ LoadBalancerArn: one.LoadBalancerArn })
    expect(addressesOf(await site.loadBalancer({ Name: 'three' }))).toEqual(['127.66.0.1'])
  })

  it('has a quota for each type', async () => {
    const row = site.store.tables.loadBalancers.get((await site.loadBalancer()).LoadBalancerArn)
    if (row === undefined) throw new Error('not there')
    await site.store.transact((tx) => {
      for (let count = 1; count < 50; count++)
        tx.loadBalancers.insert({ ...row, name: `other-${count}`, loadBalancerArn: `${row.loadBalancerArn}${count}` })
    })

    expect((await faultOf(site.loadBalancer({ Name: 'more' }))).name).toBe('TooManyLoadBalancersException')
    await site.loadBalancer({ Name: 'network', Type: 'network' })
  })

  it.each<[string, Partial<CreateLoadBalancerInput>, string, string]>([
    ['a long name', { Name: 'a'.repeat(33) }, 'ValidationError', "cannot be longer than '32' characters"],
    ['other characters in a name', { Name: 'a_b' }, 'ValidationError', 'can only contain characters that are'],
    ['a hyphen at the end', { Name: 'a-' }, 'ValidationError', 'cannot begin or end with a hyphen'],
    ['a reserved name', { Name: 'internal-web' }, 'ValidationError', "cannot begin with 'internal-'"],
    ['a Gateway Load Balancer', { Type: 'gateway' }, 'ValidationError', "Value 'gateway' at 'type'"],
    ['a scheme that is none', { Scheme: 'open' as never }, 'InvalidSchemeException', "'open'"],
    ['no subnets', { Subnets: [] }, 'ValidationError', 'At least two subnets in two different Availability Zones'],
    ['no subnets of a network', { Subnets: [], Type: 'network' }, 'ValidationError', 'At least one subnet'],
    ['a subnet that is none', { Subnets: ['web'] }, 'InvalidSubnetException', "'web' is not valid"],
    [
      'a subnet that is not there',
      { Subnets: ['subnet-0123456789abcdef0'] },
      'SubnetNotFoundException',
      "'subnet-0123456789abcdef0' does not exist",
    ],
    [
      'a security group that is not there',
      { SecurityGroups: ['sg-0123456789abcdef0'] },
      'InvalidSecurityGroupException',
      "'sg-0123456789abcdef0' does not exist",
    ],
    ['IPv6', { IpAddressType: 'dualstack' }, 'InvalidConfigurationRequestException', 'associated IPv6 CIDR block'],
    [
      'IPv6 of a network',
      { Type: 'network', IpAddressType: 'dualstack-without-public-ipv4' },
      'InvalidConfigurationRequestException',
      "not supported on load balancers with type 'network'",
    ],
    ['an Outpost', { CustomerOwnedIpv4Pool: 'x' }, 'InvalidConfigurationRequestException', 'no Outposts'],
    ['IPAM', { IpamPools: { Ipv4IpamPoolId: 'x' } }, 'InvalidConfigurationRequestException', 'IPAM pools'],
    ['duplicate tags', { Tags: [{ Key: 'a' }, { Key: 'a' }] }, 'DuplicateTagKeysException', 'tag keys are duplicated'],
    [
      'too many tags',
      { Tags: Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}` })) },
      'TooManyTagsException',
      'at most 50 tags',
    ],
  ])('refuses %s', async (_, given, name, message) => {
    expect(await faultOf(site.loadBalancer(given))).toEqual({ name, message: expect.stringContaining(message) })
    expect(site.store.tables.loadBalancers.size).toBe(0)
  })

  it('refuses subnets that do not go together', async () => {
    const [first = '', second = ''] = site.subnets
    const mapping = (more: object) => ({ Subnets: undefined, SubnetMappings: [{ SubnetId: first, ...more }] })
    const network = { Type: 'network' } as const

    expect(await faultOf(site.loadBalancer({ Subnets: [first] }))).toMatchObject({ name: 'ValidationError' })
    expect(await faultOf(site.loadBalancer({ Subnets: [first, first] }))).toEqual({
      name: 'InvalidConfigurationRequestException',
      message: 'A load balancer cannot be attached to multiple subnets in the same Availability Zone',
    })
    expect(await faultOf(site.loadBalancer({ SubnetMappings: [{ SubnetId: second }] }))).toMatchObject({
      name: 'ValidationError',
      message: 'You must specify either subnets or subnet mappings, but not both',
    })
    expect((await faultOf(site.loadBalancer({ ...network, ...mapping({ AllocationId: 'eipalloc-1' }) }))).name).toBe(
      'AllocationIdNotFoundException',
    )
    for (const wrong of [
      mapping({ AllocationId: 'eipalloc-1' }),
      { ...network, ...mapping({ IPv6Address: '::1' }) },
      { ...network, ...mapping({ PrivateIPv4Address: '127.66.0.9' }) },
      { ...network, Scheme: 'internal' as const, ...mapping({ PrivateIPv4Address: '10.0.0.9' }) },
    ])
      expect((await faultOf(site.loadBalancer(wrong))).name).toBe('InvalidConfigurationRequestException')
    await site.store.transact((tx) => {
      for (const { internetGatewayId } of tx.internetGateways.find('byVpc', site.vpcId))
        tx.internetGateways.remove(internetGatewayId)
    })
    expect(await faultOf(site.loadBalancer())).toEqual({
      name: 'InvalidSubnetException',
      message: `VPC ${site.vpcId} has no internet gateway`,
    })
  })
})
