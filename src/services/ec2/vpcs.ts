/** VPCs as answers have them, and what keeps one from being deleted. */
import type { Vpc, VpcCidrBlockAssociation } from '@aws-sdk/client-ec2'
import {
  type CidrAssociation,
  DEFAULT_SECURITY_GROUP,
  primaryCidrBlock,
  type VpcRecord,
} from '../../model/ec2-records.ts'
import type { LoadBalancerRecord } from '../../model/load-balancing/records.ts'
import { homeKey } from '../../store/load-balancing/load-balancing-tables.ts'
import type { Ec2Context } from './context.ts'
import { dependencyViolation } from './faults.ts'
import { isMain } from './route-tables.ts'
import { describeTags } from './tags.ts'

export const describeVpc = (vpc: VpcRecord): Vpc => ({
  VpcId: vpc.vpcId,
  OwnerId: vpc.account,
  State: 'available',
  CidrBlock: primaryCidrBlock(vpc),
  CidrBlockAssociationSet: vpc.cidrBlocks.map((block) => describeAssociation(block)),
  Ipv6CidrBlockAssociationSet: [],
  // AWS: what a VPC without a set of DHCP options has.
  DhcpOptionsId: 'default',
  InstanceTenancy: vpc.instanceTenancy,
  IsDefault: vpc.isDefault,
  Tags: describeTags(vpc.tags),
})

export const describeAssociation = (
  { associationId, cidrBlock }: CidrAssociation,
  State: 'associated' | 'disassociating' = 'associated',
): VpcCidrBlockAssociation => ({ AssociationId: associationId, CidrBlock: cidrBlock, CidrBlockState: { State } })

export const loadBalancersOf = ({ tx, account, region }: Ec2Context): readonly LoadBalancerRecord[] =>
  tx.loadBalancers.find('byHome', homeKey({ account, region }))

/** AWS: all but what came with the VPC has to go before it. */
export const checkVpcIsUnused = (context: Ec2Context, { vpcId }: VpcRecord): void => {
  const { tx } = context
  const isUsed =
    tx.subnets.findSize('byVpc', vpcId) > 0 ||
    tx.internetGateways.findSize('byVpc', vpcId) > 0 ||
    tx.routeTables.find('byVpc', vpcId).some((table) => !isMain(table)) ||
    tx.securityGroups.find('byVpc', vpcId).some(({ groupName }) => groupName !== DEFAULT_SECURITY_GROUP) ||
    loadBalancersOf(context).some((loadBalancer) => loadBalancer.vpcId === vpcId)
  if (isUsed) throw dependencyViolation(`The vpc '${vpcId}' has dependencies and cannot be deleted.`)
}
