/** EC2's networks as the official client sees them: made, read again as they were set, changed, and refused. */
import { EC2, type Filter } from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ec2Service } from '../../src/services/ec2/index.ts'
import { refusalOf } from '../refusal-of.ts'
import { ACCOUNT, REGION, serviceServer, type ServiceServer } from './service-server.ts'

let server: ServiceServer
let ec2: EC2

beforeAll(async () => {
  server = await serviceServer(ec2Service)
  ec2 = new EC2(server.client)
})

afterAll(async () => {
  ec2.destroy()
  await server.close()
})

const by = (Name: string, ...Values: string[]): Filter => ({ Name, Values })

const newVpc = async (CidrBlock = '10.0.0.0/16'): Promise<string> => (await ec2.createVpc({ CidrBlock })).Vpc!.VpcId!

const newSubnet = async (VpcId: string, CidrBlock: string): Promise<string> =>
  (await ec2.createSubnet({ VpcId, CidrBlock })).Subnet!.SubnetId!

const mainTable = async (vpcId: string) => {
  const Filters = [by('vpc-id', vpcId), by('association.main', 'true')]
  return (await ec2.describeRouteTables({ Filters })).RouteTables![0]!
}

describe('the default VPC', () => {
  it('is there with everything that belongs to it', async () => {
    const { Vpcs } = await ec2.describeVpcs({ Filters: [by('is-default', 'true')] })
    expect(Vpcs).toMatchObject([{ CidrBlock: '172.31.0.0/16', State: 'available', OwnerId: ACCOUNT, IsDefault: true }])
    const VpcId = Vpcs![0]!.VpcId!
    const { Subnets } = await ec2.describeSubnets({ Filters: [by('default-for-az', 'true')] })
    expect(Subnets!.map((subnet) => subnet.AvailabilityZone ?? '').toSorted()).toEqual([
      'us-east-1a',
      'us-east-1b',
      'us-east-1c',
    ])
    expect(Subnets![0]).toMatchObject({ VpcId, MapPublicIpOnLaunch: true, AvailableIpAddressCount: 4091 })
    const { InternetGateways } = await ec2.describeInternetGateways({ Filters: [by('attachment.vpc-id', VpcId)] })
    const gateway = InternetGateways![0]!.InternetGatewayId
    expect((await mainTable(VpcId)).Routes).toEqual([
      expect.objectContaining({ DestinationCidrBlock: '172.31.0.0/16', GatewayId: 'local', State: 'active' }),
      expect.objectContaining({ DestinationCidrBlock: '0.0.0.0/0', GatewayId: gateway, State: 'active' }),
    ])
    const { NetworkAcls } = await ec2.describeNetworkAcls({ Filters: [by('default', 'true'), by('vpc-id', VpcId)] })
    expect(NetworkAcls![0]).toMatchObject({ IsDefault: true, VpcId })
    expect(NetworkAcls![0]!.Associations).toHaveLength(3)
    const { AccountAttributes } = await ec2.describeAccountAttributes({ AttributeNames: ['default-vpc'] })
    expect(AccountAttributes).toEqual([{ AttributeName: 'default-vpc', AttributeValues: [{ AttributeValue: VpcId }] }])
  })

  it('can go and come again', async () => {
    const abroad = new EC2({ ...server.client, region: 'eu-west-1' })
    const { Vpcs } = await abroad.describeVpcs()
    const VpcId = Vpcs![0]!.VpcId!
    expect((await refusalOf(abroad.createDefaultVpc()))[0]).toBe('DefaultVpcAlreadyExists')
    expect(await refusalOf(abroad.deleteVpc({ VpcId }))).toEqual([
      'DependencyViolation',
      `The vpc '${VpcId}' has dependencies and cannot be deleted.`,
    ])
    for (const { SubnetId } of (await abroad.describeSubnets()).Subnets!) await abroad.deleteSubnet({ SubnetId })
    const { InternetGateways } = await abroad.describeInternetGateways()
    const { InternetGatewayId } = InternetGateways![0]!
    expect((await refusalOf(abroad.deleteInternetGateway({ InternetGatewayId })))[0]).toBe('DependencyViolation')
    await abroad.detachInternetGateway({ InternetGatewayId, VpcId })
    await abroad.deleteInternetGateway({ InternetGatewayId })
    await abroad.deleteVpc({ VpcId })
    expect((await abroad.describeVpcs()).Vpcs).toEqual([])
    expect((await abroad.describeSecurityGroups()).SecurityGroups).toEqual([])
    expect((await refusalOf(abroad.createDefaultSubnet({ AvailabilityZone: 'eu-west-1a' })))[0]).toBe(
      'DefaultVpcDoesNotExist',
    )
    expect((await abroad.createDefaultVpc()).Vpc).toMatchObject({ IsDefault: true, CidrBlock: '172.31.0.0/16' })
    expect((await refusalOf(abroad.createDefaultSubnet({ AvailabilityZone: 'eu-west-1a' })))[0]).toBe(
      'DefaultSubnetAlreadyExistsInAvailabilityZone',
    )
    const { Subnets } = await abroad.describeSubnets({ Filters: [by('availability-zone', 'eu-west-1b')] })
    await abroad.deleteSubnet({ SubnetId: Subnets![0]!.SubnetId })
    expect((await abroad.createDefaultSubnet({ AvailabilityZone: 'eu-west-1b' })).Subnet).toMatchObject({
      CidrBlock: '172.31.16.0/20',
      DefaultForAz: true,
      AvailabilityZoneId: 'euw1-az2',
    })
    abroad.destroy()
  })
})

describe('a VPC', () => {
  it('is read as Terraform reads it after making it', async () => {
    const TagSpecifications = [{ ResourceType: 'vpc' as const, Tags: [{ Key: 'Name', Value: 'main' }] }]
    const made = await ec2.createVpc({ CidrBlock: '10.1.2.3/16', InstanceTenancy: 'dedicated', TagSpecifications })
    const VpcId = made.Vpc!.VpcId!
    await ec2.modifyVpcAttribute({ VpcId, EnableDnsHostnames: { Value: true } })
    await ec2.modifyVpcAttribute({ VpcId, EnableNetworkAddressUsageMetrics: { Value: true } })
    const { Vpcs } = await ec2.describeVpcs({ VpcIds: [VpcId] })
    expect(Vpcs).toEqual([made.Vpc])
    expect(Vpcs![0]).toMatchObject({
      CidrBlock: '10.1.0.0/16',
      InstanceTenancy: 'dedicated',
      DhcpOptionsId: 'default',
      Tags: [{ Key: 'Name', Value: 'main' }],
    })
    const hostnames = await ec2.describeVpcAttribute({ VpcId, Attribute: 'enableDnsHostnames' })
    expect(hostnames).toMatchObject({ VpcId, EnableDnsHostnames: { Value: true } })
    const support = await ec2.describeVpcAttribute({ VpcId, Attribute: 'enableDnsSupport' })
    expect(support.EnableDnsSupport).toEqual({ Value: true })
    const metrics = await ec2.describeVpcAttribute({ VpcId, Attribute: 'enableNetworkAddressUsageMetrics' })
    expect(metrics.EnableNetworkAddressUsageMetrics).toEqual({ Value: true })
    await ec2.modifyVpcTenancy({ VpcId, InstanceTenancy: 'default' })
    expect((await ec2.describeVpcs({ VpcIds: [VpcId] })).Vpcs![0]!.InstanceTenancy).toBe('default')
    const { SecurityGroups } = await ec2.describeSecurityGroups({
      Filters: [by('group-name', 'default'), by('vpc-id', VpcId)],
    })
    expect(SecurityGroups).toHaveLength(1)
    expect((await mainTable(VpcId)).Routes).toHaveLength(1)
    await ec2.deleteVpc({ VpcId })
    expect(await refusalOf(ec2.describeVpcs({ VpcIds: [VpcId] }))).toEqual([
      'InvalidVpcID.NotFound',
      `The vpc ID '${VpcId}' does not exist`,
    ])
  })

  it('gets further blocks, and loses those that no subnet is in', async () => {
    const VpcId = await newVpc('10.2.0.0/16')
    const { CidrBlockAssociation } = await ec2.associateVpcCidrBlock({ VpcId, CidrBlock: '10.3.0.0/16' })
    const AssociationId = CidrBlockAssociation!.AssociationId!
    const SubnetId = await newSubnet(VpcId, '10.3.0.0/24')
    expect((await refusalOf(ec2.disassociateVpcCidrBlock({ AssociationId })))[0]).toBe('DependencyViolation')
    await ec2.deleteSubnet({ SubnetId })
    await ec2.disassociateVpcCidrBlock({ AssociationId })
    const [vpc] = (await ec2.describeVpcs({ VpcIds: [VpcId] })).Vpcs!
    expect(vpc!.CidrBlockAssociationSet).toMatchObject([
      { CidrBlock: '10.2.0.0/16', CidrBlockState: { State: 'associated' } },
    ])
    const own = vpc!.CidrBlockAssociationSet![0]!.AssociationId
    expect((await refusalOf(ec2.disassociateVpcCidrBlock({ AssociationId: own })))[0]).toBe('OperationNotPermitted')
    expect((await refusalOf(ec2.associateVpcCidrBlock({ VpcId, CidrBlock: '10.2.128.0/17' })))[0]).toBe(
      'InvalidVpc.Range',
    )
    await ec2.deleteVpc({ VpcId })
  })

  it.each([
    ['a block that is too large', 'InvalidVpc.Range', { CidrBlock: '10.0.0.0/8' }],
    ['what is no block', 'InvalidParameterValue', { CidrBlock: 'ten' }],
    ['no block', 'MissingParameter', {}],
    ['IPv6', 'UnsupportedOperation', { CidrBlock: '10.0.0.0/16', AmazonProvidedIpv6CidrBlock: true }],
    ['a host of its own', 'InvalidParameterValue', { CidrBlock: '10.0.0.0/16', InstanceTenancy: 'host' as const }],
    [
      'tags for something else',
      'InvalidParameterValue',
      { CidrBlock: '10.0.0.0/16', TagSpecifications: [{ ResourceType: 'subnet' as const, Tags: [] }] },
    ],
  ])('is not made of %s', async (_what, code, input) => {
    expect((await refusalOf(ec2.createVpc(input)))[0]).toBe(code)
  })

  it('is only tried with DryRun', async () => {
    const before = (await ec2.describeVpcs()).Vpcs!.length
    expect(await refusalOf(ec2.createVpc({ CidrBlock: '10.0.0.0/16', DryRun: true }))).toEqual([
      'DryRunOperation',
      'Request would have succeeded, but DryRun flag is set.',
    ])
    expect((await refusalOf(ec2.createVpc({ CidrBlock: 'ten', DryRun: true })))[0]).toBe('InvalidParameterValue')
    expect((await ec2.describeVpcs()).Vpcs).toHaveLength(before)
  })
})

describe('a subnet', () => {
  it('is read again as it was made and changed', async () => {
    const VpcId = await newVpc()
    const { Subnet } = await ec2.createSubnet({
      VpcId,
      CidrBlock: '10.0.1.0/24',
      AvailabilityZoneId: 'use1-az2',
      TagSpecifications: [{ ResourceType: 'subnet', Tags: [{ Key: 'Tier', Value: 'web' }] }],
    })
    const SubnetId = Subnet!.SubnetId!
    await ec2.modifySubnetAttribute({ SubnetId, MapPublicIpOnLaunch: { Value: true } })
    await ec2.modifySubnetAttribute({ SubnetId, EnableDns64: { Value: true } })
    await ec2.modifySubnetAttribute({ SubnetId, PrivateDnsHostnameTypeOnLaunch: 'resource-name' })
    await ec2.modifySubnetAttribute({ SubnetId, EnableResourceNameDnsARecordOnLaunch: { Value: true } })
    await ec2.modifySubnetAttribute({ SubnetId, EnableResourceNameDnsAAAARecordOnLaunch: { Value: true } })
    await ec2.modifySubnetAttribute({ SubnetId, AssignIpv6AddressOnCreation: { Value: false } })
    const { Subnets } = await ec2.describeSubnets({ SubnetIds: [SubnetId] })
    expect(Subnets).toEqual([
      {
        ...Subnet,
        MapPublicIpOnLaunch: true,
        EnableDns64: true,
        PrivateDnsNameOptionsOnLaunch: {
          HostnameType: 'resource-name',
          EnableResourceNameDnsARecord: true,
          EnableResourceNameDnsAAAARecord: true,
        },
      },
    ])
    expect(Subnet).toMatchObject({
      AvailabilityZone: 'us-east-1b',
      AvailabilityZoneId: 'use1-az2',
      AvailableIpAddressCount: 251,
      SubnetArn: `arn:aws:ec2:${REGION}:${ACCOUNT}:subnet/${SubnetId}`,
      Tags: [{ Key: 'Tier', Value: 'web' }],
    })
    const both = { SubnetId, EnableDns64: { Value: true }, MapPublicIpOnLaunch: { Value: true } }
    expect((await refusalOf(ec2.modifySubnetAttribute(both)))[0]).toBe('InvalidParameterCombination')
    const ipv6 = { SubnetId, AssignIpv6AddressOnCreation: { Value: true } }
    expect((await refusalOf(ec2.modifySubnetAttribute(ipv6)))[0]).toBe('UnsupportedOperation')
    await ec2.deleteSubnet({ SubnetId })
    expect((await refusalOf(ec2.deleteSubnet({ SubnetId })))[0]).toBe('InvalidSubnetID.NotFound')
  })

  it('has its place in the VPC for itself', async () => {
    const VpcId = await newVpc('10.5.0.0/16')
    await newSubnet(VpcId, '10.5.0.0/24')
    expect(await refusalOf(ec2.createSubnet({ VpcId, CidrBlock: '10.5.0.128/25' }))).toEqual([
      'InvalidSubnet.Conflict',
      "The CIDR '10.5.0.128/25' conflicts with another subnet",
    ])
    expect((await refusalOf(ec2.createSubnet({ VpcId, CidrBlock: '10.6.0.0/24' })))[0]).toBe('InvalidSubnet.Range')
    expect((await refusalOf(ec2.createSubnet({ VpcId, CidrBlock: '10.5.1.0/29' })))[0]).toBe('InvalidSubnet.Range')
    const elsewhere = { VpcId, CidrBlock: '10.5.1.0/24', AvailabilityZone: 'us-east-1z' }
    expect((await refusalOf(ec2.createSubnet(elsewhere)))[0]).toBe('InvalidParameterValue')
    expect((await refusalOf(ec2.createSubnet({ VpcId: 'vpc-1', CidrBlock: '10.5.1.0/24' })))[0]).toBe(
      'InvalidVpcID.NotFound',
    )
    const zones = [await newSubnet(VpcId, '10.5.1.0/24'), await newSubnet(VpcId, '10.5.2.0/24')]
    const { Subnets } = await ec2.describeSubnets({ SubnetIds: zones })
    expect(new Set(Subnets!.map((subnet) => subnet.AvailabilityZone)).size).toBe(2)
  })
})

describe('filters and pages', () => {
  it('find by wildcards, by tags, by any of several values and by all of several filters', async () => {
    const vpcs = [await newVpc('10.7.0.0/16'), await newVpc('10.8.0.0/16')] as const
    await ec2.createTags({ Resources: [...vpcs], Tags: [{ Key: 'Team', Value: 'blue*' }] })
    await ec2.createTags({ Resources: [vpcs[0]], Tags: [{ Key: 'Stage', Value: 'test' }] })
    const idsOf = async (...Filters: Filter[]) =>
      (await ec2.describeVpcs({ Filters })).Vpcs!.map(({ VpcId }) => VpcId ?? '').toSorted()
    expect(await idsOf(by('tag:Team', 'bl?e*'))).toEqual(vpcs.toSorted())
    expect(await idsOf(by('tag:Team', String.raw`blue\*`))).toEqual(vpcs.toSorted())
    expect(await idsOf(by('tag:Team', String.raw`bl\?e*`))).toEqual([])
    expect(await idsOf(by('tag-key', 'Stage'))).toEqual([vpcs[0]])
    expect(await idsOf(by('cidr', '10.7.*', '10.8.*'), by('tag:Team', '*'))).toEqual(vpcs.toSorted())
    expect(await idsOf(by('cidr', '10.7.*'), by('vpc-id', vpcs[1]))).toEqual([])
    expect(await idsOf(by('owner-id', '999999999999'))).toEqual([])
    expect(await refusalOf(ec2.describeVpcs({ Filters: [by('colour', 'red')] }))).toEqual([
      'InvalidParameterValue',
      "The filter 'colour' is invalid",
    ])
    const many = Array.from({ length: 201 }, (_, index) => `vpc-${index}`)
    expect((await refusalOf(ec2.describeVpcs({ Filters: [by('vpc-id', ...many)] })))[0]).toBe('FilterLimitExceeded')
  })

  it('come in pages', async () => {
    const VpcId = await newVpc('10.9.0.0/16')
    for (let index = 0; index < 7; index++) await newSubnet(VpcId, `10.9.${index}.0/24`)
    const Filters = [by('vpc-id', VpcId)]
    const first = await ec2.describeSubnets({ Filters, MaxResults: 5 })
    const second = await ec2.describeSubnets({ Filters, MaxResults: 5, NextToken: first.NextToken })
    expect([first.Subnets!.length, second.Subnets!.length, second.NextToken]).toEqual([5, 2, undefined])
    const found = [...first.Subnets!, ...second.Subnets!].map(({ SubnetId }) => SubnetId)
    expect(new Set(found).size).toBe(7)
    expect((await refusalOf(ec2.describeSubnets({ Filters, MaxResults: 4 })))[0]).toBe('InvalidParameterValue')
    expect((await refusalOf(ec2.describeSubnets({ NextToken: 'x' })))[0]).toBe('InvalidNextToken')
    const both = { SubnetIds: [found[0]!], MaxResults: 5 }
    expect((await refusalOf(ec2.describeSubnets(both)))[0]).toBe('InvalidParameterCombination')
  })
})

describe('tags', () => {
  it('are set, described and taken away, whatever they are of', async () => {
    const VpcId = await newVpc('10.10.0.0/16')
    const RouteTableId = (await mainTable(VpcId)).RouteTableId!
    const Resources = [VpcId, RouteTableId]
    await ec2.createTags({
      Resources,
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '' },
      ],
    })
    const { Tags } = await ec2.describeTags({ Filters: [by('resource-id', ...Resources), by('key', 'a')] })
    expect(Tags).toEqual(
      expect.arrayContaining([
        { ResourceId: VpcId, ResourceType: 'vpc', Key: 'a', Value: '1' },
        { ResourceId: RouteTableId, ResourceType: 'route-table', Key: 'a', Value: '1' },
      ]),
    )
    expect((await ec2.describeTags({ Filters: [by('tag:a', '1'), by('resource-type', 'vpc')] })).Tags).toHaveLength(1)
    await ec2.deleteTags({ Resources: [VpcId], Tags: [{ Key: 'a', Value: '2' }, { Key: 'b' }] })
    expect((await ec2.describeVpcs({ VpcIds: [VpcId] })).Vpcs![0]!.Tags).toEqual([{ Key: 'a', Value: '1' }])
    await ec2.deleteTags({ Resources: [VpcId] })
    expect((await ec2.describeVpcs({ VpcIds: [VpcId] })).Vpcs![0]!.Tags).toEqual([])
  })

  it('are refused where they cannot be', async () => {
    const Tags = [{ Key: 'a', Value: '1' }]
    expect((await refusalOf(ec2.createTags({ Resources: ['vpc-1'], Tags })))[0]).toBe('InvalidVpcID.NotFound')
    expect((await refusalOf(ec2.createTags({ Resources: ['nothing'], Tags })))[0]).toBe('InvalidID')
    const VpcId = await newVpc('10.11.0.0/16')
    const own = { Resources: [VpcId], Tags: [{ Key: 'aws:mine', Value: '1' }] }
    expect((await refusalOf(ec2.createTags(own)))[0]).toBe('InvalidParameterValue')
    const many = Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' }))
    expect((await refusalOf(ec2.createTags({ Resources: [VpcId], Tags: many })))[0]).toBe('TagLimitExceeded')
  })
})

describe('regions and zones', () => {
  it('are those that there are', async () => {
    const { AvailabilityZones } = await ec2.describeAvailabilityZones()
    expect(AvailabilityZones!.map(({ ZoneName, ZoneId }) => [ZoneName, ZoneId])).toEqual([
      ['us-east-1a', 'use1-az1'],
      ['us-east-1b', 'use1-az2'],
      ['us-east-1c', 'use1-az3'],
    ])
    const one = await ec2.describeAvailabilityZones({ ZoneIds: ['use1-az3'], Filters: [by('state', 'available')] })
    expect(one.AvailabilityZones).toMatchObject([{ ZoneName: 'us-east-1c', RegionName: REGION }])
    expect((await refusalOf(ec2.describeAvailabilityZones({ ZoneNames: ['x'] })))[0]).toBe('InvalidParameterValue')
    const { Regions } = await ec2.describeRegions({ RegionNames: ['us-east-1', 'eu-west-3'] })
    expect(Regions!.map(({ RegionName }) => RegionName)).toEqual(['us-east-1', 'eu-west-3'])
    expect((await ec2.describeRegions()).Regions!.map(({ RegionName }) => RegionName)).toContain(REGION)
    expect((await refusalOf(ec2.describeRegions({ RegionNames: ['here'] })))[0]).toBe('InvalidParameterValue')
    expect((await ec2.describeAccountAttributes()).AccountAttributes).toHaveLength(6)
    expect((await refusalOf(ec2.describeAccountAttributes({ AttributeNames: ['x' as 'default-vpc'] })))[0]).toBe(
      'InvalidParameterValue',
    )
  })

  it('hold nothing of what nobody can make', async () => {
    expect((await ec2.describeNetworkInterfaces()).NetworkInterfaces).toEqual([])
    expect((await ec2.describeAddresses()).Addresses).toEqual([])
    expect((await ec2.describeNatGateways()).NatGateways).toEqual([])
    expect((await ec2.describeVpnGateways()).VpnGateways).toEqual([])
    expect((await refusalOf(ec2.describeNetworkInterfaces({ NetworkInterfaceIds: ['eni-1'] })))[0]).toBe(
      'InvalidNetworkInterfaceID.NotFound',
    )
    expect((await refusalOf(ec2.allocateAddress({})))[0]).toBe('NotImplemented')
  })
})
