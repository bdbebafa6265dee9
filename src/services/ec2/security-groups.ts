/** Security groups: how requests name them, what answers say of them, and what keeps one from being deleted. */
import type { SecurityGroup, SecurityGroupRule } from '@aws-sdk/client-ec2'
import { compact } from '../../kit/compact.ts'
import { ec2Arn } from '../../model/arn.ts'
import {
  DEFAULT_SECURITY_GROUP,
  type SecurityGroupRecord,
  type SecurityGroupRuleRecord,
} from '../../model/ec2-records.ts'
import { defaultVpcOf } from '../../store/ec2/default-vpc.ts'
import type { Ec2Context } from './context.ts'
import { dependencyViolation, ec2Fault, invalidCombination, missingParameter } from './faults.ts'
import { requireRow, SECURITY_GROUP } from './kinds.ts'
import { describePermissions } from './permissions.ts'
import { describeTags } from './tags.ts'
import { loadBalancersOf } from './vpcs.ts'

export interface NamesGroup {
  readonly GroupId?: string | undefined
  readonly GroupName?: string | undefined
}

/** AWS: names are those of groups in the default VPC. */
export const requireGroup = (context: Ec2Context, { GroupId, GroupName }: NamesGroup): SecurityGroupRecord => {
  if (GroupId !== undefined && GroupName !== undefined)
    throw invalidCombination("The parameter 'groupName' cannot be used with the parameter 'groupId'")
  if (GroupId !== undefined) return requireRow(context, SECURITY_GROUP, GroupId)
  if (GroupName === undefined) throw missingParameter('groupName or groupId')
  return requireGroupNamed(context, GroupName)
}

export const requireGroupNamed = (context: Ec2Context, name: string): SecurityGroupRecord => {
  const vpcId = defaultVpcOf(context.tx, context)?.vpcId
  const found = vpcId === undefined ? undefined : groupNamed(context, vpcId, name)
  if (found !== undefined) return found
  const place = vpcId === undefined ? '' : ` in default VPC '${vpcId}'`
  throw ec2Fault('InvalidGroup.NotFound', `The security group '${name}' does not exist${place}`)
}

export const groupNamed = ({ tx }: Ec2Context, vpcId: string, name: string): SecurityGroupRecord | undefined =>
  tx.securityGroups.find('byVpc', vpcId).find(({ groupName }) => groupName === name)

/** The id of the group that a request names, for a demand on it; `*` if there is no such group. */
export const namedGroupId = (context: Ec2Context, { GroupId, GroupName }: NamesGroup): string => {
  if (GroupId !== undefined) return GroupId
  const vpcId = defaultVpcOf(context.tx, context)?.vpcId
  return (vpcId !== undefined && groupNamed(context, vpcId, GroupName ?? '')?.groupId) || '*'
}

export const securityGroupArn = ({ region, account, groupId }: SecurityGroupRecord): string =>
  ec2Arn(region, account, 'security-group', groupId)

export const rulesOf = (
  { tx }: Pick<Ec2Context, 'tx'>,
  groupId: string,
  isEgress: boolean,
): SecurityGroupRuleRecord[] =>
  tx.securityGroupRules.find('byGroup', groupId).filter((rule) => rule.isEgress === isEgress)

export const describeSecurityGroup = (group: SecurityGroupRecord, context: Ec2Context): SecurityGroup => ({
  GroupId: group.groupId,
  GroupName: group.groupName,
  SecurityGroupArn: securityGroupArn(group),
  Description: group.description,
  VpcId: group.vpcId,
  OwnerId: group.account,
  IpPermissions: describePermissions(rulesOf(context, group.groupId, false), group.account),
  IpPermissionsEgress: describePermissions(rulesOf(context, group.groupId, true), group.account),
  Tags: describeTags(group.tags),
})

export const describeRule = (rule: SecurityGroupRuleRecord): SecurityGroupRule =>
  compact({
    SecurityGroupRuleId: rule.securityGroupRuleId,
    SecurityGroupRuleArn: ec2Arn(rule.region, rule.account, 'security-group-rule', rule.securityGroupRuleId),
    GroupId: rule.groupId,
    GroupOwnerId: rule.account,
    IsEgress: rule.isEgress,
    IpProtocol: rule.ipProtocol,
    FromPort: rule.fromPort,
    ToPort: rule.toPort,
    CidrIpv4: rule.cidrIpv4,
    CidrIpv6: rule.cidrIpv6,
    ReferencedGroupInfo:
      rule.referencedGroupId === undefined ? undefined : { GroupId: rule.referencedGroupId, UserId: rule.account },
    Description: rule.description,
    Tags: describeTags(rule.tags),
  })

export const checkGroupIsUnused = (context: Ec2Context, { groupId, groupName }: SecurityGroupRecord): void => {
  if (groupName === DEFAULT_SECURITY_GROUP)
    throw ec2Fault('CannotDelete', `the specified group: "${groupId}" name: "${groupName}" cannot be deleted by a user`)
  const isReferenced = context.tx.securityGroupRules
    .find('byReferencedGroup', groupId)
    .some((rule) => rule.groupId !== groupId)
  if (isReferenced || loadBalancersOf(context).some(({ securityGroups }) => securityGroups.includes(groupId)))
    throw dependencyViolation(`resource ${groupId} has a dependent object`)
}
