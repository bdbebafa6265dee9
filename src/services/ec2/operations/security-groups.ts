/** Security groups: made, described and deleted. Their rules are in `security-group-rules.ts`. */
import type {
  CreateSecurityGroupRequest,
  CreateSecurityGroupResult,
  DeleteSecurityGroupRequest,
  DeleteSecurityGroupResult,
  DescribeSecurityGroupsRequest,
  DescribeSecurityGroupsResult,
  GetSecurityGroupsForVpcRequest,
  GetSecurityGroupsForVpcResult,
  SecurityGroupForVpc,
} from '@aws-sdk/client-ec2'
import { SECURITY_GROUP_NAME_LENGTH, SECURITY_GROUPS } from '../../../model/ec2-limits.ts'
import {
  DEFAULT_SECURITY_GROUP,
  type SecurityGroupRecord,
  type SecurityGroupRuleRecord,
} from '../../../model/ec2-records.ts'
import { defaultVpcOf } from '../../../store/ec2/default-vpc.ts'
import { insertSecurityGroup } from '../../../store/ec2/new-vpc.ts'
import { demandOn, demandsToMake, onAnything, onEach } from '../access.ts'
import type { Ec2Context } from '../context.ts'
import { ec2Fault, invalidValue, limitExceeded } from '../faults.ts'
import { type FilterFields, rowFilter, resourceFields } from '../filters.ts'
import { requireRow, rowsOf, SECURITY_GROUP, VPC } from '../kinds.ts'
import { ec2Operation, newIds } from '../operation.ts'
import { describePage, pageOf, scopeOf } from '../page.ts'
import { checkedDescription } from '../permission-input.ts'
import { hasPorts } from '../permissions.ts'
import {
  checkGroupIsUnused,
  describeSecurityGroup,
  groupNamed,
  namedGroupId,
  requireGroup,
  requireGroupNamed,
  rulesOf,
  securityGroupArn,
} from '../security-groups.ts'
import { describeTags, specifiedTags } from '../tags.ts'

export const createSecurityGroup = ec2Operation<CreateSecurityGroupRequest, CreateSecurityGroupResult>({
  access: (input, context) => [
    ...demandsToMake(context, SECURITY_GROUP, 'CreateSecurityGroup', input.TagSpecifications),
    ...onEach(context, VPC, [input.VpcId]),
  ],
  handle: ({ GroupName = '', Description = '', VpcId, TagSpecifications }, context) => {
    const { tx, account, region, now } = context
    const vpcId = vpcIdOf(VpcId, context)
    const groupName = checkedName(GroupName)
    const description = checkedDescription(Description)
    const tags = specifiedTags(TagSpecifications, SECURITY_GROUP.type)
    if (groupNamed(context, vpcId, groupName) !== undefined)
      throw ec2Fault('InvalidGroup.Duplicate', `The security group '${groupName}' already exists for VPC '${vpcId}'`)
    if (rowsOf(context, SECURITY_GROUP).length >= SECURITY_GROUPS)
      throw limitExceeded('SecurityGroupLimitExceeded', 'security groups', SECURITY_GROUPS)
    const group = { account, region, createdAt: now, tags, vpcId, groupName, description }
    const row = insertSecurityGroup(tx, group, newIds(context))
    return { GroupId: row.groupId, SecurityGroupArn: securityGroupArn(row), Tags: describeTags(tags) }
  },
})

const vpcIdOf = (given: string | undefined, context: Ec2Context): string => {
  if (given !== undefined) return requireRow(context, VPC, given).vpcId
  const vpc = defaultVpcOf(context.tx, context)
  if (vpc === undefined) throw ec2Fault('VPCIdNotSpecified', 'No default VPC for this user')
  return vpc.vpcId
}

const checkedName = (name: string): string => {
  if (name === DEFAULT_SECURITY_GROUP)
    throw ec2Fault('InvalidGroup.Reserved', `The security group '${name}' is reserved`)
  if (name === '' || name.length > SECURITY_GROUP_NAME_LENGTH || /^sg-/i.test(name))
    throw invalidValue(`Value (${name}) for parameter GroupName is invalid. Group names may not be in the format sg-*.`)
  return checkedDescription(name)
}

type RuleValue = (rule: SecurityGroupRuleRecord, context: Ec2Context) => string | number | undefined

/** AWS: any combination of a group's rules may match the filters, not only one rule all of them. */
const ofRules =
  (isEgress: boolean, valueOf: RuleValue) =>
  ({ groupId }: SecurityGroupRecord, context: Ec2Context): readonly (string | number | undefined)[] =>
    rulesOf(context, groupId, isEgress).map((rule) => valueOf(rule, context))

const RULE_VALUES: Readonly<Record<string, RuleValue>> = {
  cidr: ({ cidrIpv4 }) => cidrIpv4,
  'from-port': ({ ipProtocol, fromPort }) => (hasPorts(ipProtocol) ? fromPort : undefined),
  'group-id': ({ referencedGroupId }) => referencedGroupId,
  'group-name': ({ referencedGroupId = '' }, { tx }) => tx.securityGroups.get(referencedGroupId)?.groupName,
  'ipv6-cidr': ({ cidrIpv6 }) => cidrIpv6,
  'prefix-list-id': () => undefined,
  protocol: ({ ipProtocol }) => ipProtocol,
  'to-port': ({ ipProtocol, toPort }) => (hasPorts(ipProtocol) ? toPort : undefined),
  'user-id': ({ referencedGroupId, account }) => (referencedGroupId === undefined ? undefined : account),
}

const ruleFields = (prefix: string, isEgress: boolean): FilterFields<SecurityGroupRecord> =>
  Object.fromEntries(
    Object.entries(RULE_VALUES).map(([name, valueOf]) => [`${prefix}.${name}`, ofRules(isEgress, valueOf)]),
  )

const fields: FilterFields<SecurityGroupRecord> = {
  description: ({ description }) => description,
  'group-id': ({ groupId }) => groupId,
  'group-name': ({ groupName }) => groupName,
  'vpc-id': ({ vpcId }) => vpcId,
  ...ruleFields('ip-permission', false),
  ...ruleFields('egress.ip-permission', true),
}

export const describeSecurityGroups = ec2Operation<DescribeSecurityGroupsRequest, DescribeSecurityGroupsResult>({
  access: onAnything,
  handle: (input, context) => {
    const named = (input.GroupNames ?? []).map((name) => requireGroupNamed(context, name).groupId)
    const { rows, token } = describePage(input, context, {
      operation: 'DescribeSecurityGroups',
      kind: SECURITY_GROUP,
      ids: [...(input.GroupIds ?? []), ...named],
      fields,
    })
    return { SecurityGroups: rows.map((row) => describeSecurityGroup(row, context)), ...token }
  },
})

const forVpcFields: FilterFields<SecurityGroupRecord> = {
  ...resourceFields,
  description: ({ description }) => description,
  'group-id': ({ groupId }) => groupId,
  'group-name': ({ groupName }) => groupName,
  'primary-vpc-id': ({ vpcId }) => vpcId,
}

/** AWS: also groups that are shared with the VPC; here there are only its own. */
export const getSecurityGroupsForVpc = ec2Operation<GetSecurityGroupsForVpcRequest, GetSecurityGroupsForVpcResult>({
  access: ({ VpcId = '' }, context) => [demandOn(context, VPC, VpcId)],
  handle: ({ VpcId = '', Filters, ...page }, context) => {
    requireRow(context, VPC, VpcId)
    const { rows, token } = pageOf(page, context, {
      scope: scopeOf(`GetSecurityGroupsForVpc/${VpcId}`, Filters),
      items: context.tx.securityGroups.find('byVpc', VpcId).filter(rowFilter(Filters, forVpcFields, context)),
      keyOf: SECURITY_GROUP.idOf,
    })
    return { SecurityGroupForVpcs: rows.map(describeForVpc), ...token }
  },
})

const describeForVpc = (group: SecurityGroupRecord): SecurityGroupForVpc => ({
  GroupId: group.groupId,
  GroupName: group.groupName,
  Description: group.description,
  OwnerId: group.account,
  PrimaryVpcId: group.vpcId,
  Tags: describeTags(group.tags),
})

export const deleteSecurityGroup = ec2Operation<DeleteSecurityGroupRequest, DeleteSecurityGroupResult>({
  access: (input, context) => [demandOn(context, SECURITY_GROUP, namedGroupId(context, input))],
  handle: (input, context) => {
    const { tx } = context
    const group = requireGroup(context, input)
    checkGroupIsUnused(context, group)
    for (const rule of tx.securityGroupRules.find('byGroup', group.groupId))
      tx.securityGroupRules.remove(rule.securityGroupRuleId)
    tx.securityGroups.remove(group.groupId)
    return { Return: true, GroupId: group.groupId }
  },
})
