/** Subnets: made, described, changed and deleted. */
import type {
  CreateDefaultSubnetRequest,
  CreateDefaultSubnetResult,
  CreateSubnetRequest,
  CreateSubnetResult,
  DeleteSubnetRequest,
  DescribeSubnetsRequest,
  DescribeSubnetsResult,
  ModifySubnetAttributeRequest,
} from '@aws-sdk/client-ec2'
import { cidrText, lastOf } from '../../../model/cidr.ts'
import { primaryCidrBlock, type SubnetRecord, type VpcRecord } from '../../../model/ec2-records.ts'
import { defaultVpcOf, insertDefaultSubnet } from '../../../store/ec2/default-vpc.ts'
import { insertSubnet } from '../../../store/ec2/new-vpc.ts'
import { zoneIdOf, zonesOf } from '../../../store/ec2/zones.ts'
import { demandOn, demandsToMake, onAnything } from '../access.ts'
import { requireNetworkBlock } from '../cidr-blocks.ts'
import type { Ec2Context } from '../context.ts'
import { ec2Fault, invalidCombination, invalidValue, missingParameter, refuseUnsupported } from '../faults.ts'
import type { FilterFields } from '../filters.ts'
import { requireRow, SUBNET, VPC } from '../kinds.ts'
import { ec2Operation, newIds } from '../operation.ts'
import { describePage } from '../page.ts'
import {
  availableAddresses,
  checkSubnetFits,
  checkSubnetIsUnused,
  describeSubnet,
  isTaken,
  subnetArn,
} from '../subnets.ts'
import { specifiedTags } from '../tags.ts'
import { namedZone } from '../zones.ts'

export const createSubnet = ec2Operation<CreateSubnetRequest, CreateSubnetResult>({
  access: (input, context) => [
    ...demandsToMake(context, SUBNET, 'CreateSubnet', input.TagSpecifications),
    demandOn(context, VPC, input.VpcId ?? ''),
  ],
  handle: (input, context) => {
    const vpc = requireRow(context, VPC, input.VpcId ?? '')
    refuseUnsupported(input, NOT_SUPPORTED)
    if (input.CidrBlock === undefined) throw missingParameter('cidrBlock')
    const block = requireNetworkBlock(input.CidrBlock, 'InvalidSubnet.Range')
    const zoneName = namedZone(input, context) ?? emptiestZone(vpc, context)
    const tags = specifiedTags(input.TagSpecifications, SUBNET.type)
    checkSubnetFits(vpc, block, input.CidrBlock, context)
    const { account, region, now } = context
    const place = { vpcId: vpc.vpcId, zoneName, cidrBlock: cidrText(block), isDefaultForZone: false }
    const subnet = { account, region, createdAt: now, tags, ...place }
    return { Subnet: describeSubnet(insertSubnet(context.tx, subnet, newIds(context))) }
  },
})

const NOT_SUPPORTED = [
  'Ipv4IpamPoolId',
  'Ipv4NetmaskLength',
  'Ipv6CidrBlock',
  'Ipv6IpamPoolId',
  'Ipv6Native',
  'Ipv6NetmaskLength',
  'OutpostArn',
] as const satisfies readonly (keyof CreateSubnetRequest)[]

/** AWS chooses the zone of a subnet that names none; here it is the one in which the VPC has the fewest. */
const emptiestZone = ({ vpcId }: VpcRecord, { tx, region }: Ec2Context): string => {
  const subnets = tx.subnets.find('byVpc', vpcId)
  const countIn = (zone: string): number => subnets.filter(({ zoneName }) => zoneName === zone).length
  return zonesOf(tx, region).reduce((best, zone) => (countIn(zone) < countIn(best) ? zone : best))
}

export const createDefaultSubnet = ec2Operation<CreateDefaultSubnetRequest, CreateDefaultSubnetResult>({
  access: onAnything,
  handle: (input, context) => {
    refuseUnsupported(input, ['Ipv6Native'])
    const zoneName = namedZone(input, context)
    if (zoneName === undefined) throw missingParameter('availabilityZone')
    const vpc = defaultVpcOf(context.tx, context)
    if (vpc === undefined)
      throw ec2Fault('DefaultVpcDoesNotExist', 'No default VPC exists for this account in this region.')
    const existing = context.tx.subnets
      .find('byVpc', vpc.vpcId)
      .find((subnet) => subnet.isDefaultForZone && subnet.zoneName === zoneName)
    if (existing !== undefined)
      throw ec2Fault(
        'DefaultSubnetAlreadyExistsInAvailabilityZone',
        `'${existing.subnetId}' is already the default subnet in ${zoneName}.`,
      )
    const subnet = { zoneName, cidrBlock: freeDefaultBlock(vpc, context), createdAt: context.now }
    return { Subnet: describeSubnet(insertDefaultSubnet(context.tx, vpc, subnet, newIds(context))) }
  },
})

const DEFAULT_PREFIX_LENGTH = 20

/** The first block of the default size in which there is no subnet. */
const freeDefaultBlock = (vpc: VpcRecord, context: Ec2Context): string => {
  const whole = requireNetworkBlock(primaryCidrBlock(vpc), 'InvalidVpc.Range')
  const step = 1n << BigInt(32 - DEFAULT_PREFIX_LENGTH)
  for (let first = whole.first; first < lastOf(whole); first += step) {
    const block = { family: 4, first, prefixLength: DEFAULT_PREFIX_LENGTH } as const
    if (!isTaken(vpc, block, context)) return cidrText(block)
  }
  throw ec2Fault('InvalidSubnet.Conflict', `The vpc '${vpc.vpcId}' has no room for another default subnet.`)
}

const cidrOf = ({ cidrBlock }: SubnetRecord): string => cidrBlock

const fields: FilterFields<SubnetRecord> = {
  'availability-zone': ({ zoneName }) => zoneName,
  availabilityZone: ({ zoneName }) => zoneName,
  'availability-zone-id': ({ region, zoneName }) => zoneIdOf(region, zoneName),
  availabilityZoneId: ({ region, zoneName }) => zoneIdOf(region, zoneName),
  'available-ip-address-count': availableAddresses,
  'cidr-block': cidrOf,
  cidr: cidrOf,
  cidrBlock: cidrOf,
  'customer-owned-ipv4-pool': () => [],
  'default-for-az': ({ isDefaultForZone }) => isDefaultForZone,
  defaultForAz: ({ isDefaultForZone }) => isDefaultForZone,
  'enable-dns64': ({ enableDns64 }) => enableDns64,
  'enable-lni-at-device-index': () => [],
  'ipv6-cidr-block-association.ipv6-cidr-block': () => [],
  'ipv6-cidr-block-association.association-id': () => [],
  'ipv6-cidr-block-association.state': () => [],
  'ipv6-native': () => false,
  'map-customer-owned-ip-on-launch': () => false,
  'map-public-ip-on-launch': ({ mapPublicIpOnLaunch }) => mapPublicIpOnLaunch,
  'outpost-arn': () => [],
  'private-dns-name-options-on-launch.hostname-type': ({ hostnameType }) => hostnameType,
  'private-dns-name-options-on-launch.enable-resource-name-dns-a-record': (row) => row.enableResourceNameDnsARecord,
  'private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record': (row) =>
    row.enableResourceNameDnsAAAARecord,
  state: () => 'available',
  'subnet-arn': subnetArn,
  'subnet-id': ({ subnetId }) => subnetId,
  'vpc-id': ({ vpcId }) => vpcId,
}

export const describeSubnets = ec2Operation<DescribeSubnetsRequest, DescribeSubnetsResult>({
  access: onAnything,
  handle: (input, context) => {
    const { rows, token } = describePage(input, context, {
      operation: 'DescribeSubnets',
      kind: SUBNET,
      ids: input.SubnetIds,
      fields,
    })
    return { Subnets: rows.map(describeSubnet), ...token }
  },
})

export const modifySubnetAttribute = ec2Operation<ModifySubnetAttributeRequest>({
  access: ({ SubnetId = '' }, context) => [demandOn(context, SUBNET, SubnetId)],
  handle: ({ SubnetId = '', ...input }, context) => {
    requireRow(context, SUBNET, SubnetId)
    const [first, ...others] = Object.entries(input).filter(([, value]) => value !== undefined)
    if (first === undefined) throw missingParameter('attribute')
    if (others.length > 0) throw invalidCombination('Only one subnet attribute can be modified at a time.')
    context.tx.subnets.update(SubnetId, changeOf(input))
    return {}
  },
})

type SubnetChange = Omit<ModifySubnetAttributeRequest, 'SubnetId'>

const changeOf = (change: SubnetChange): Partial<SubnetRecord> => {
  const flags = {
    mapPublicIpOnLaunch: change.MapPublicIpOnLaunch,
    enableDns64: change.EnableDns64,
    enableResourceNameDnsARecord: change.EnableResourceNameDnsARecordOnLaunch,
    enableResourceNameDnsAAAARecord: change.EnableResourceNameDnsAAAARecordOnLaunch,
  }
  const [flag] = Object.entries(flags).filter(([, attribute]) => attribute !== undefined)
  if (flag !== undefined) return { [flag[0]]: flag[1]?.Value === true }
  if (change.PrivateDnsHostnameTypeOnLaunch !== undefined)
    return { hostnameType: hostnameTypeOf(change.PrivateDnsHostnameTypeOnLaunch) }
  const { AssignIpv6AddressOnCreation, MapCustomerOwnedIpOnLaunch, DisableLniAtDeviceIndex, ...rest } = change
  refuseUnsupported(
    {
      ...rest,
      AssignIpv6AddressOnCreation: AssignIpv6AddressOnCreation?.Value,
      MapCustomerOwnedIpOnLaunch: MapCustomerOwnedIpOnLaunch?.Value,
      DisableLniAtDeviceIndex: DisableLniAtDeviceIndex?.Value,
    },
    [
      'AssignIpv6AddressOnCreation',
      'CustomerOwnedIpv4Pool',
      'DisableLniAtDeviceIndex',
      'EnableLniAtDeviceIndex',
      'MapCustomerOwnedIpOnLaunch',
    ],
  )
  return {}
}

const hostnameTypeOf = (type: string): SubnetRecord['hostnameType'] => {
  if (type === 'ip-name' || type === 'resource-name') return type
  throw invalidValue(`Value (${type}) for parameter privateDnsHostnameTypeOnLaunch is invalid.`)
}

export const deleteSubnet = ec2Operation<DeleteSubnetRequest>({
  access: ({ SubnetId = '' }, context) => [demandOn(context, SUBNET, SubnetId)],
  handle: ({ SubnetId = '' }, context) => {
    const { tx } = context
    const subnet = requireRow(context, SUBNET, SubnetId)
    checkSubnetIsUnused(context, subnet)
    for (const { routeTableId, associations } of tx.routeTables.find('byVpc', subnet.vpcId)) {
      const left = associations.filter(({ subnetId }) => subnetId !== SubnetId)
      if (left.length < associations.length) tx.routeTables.update(routeTableId, { associations: left })
    }
    tx.subnets.remove(SubnetId)
    return {}
  },
})
