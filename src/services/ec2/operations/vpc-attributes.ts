/** What can be changed of a VPC: its attributes, its tenancy, and the blocks of addresses beside its own. */
import type {
  AssociateVpcCidrBlockRequest,
  AssociateVpcCidrBlockResult,
  DescribeVpcAttributeRequest,
  DescribeVpcAttributeResult,
  DisassociateVpcCidrBlockRequest,
  DisassociateVpcCidrBlockResult,
  ModifyVpcAttributeRequest,
  ModifyVpcTenancyRequest,
  ModifyVpcTenancyResult,
} from '@aws-sdk/client-ec2'
import { cidrText, containsBlock, overlap, parseCidr } from '../../../model/cidr.ts'
import { VPC_CIDR_BLOCKS } from '../../../model/ec2-limits.ts'
import type { CidrAssociation, VpcRecord } from '../../../model/ec2-records.ts'
import { demandOn } from '../access.ts'
import { requireNetworkBlock } from '../cidr-blocks.ts'
import type { Ec2Context } from '../context.ts'
import {
  dependencyViolation,
  ec2Fault,
  invalidCombination,
  invalidValue,
  limitExceeded,
  missingParameter,
  refuseUnsupported,
} from '../faults.ts'
import { requireRow, rowsOf, VPC } from '../kinds.ts'
import { ec2Operation, newIds } from '../operation.ts'
import { describeAssociation } from '../vpcs.ts'

const onVpc = ({ VpcId = '' }: { readonly VpcId?: string | undefined }, context: Ec2Context) => [
  demandOn(context, VPC, VpcId),
]

export const describeVpcAttribute = ec2Operation<DescribeVpcAttributeRequest, DescribeVpcAttributeResult>({
  access: onVpc,
  handle: ({ VpcId = '', Attribute }, context) => {
    const vpc = requireRow(context, VPC, VpcId)
    switch (Attribute) {
      case 'enableDnsSupport':
        return { VpcId, EnableDnsSupport: { Value: vpc.enableDnsSupport } }
      case 'enableDnsHostnames':
        return { VpcId, EnableDnsHostnames: { Value: vpc.enableDnsHostnames } }
      case 'enableNetworkAddressUsageMetrics':
        return { VpcId, EnableNetworkAddressUsageMetrics: { Value: vpc.enableNetworkAddressUsageMetrics } }
      default:
        throw invalidValue(`Value (${String(Attribute)}) for parameter attribute is invalid. Unknown attribute.`)
    }
  },
})

export const modifyVpcAttribute = ec2Operation<ModifyVpcAttributeRequest>({
  access: onVpc,
  handle: ({ VpcId = '', EnableDnsHostnames, EnableDnsSupport, EnableNetworkAddressUsageMetrics }, context) => {
    const vpc = requireRow(context, VPC, VpcId)
    const given = Object.entries({
      enableDnsHostnames: EnableDnsHostnames,
      enableDnsSupport: EnableDnsSupport,
      enableNetworkAddressUsageMetrics: EnableNetworkAddressUsageMetrics,
    }).flatMap(([name, attribute]) => (attribute?.Value === undefined ? [] : [[name, attribute.Value] as const]))
    if (given.length === 0) throw missingParameter('attribute')
    if (given.length > 1) throw invalidCombination('Fields for multiple attribute types specified.')
    context.tx.vpcs.update(VpcId, checkedDns({ ...vpc, ...Object.fromEntries(given) }))
    return {}
  },
})

/** AWS: names are for those who can ask for them. */
const checkedDns = (vpc: VpcRecord): VpcRecord => {
  if (vpc.enableDnsHostnames && !vpc.enableDnsSupport)
    throw invalidValue('DNS hostnames can be enabled only while DNS support is enabled.')
  return vpc
}

export const modifyVpcTenancy = ec2Operation<ModifyVpcTenancyRequest, ModifyVpcTenancyResult>({
  access: onVpc,
  handle: ({ VpcId = '', InstanceTenancy }, context) => {
    requireRow(context, VPC, VpcId)
    if (InstanceTenancy !== 'default')
      throw invalidValue(`Value (${String(InstanceTenancy)}) for parameter instanceTenancy is invalid.`)
    context.tx.vpcs.update(VpcId, { instanceTenancy: InstanceTenancy })
    return { ReturnValue: true }
  },
})

export const associateVpcCidrBlock = ec2Operation<AssociateVpcCidrBlockRequest, AssociateVpcCidrBlockResult>({
  access: onVpc,
  handle: ({ VpcId = '', ...input }, context) => {
    const vpc = requireRow(context, VPC, VpcId)
    refuseUnsupported(input, NOT_SUPPORTED)
    if (input.CidrBlock === undefined) throw missingParameter('cidrBlock')
    const association = {
      associationId: newIds(context)('vpc-cidr-assoc'),
      cidrBlock: freeBlock(vpc, input.CidrBlock),
    }
    context.tx.vpcs.update(VpcId, { cidrBlocks: [...vpc.cidrBlocks, association] })
    return { VpcId, CidrBlockAssociation: describeAssociation(association) }
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
] as const satisfies readonly (keyof AssociateVpcCidrBlockRequest)[]

const freeBlock = ({ vpcId, cidrBlocks }: VpcRecord, text: string): string => {
  const block = requireNetworkBlock(text, 'InvalidVpc.Range')
  const taken = cidrBlocks.flatMap(({ cidrBlock }) => parseCidr(cidrBlock) ?? [])
  if (taken.some((each) => overlap(each, block)))
    throw ec2Fault('InvalidVpc.Range', `The CIDR '${text}' overlaps with a CIDR block of the vpc '${vpcId}'.`)
  if (cidrBlocks.length >= VPC_CIDR_BLOCKS)
    throw limitExceeded('VpcLimitExceeded', `CIDR blocks of the vpc '${vpcId}'`, VPC_CIDR_BLOCKS)
  return cidrText(block)
}

export const disassociateVpcCidrBlock = ec2Operation<DisassociateVpcCidrBlockRequest, DisassociateVpcCidrBlockResult>({
  access: ({ AssociationId = '' }, context) =>
    onVpc({ VpcId: findAssociation(context, AssociationId)?.vpc.vpcId ?? '*' }, context),
  handle: ({ AssociationId = '' }, context) => {
    const found = findAssociation(context, AssociationId)
    if (found === undefined)
      throw ec2Fault(
        'InvalidCidrBlockAssociationID.NotFound',
        `The vpc CIDR block association ID '${AssociationId}' does not exist`,
      )
    const { vpc, association } = found
    const [own, ...added] = vpc.cidrBlocks
    if (association === own)
      throw ec2Fault(
        'OperationNotPermitted',
        `The vpc CIDR block with association ID ${AssociationId} may not be disassociated. It is the primary IPv4 CIDR block of the VPC`,
      )
    checkBlockIsUnused(vpc, association, context)
    context.tx.vpcs.update(vpc.vpcId, { cidrBlocks: [own, ...added.filter((each) => each !== association)] })
    return { VpcId: vpc.vpcId, CidrBlockAssociation: describeAssociation(association, 'disassociating') }
  },
})

const findAssociation = (
  context: Ec2Context,
  associationId: string,
): { readonly vpc: VpcRecord; readonly association: CidrAssociation } | undefined => {
  for (const vpc of rowsOf(context, VPC)) {
    const association = vpc.cidrBlocks.find((each) => each.associationId === associationId)
    if (association !== undefined) return { vpc, association }
  }
  return undefined
}

const checkBlockIsUnused = ({ vpcId }: VpcRecord, { cidrBlock }: CidrAssociation, { tx }: Ec2Context): void => {
  const block = parseCidr(cidrBlock)
  const isUsed = tx.subnets.find('byVpc', vpcId).some((subnet) => {
    const inner = parseCidr(subnet.cidrBlock)
    return block !== undefined && inner !== undefined && containsBlock(block, inner)
  })
  if (isUsed)
    throw dependencyViolation(`The vpc CIDR block '${cidrBlock}' has dependencies and cannot be disassociated.`)
}
