/** VPCs: made, described and deleted. */
import type {
  CreateDefaultVpcRequest,
  CreateDefaultVpcResult,
  CreateVpcRequest,
  CreateVpcResult,
  DeleteVpcRequest,
  DescribeVpcsRequest,
  DescribeVpcsResult,
} from '@aws-sdk/client-ec2'
import { cidrText } from '../../../model/cidr.ts'
import { VPCS } from '../../../model/ec2-limits.ts'
import { primaryCidrBlock, type VpcRecord } from '../../../model/ec2-records.ts'
import { defaultVpcOf, makeDefaultVpc } from '../../../store/ec2/default-vpc.ts'
import { insertVpc } from '../../../store/ec2/new-vpc.ts'
import { demandOn, demandsToMake, onAnything } from '../access.ts'
import { requireNetworkBlock } from '../cidr-blocks.ts'
import type { Ec2Context } from '../context.ts'
import { ec2Fault, invalidValue, limitExceeded, missingParameter, refuseUnsupported } from '../faults.ts'
import type { FilterFields } from '../filters.ts'
import { requireRow, rowsOf, VPC } from '../kinds.ts'
import { ec2Operation, newIds } from '../operation.ts'
import { describePage } from '../page.ts'
import { specifiedTags } from '../tags.ts'
import { checkVpcIsUnused, describeVpc } from '../vpcs.ts'

export const createVpc = ec2Operation<CreateVpcRequest, CreateVpcResult>({
  access: (input, context) => demandsToMake(context, VPC, 'CreateVpc', input.TagSpecifications),
  handle: (input, context) => {
    refuseUnsupported(input, NOT_SUPPORTED)
    if (input.CidrBlock === undefined) throw missingParameter('cidrBlock')
    const cidrBlock = cidrText(requireNetworkBlock(input.CidrBlock, 'InvalidVpc.Range'))
    const tags = specifiedTags(input.TagSpecifications, VPC.type)
    checkRoom(context)
    const { account, region, now } = context
    const settings = { isDefault: false, enableDnsHostnames: false, instanceTenancy: tenancyOf(input) }
    const vpc = { account, region, createdAt: now, tags, cidrBlock, ...settings }
    return { Vpc: describeVpc(insertVpc(context.tx, vpc, newIds(context))) }
  },
})

const NOT_SUPPORTED = [
  'AmazonProvidedIpv6CidrBlock',
  'Ipv4IpamPoolId',
  'Ipv4NetmaskLength',
  'Ipv6CidrBlock',
  'Ipv6CidrBlockNetworkBorderGroup',
  'Ipv6IpamPoolId',
  'Ipv6NetmaskLength',
  'Ipv6Pool',
  'VpcEncryptionControl',
] as const satisfies readonly (keyof CreateVpcRequest)[]

const tenancyOf = ({ InstanceTenancy = 'default' }: CreateVpcRequest): VpcRecord['instanceTenancy'] => {
  if (InstanceTenancy === 'default' || InstanceTenancy === 'dedicated') return InstanceTenancy
  throw invalidValue(`Value (${InstanceTenancy}) for parameter instanceTenancy is invalid.`)
}

const checkRoom = (context: Ec2Context): void => {
  if (rowsOf(context, VPC).length >= VPCS) throw limitExceeded('VpcLimitExceeded', 'VPCs', VPCS)
}

export const createDefaultVpc = ec2Operation<CreateDefaultVpcRequest, CreateDefaultVpcResult>({
  access: onAnything,
  handle: (_input, context) => {
    const existing = defaultVpcOf(context.tx, context)
    if (existing !== undefined)
      throw ec2Fault(
        'DefaultVpcAlreadyExists',
        `A Default VPC already exists for this account in this region: ${existing.vpcId}`,
      )
    checkRoom(context)
    return { Vpc: describeVpc(makeDefaultVpc(context.tx, context)) }
  },
})

const fields: FilterFields<VpcRecord> = {
  cidr: primaryCidrBlock,
  'cidr-block': primaryCidrBlock,
  cidrBlock: primaryCidrBlock,
  'cidr-block-association.cidr-block': ({ cidrBlocks }) => cidrBlocks.map(({ cidrBlock }) => cidrBlock),
  'cidr-block-association.association-id': ({ cidrBlocks }) => cidrBlocks.map(({ associationId }) => associationId),
  'cidr-block-association.state': () => 'associated',
  'dhcp-options-id': () => 'default',
  'ipv6-cidr-block-association.ipv6-cidr-block': () => [],
  'ipv6-cidr-block-association.ipv6-pool': () => [],
  'ipv6-cidr-block-association.association-id': () => [],
  'ipv6-cidr-block-association.state': () => [],
  'is-default': ({ isDefault }) => isDefault,
  isDefault: ({ isDefault }) => isDefault,
  state: () => 'available',
  'vpc-id': ({ vpcId }) => vpcId,
}

export const describeVpcs = ec2Operation<DescribeVpcsRequest, DescribeVpcsResult>({
  access: onAnything,
  handle: (input, context) => {
    const { rows, token } = describePage(input, context, {
      operation: 'DescribeVpcs',
      kind: VPC,
      ids: input.VpcIds,
      fields,
    })
    return { Vpcs: rows.map(describeVpc), ...token }
  },
})

export const deleteVpc = ec2Operation<DeleteVpcRequest>({
  access: ({ VpcId = '' }, context) => [demandOn(context, VPC, VpcId)],
  handle: ({ VpcId = '' }, context) => {
    const { tx } = context
    const vpc = requireRow(context, VPC, VpcId)
    checkVpcIsUnused(context, vpc)
    for (const { routeTableId } of tx.routeTables.find('byVpc', VpcId)) tx.routeTables.remove(routeTableId)
    for (const { networkAclId } of tx.networkAcls.find('byVpc', VpcId)) tx.networkAcls.remove(networkAclId)
    for (const { groupId } of tx.securityGroups.find('byVpc', VpcId)) {
      for (const rule of tx.securityGroupRules.find('byGroup', groupId))
        tx.securityGroupRules.remove(rule.securityGroupRuleId)
      tx.securityGroups.remove(groupId)
    }
    tx.vpcs.remove(VpcId)
    return {}
  },
})
