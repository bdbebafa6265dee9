/** The network ACLs that VPCs come with. They let everything pass, and there are no others. */
import { createHash } from 'node:crypto'
import type {
  DescribeNetworkAclsRequest,
  DescribeNetworkAclsResult,
  NetworkAcl,
  NetworkAclAssociation,
  NetworkAclEntry,
} from '@aws-sdk/client-ec2'
import { ec2Id } from '../../../model/arn.ts'
import type { NetworkAclRecord } from '../../../model/ec2-records.ts'
import { onAnything } from '../access.ts'
import type { Ec2Context } from '../context.ts'
import type { FilterFields } from '../filters.ts'
import { NETWORK_ACL } from '../kinds.ts'
import { ec2Operation } from '../operation.ts'
import { describePage } from '../page.ts'
import { describeTags } from '../tags.ts'

const describeNetworkAcl = (acl: NetworkAclRecord, context: Ec2Context): NetworkAcl => ({
  NetworkAclId: acl.networkAclId,
  VpcId: acl.vpcId,
  OwnerId: acl.account,
  IsDefault: true,
  Entries: [...ENTRIES],
  Associations: associationsOf(acl, context),
  Tags: describeTags(acl.tags),
})

/** AWS: everything passes by the first; the last one, which nobody can take out, has no number but `*`. */
const ENTRIES: readonly NetworkAclEntry[] = [true, false].flatMap((Egress) => [
  { Egress, RuleNumber: 100, RuleAction: 'allow', Protocol: '-1', CidrBlock: '0.0.0.0/0' },
  { Egress, RuleNumber: 32_767, RuleAction: 'deny', Protocol: '-1', CidrBlock: '0.0.0.0/0' },
])

/** All subnets of the VPC. The id of an association follows from the subnet's. */
const associationsOf = ({ networkAclId, vpcId }: NetworkAclRecord, { tx }: Ec2Context): NetworkAclAssociation[] =>
  tx.subnets.find('byVpc', vpcId).map(({ subnetId }) => ({
    NetworkAclAssociationId: ec2Id('aclassoc', createHash('sha256').update(subnetId).digest('hex')),
    NetworkAclId: networkAclId,
    SubnetId: subnetId,
  }))

const fields: FilterFields<NetworkAclRecord> = {
  'association.association-id': (row, context) =>
    associationsOf(row, context).map(({ NetworkAclAssociationId }) => NetworkAclAssociationId),
  'association.network-acl-id': (row, context) => associationsOf(row, context).map(({ NetworkAclId }) => NetworkAclId),
  'association.subnet-id': (row, context) => associationsOf(row, context).map(({ SubnetId }) => SubnetId),
  default: () => true,
  'entry.cidr': () => ENTRIES.map(({ CidrBlock }) => CidrBlock),
  'entry.egress': () => ENTRIES.map(({ Egress }) => Egress),
  'entry.icmp.code': () => [],
  'entry.icmp.type': () => [],
  'entry.ipv6-cidr': () => [],
  'entry.port-range.from': () => [],
  'entry.port-range.to': () => [],
  'entry.protocol': () => ENTRIES.map(({ Protocol }) => Protocol),
  'entry.rule-action': () => ENTRIES.map(({ RuleAction }) => RuleAction),
  'entry.rule-number': () => ENTRIES.map(({ RuleNumber }) => RuleNumber),
  'network-acl-id': ({ networkAclId }) => networkAclId,
  'vpc-id': ({ vpcId }) => vpcId,
}

export const describeNetworkAcls = ec2Operation<DescribeNetworkAclsRequest, DescribeNetworkAclsResult>({
  access: onAnything,
  handle: (input, context) => {
    const { rows, token } = describePage(input, context, {
      operation: 'DescribeNetworkAcls',
      kind: NETWORK_ACL,
      ids: input.NetworkAclIds,
      fields,
    })
    return { NetworkAcls: rows.map((row) => describeNetworkAcl(row, context)), ...token }
  },
})
