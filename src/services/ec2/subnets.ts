/** Subnets as answers have them, where a new one may be, and what keeps one from being deleted. */
import type { Subnet } from '@aws-sdk/client-ec2'
import { ec2Arn } from '../../model/arn.ts'
import { addressCount, type CidrBlock, containsBlock, overlap, parseCidr } from '../../model/cidr.ts'
import { SUBNET_RESERVED_ADDRESSES, SUBNETS_PER_VPC } from '../../model/ec2-limits.ts'
import type { SubnetRecord, VpcRecord } from '../../model/ec2-records.ts'
import { zoneIdOf } from '../../store/ec2/zones.ts'
import type { Ec2Context } from './context.ts'
import { dependencyViolation, ec2Fault, limitExceeded } from './faults.ts'
import { describeTags } from './tags.ts'
import { loadBalancersOf } from './vpcs.ts'

export const describeSubnet = (subnet: SubnetRecord): Subnet => ({
  SubnetId: subnet.subnetId,
  SubnetArn: subnetArn(subnet),
  OwnerId: subnet.account,
  VpcId: subnet.vpcId,
  State: 'available',
  AvailabilityZone: subnet.zoneName,
  AvailabilityZoneId: zoneIdOf(subnet.region, subnet.zoneName),
  CidrBlock: subnet.cidrBlock,
  Ipv6CidrBlockAssociationSet: [],
  AvailableIpAddressCount: availableAddresses(subnet),
  DefaultForAz: subnet.isDefaultForZone,
  MapPublicIpOnLaunch: subnet.mapPublicIpOnLaunch,
  MapCustomerOwnedIpOnLaunch: false,
  AssignIpv6AddressOnCreation: false,
  Ipv6Native: false,
  EnableDns64: subnet.enableDns64,
  PrivateDnsNameOptionsOnLaunch: {
    HostnameType: subnet.hostnameType,
    EnableResourceNameDnsARecord: subnet.enableResourceNameDnsARecord,
    EnableResourceNameDnsAAAARecord: subnet.enableResourceNameDnsAAAARecord,
  },
  Tags: describeTags(subnet.tags),
})

export const subnetArn = ({ region, account, subnetId }: SubnetRecord): string =>
  ec2Arn(region, account, 'subnet', subnetId)

export const availableAddresses = ({ cidrBlock }: SubnetRecord): number => {
  const block = parseCidr(cidrBlock)
  return block === undefined ? 0 : addressCount(block) - SUBNET_RESERVED_ADDRESSES
}

/** Throws if a subnet of this block cannot be in the VPC. */
export const checkSubnetFits = (vpc: VpcRecord, block: CidrBlock, text: string, { tx }: Ec2Context): void => {
  const isInside = vpc.cidrBlocks.some(({ cidrBlock }) => {
    const outer = parseCidr(cidrBlock)
    return outer !== undefined && containsBlock(outer, block)
  })
  if (!isInside) throw ec2Fault('InvalidSubnet.Range', `The CIDR '${text}' is invalid.`)
  if (isTaken(vpc, block, { tx }))
    throw ec2Fault('InvalidSubnet.Conflict', `The CIDR '${text}' conflicts with another subnet`)
  if (tx.subnets.findSize('byVpc', vpc.vpcId) >= SUBNETS_PER_VPC)
    throw limitExceeded('SubnetLimitExceeded', `subnets of the vpc '${vpc.vpcId}'`, SUBNETS_PER_VPC)
}

/** Whether a subnet of the VPC has any of the addresses. */
export const isTaken = ({ vpcId }: VpcRecord, block: CidrBlock, { tx }: Pick<Ec2Context, 'tx'>): boolean =>
  tx.subnets.find('byVpc', vpcId).some(({ cidrBlock }) => {
    const other = parseCidr(cidrBlock)
    return other !== undefined && overlap(other, block)
  })

export const checkSubnetIsUnused = (context: Ec2Context, { subnetId }: SubnetRecord): void => {
  const isUsed = loadBalancersOf(context).some(({ subnets }) => subnets.some((each) => each.subnetId === subnetId))
  if (isUsed) throw dependencyViolation(`The subnet '${subnetId}' has dependencies and cannot be deleted.`)
}
