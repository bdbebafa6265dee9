/** Rules of security groups: added, taken out and described. */
import type {
  AuthorizeSecurityGroupIngressRequest,
  AuthorizeSecurityGroupIngressResult,
  DescribeSecurityGroupRulesRequest,
  DescribeSecurityGroupRulesResult,
  RevokedSecurityGroupRule,
  RevokeSecurityGroupIngressRequest,
  RevokeSecurityGroupIngressResult,
} from '@aws-sdk/client-ec2'
import { compact } from '../../../kit/compact.ts'
import { RULES_PER_SECURITY_GROUP } from '../../../model/ec2-limits.ts'
import type { SecurityGroupRecord, SecurityGroupRuleRecord } from '../../../model/ec2-records.ts'
import { demandOn, demandsToTag, onAnything } from '../access.ts'
import type { Ec2Context } from '../context.ts'
import { ec2Fault, invalidCombination } from '../faults.ts'
import type { FilterFields } from '../filters.ts'
import { requireRow, SECURITY_GROUP, SECURITY_GROUP_RULE } from '../kinds.ts'
import { ec2Operation, newIds } from '../operation.ts'
import { describePage } from '../page.ts'
import { rulesIn } from '../permission-input.ts'
import { describePermissions, type RuleContent, ruleKey, sourceOf } from '../permissions.ts'
import { describeRule, namedGroupId, requireGroup, rulesOf } from '../security-groups.ts'
import { specifiedTags } from '../tags.ts'

/** AWS: both directions take the same, but that outbound rules are for a group's id alone. */
const authorize = (isEgress: boolean) =>
  ec2Operation<AuthorizeSecurityGroupIngressRequest, AuthorizeSecurityGroupIngressResult>({
    access: (input, context) => [
      demandOn(context, SECURITY_GROUP, namedGroupId(context, input)),
      ...demandsToTag(context, SECURITY_GROUP_RULE, authorizing(isEgress), input.TagSpecifications),
    ],
    handle: (input, context) => {
      const { tx, account, region, now } = context
      const group = requireGroup(context, input)
      const rules = rulesIn(input, group, context)
      const tags = specifiedTags(input.TagSpecifications, SECURITY_GROUP_RULE.type)
      const existing = rulesOf(context, group.groupId, isEgress)
      checkAreNew(rules, existing)
      checkRoom([...existing, ...rules])
      const resource = { account, region, createdAt: now, tags, groupId: group.groupId, isEgress }
      const newId = newIds(context)
      const rows = rules.map((rule) =>
        tx.securityGroupRules.insert({ ...resource, ...rule, securityGroupRuleId: newId('sgr') }),
      )
      return { Return: true, SecurityGroupRules: rows.map(describeRule) }
    },
  })

const authorizing = (isEgress: boolean): string => `AuthorizeSecurityGroup${isEgress ? 'Egress' : 'Ingress'}`

const checkAreNew = (rules: readonly RuleContent[], existing: readonly RuleContent[]): void => {
  const keys = new Set(existing.map(ruleKey))
  const duplicate = rules.find((rule) => keys.has(ruleKey(rule)))
  if (duplicate !== undefined)
    throw ec2Fault('InvalidPermission.Duplicate', `the specified rule "${ruleText(duplicate)}" already exists`)
}

const ruleText = (rule: RuleContent): string => {
  const protocol =
    rule.ipProtocol === '-1'
      ? 'ALL'
      : `${rule.ipProtocol.toUpperCase()}, from port: ${rule.fromPort}, to port: ${rule.toPort}`
  return `peer: ${sourceOf(rule)}, ${protocol}, ALLOW`
}

/** AWS: a rule for a group counts as one for IPv4 and as one for IPv6. */
const checkRoom = (rules: readonly RuleContent[]): void => {
  const ipv4 = rules.filter(({ cidrIpv6 }) => cidrIpv6 === undefined).length
  const ipv6 = rules.filter(({ cidrIpv4 }) => cidrIpv4 === undefined).length
  if (Math.max(ipv4, ipv6) > RULES_PER_SECURITY_GROUP)
    throw ec2Fault(
      'RulesPerSecurityGroupLimitExceeded',
      `The maximum number of rules per security group has been reached: ${RULES_PER_SECURITY_GROUP}.`,
    )
}

export const authorizeSecurityGroupIngress = authorize(false)
export const authorizeSecurityGroupEgress = authorize(true)

const revoke = (isEgress: boolean) =>
  ec2Operation<RevokeSecurityGroupIngressRequest, RevokeSecurityGroupIngressResult>({
    access: (input, context) => [demandOn(context, SECURITY_GROUP, namedGroupId(context, input))],
    handle: (input, context) => {
      const group = requireGroup(context, input)
      const { revoked, unknown } = input.SecurityGroupRuleIds?.length
        ? { revoked: rulesById(input, group, isEgress, context), unknown: [] }
        : rulesByContent(input, group, isEgress, context)
      for (const { securityGroupRuleId } of revoked) context.tx.securityGroupRules.remove(securityGroupRuleId)
      return {
        Return: true,
        RevokedSecurityGroupRules: revoked.map(describeRevoked),
        ...(unknown.length > 0 && { UnknownIpPermissions: describePermissions(unknown, context.account) }),
      }
    },
  })

const rulesById = (
  { SecurityGroupRuleIds = [], IpPermissions }: RevokeSecurityGroupIngressRequest,
  { groupId }: SecurityGroupRecord,
  isEgress: boolean,
  context: Ec2Context,
): readonly SecurityGroupRuleRecord[] => {
  if (IpPermissions !== undefined && IpPermissions.length > 0)
    throw invalidCombination('Rules are named either by their ids or by permissions.')
  return [...new Set(SecurityGroupRuleIds)].map((id) => requireRuleOf(context, groupId, id, isEgress))
}

/** A rule of that group, in that direction if one is given. */
export const requireRuleOf = (
  context: Ec2Context,
  groupId: string,
  id: string,
  isEgress?: boolean,
): SecurityGroupRuleRecord => {
  const rule = requireRow(context, SECURITY_GROUP_RULE, id)
  if (rule.groupId === groupId && (isEgress === undefined || rule.isEgress === isEgress)) return rule
  throw ec2Fault('InvalidSecurityGroupRuleId.NotFound', `The security group rule ID '${id}' does not exist`)
}

/** AWS: in a default VPC what is not there is only named in the answer; elsewhere it is a fault. */
const rulesByContent = (
  input: RevokeSecurityGroupIngressRequest,
  group: SecurityGroupRecord,
  isEgress: boolean,
  context: Ec2Context,
): { readonly revoked: readonly SecurityGroupRuleRecord[]; readonly unknown: readonly RuleContent[] } => {
  const existing = new Map(rulesOf(context, group.groupId, isEgress).map((rule) => [ruleKey(rule), rule]))
  const wanted = rulesIn(input, group, context)
  const unknown = wanted.filter((rule) => !existing.has(ruleKey(rule)))
  if (unknown.length > 0 && context.tx.vpcs.get(group.vpcId)?.isDefault !== true)
    throw ec2Fault('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.')
  return { revoked: wanted.flatMap((rule) => existing.get(ruleKey(rule)) ?? []), unknown }
}

const describeRevoked = (rule: SecurityGroupRuleRecord): RevokedSecurityGroupRule =>
  compact({
    SecurityGroupRuleId: rule.securityGroupRuleId,
    GroupId: rule.groupId,
    IsEgress: rule.isEgress,
    IpProtocol: rule.ipProtocol,
    FromPort: rule.fromPort,
    ToPort: rule.toPort,
    CidrIpv4: rule.cidrIpv4,
    CidrIpv6: rule.cidrIpv6,
    ReferencedGroupId: rule.referencedGroupId,
    Description: rule.description,
  })

export const revokeSecurityGroupIngress = revoke(false)
export const revokeSecurityGroupEgress = revoke(true)

const fields: FilterFields<SecurityGroupRuleRecord> = {
  'group-id': ({ groupId }) => groupId,
  'security-group-rule-id': ({ securityGroupRuleId }) => securityGroupRuleId,
}

export const describeSecurityGroupRules = ec2Operation<
  DescribeSecurityGroupRulesRequest,
  DescribeSecurityGroupRulesResult
>({
  access: onAnything,
  handle: (input, context) => {
    const { rows, token } = describePage(input, context, {
      operation: 'DescribeSecurityGroupRules',
      kind: SECURITY_GROUP_RULE,
      ids: input.SecurityGroupRuleIds,
      fields,
    })
    return { SecurityGroupRules: rows.map(describeRule), ...token }
  },
})
