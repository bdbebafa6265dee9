/** Rules of security groups that are there: changed, or described otherwise. */
import type {
  ModifySecurityGroupRulesRequest,
  ModifySecurityGroupRulesResult,
  SecurityGroupRuleRequest,
  UpdateSecurityGroupRuleDescriptionsIngressRequest,
  UpdateSecurityGroupRuleDescriptionsIngressResult,
} from '@aws-sdk/client-ec2'
import type { SecurityGroupRecord, SecurityGroupRuleRecord } from '../../../model/ec2-records.ts'
import { demandOn, onEach } from '../access.ts'
import { canonicalCidr } from '../cidr-blocks.ts'
import type { Ec2Context } from '../context.ts'
import { ec2Fault, invalidCombination, invalidValue, missingParameter } from '../faults.ts'
import { requireRow, SECURITY_GROUP, SECURITY_GROUP_RULE } from '../kinds.ts'
import { ec2Operation } from '../operation.ts'
import { checkedSameVpc, checkNoPrefixList, described, rangeOf, rulesIn } from '../permission-input.ts'
import { type RuleContent, ruleKey, sourceOf } from '../permissions.ts'
import { namedGroupId, requireGroup, rulesOf } from '../security-groups.ts'
import { requireRuleOf } from './security-group-rules.ts'

export const modifySecurityGroupRules = ec2Operation<ModifySecurityGroupRulesRequest, ModifySecurityGroupRulesResult>({
  access: ({ GroupId = '', SecurityGroupRules = [] }, context) => [
    demandOn(context, SECURITY_GROUP, GroupId),
    ...onEach(
      context,
      SECURITY_GROUP_RULE,
      SecurityGroupRules.map(({ SecurityGroupRuleId }) => SecurityGroupRuleId),
    ),
  ],
  handle: ({ GroupId = '', SecurityGroupRules = [] }, context) => {
    const group = requireRow(context, SECURITY_GROUP, GroupId)
    if (SecurityGroupRules.length === 0) throw missingParameter('securityGroupRules')
    for (const { SecurityGroupRuleId = '', SecurityGroupRule = {} } of SecurityGroupRules) {
      const before = requireRuleOf(context, GroupId, SecurityGroupRuleId)
      context.tx.securityGroupRules.put(changedRule(before, contentOf(SecurityGroupRule, group, context)))
    }
    checkDistinct(GroupId, context)
    return { Return: true }
  },
})

/** AWS: what the request does not say of the rule is gone, as its description. */
const changedRule = (before: SecurityGroupRuleRecord, content: RuleContent): SecurityGroupRuleRecord => {
  const { account, region, createdAt, tags, securityGroupRuleId, groupId, isEgress } = before
  return { account, region, createdAt, tags, securityGroupRuleId, groupId, isEgress, ...content }
}

const contentOf = (
  { CidrIpv4, CidrIpv6, ReferencedGroupId, PrefixListId, Description, ...range }: SecurityGroupRuleRequest,
  group: SecurityGroupRecord,
  context: Ec2Context,
): RuleContent => {
  checkNoPrefixList(PrefixListId)
  if ([CidrIpv4, CidrIpv6, ReferencedGroupId].filter((peer) => peer !== undefined).length !== 1)
    throw invalidCombination('Exactly one of CidrIpv4, CidrIpv6, PrefixListId and ReferencedGroupId must be given.')
  const content = { ...rangeOf(range), ...described(Description) }
  if (CidrIpv4 !== undefined) return { ...content, cidrIpv4: canonicalCidr(CidrIpv4, 4) }
  if (CidrIpv6 !== undefined) return { ...content, cidrIpv6: canonicalCidr(CidrIpv6, 6) }
  const referenced = requireRow(context, SECURITY_GROUP, ReferencedGroupId ?? '')
  return { ...content, referencedGroupId: checkedSameVpc(referenced, group).groupId }
}

const checkDistinct = (groupId: string, context: Ec2Context): void => {
  for (const isEgress of [true, false]) {
    const seen = new Set<string>()
    for (const rule of rulesOf(context, groupId, isEgress)) {
      const key = ruleKey(rule)
      if (seen.has(key))
        throw ec2Fault(
          'InvalidPermission.Duplicate',
          `a rule for the peer ${sourceOf(rule)} with these ports already exists`,
        )
      seen.add(key)
    }
  }
}

type DescriptionsRequest = UpdateSecurityGroupRuleDescriptionsIngressRequest

const updateDescriptions = (isEgress: boolean) =>
  ec2Operation<DescriptionsRequest, UpdateSecurityGroupRuleDescriptionsIngressResult>({
    access: (input, context) => [demandOn(context, SECURITY_GROUP, namedGroupId(context, input))],
    handle: (input, context) => {
      const group = requireGroup(context, input)
      for (const { id, description } of newDescriptions(input, group, isEgress, context))
        context.tx.securityGroupRules.update(id, { description })
      return { Return: true }
    },
  })

interface NewDescription {
  readonly id: string
  readonly description: string | undefined
}

const newDescriptions = (
  { IpPermissions, SecurityGroupRuleDescriptions }: DescriptionsRequest,
  group: SecurityGroupRecord,
  isEgress: boolean,
  context: Ec2Context,
): readonly NewDescription[] => {
  if (IpPermissions !== undefined && SecurityGroupRuleDescriptions !== undefined)
    throw invalidCombination('Descriptions stand either in permissions or beside the ids of rules.')
  if (SecurityGroupRuleDescriptions !== undefined)
    return SecurityGroupRuleDescriptions.map(({ SecurityGroupRuleId = '', Description }) => ({
      id: requireRuleOf(context, group.groupId, SecurityGroupRuleId, isEgress).securityGroupRuleId,
      description: described(Description).description,
    }))
  if (IpPermissions === undefined) throw invalidValue('Either permissions or descriptions of rules must be given.')
  const existing = new Map(rulesOf(context, group.groupId, isEgress).map((rule) => [ruleKey(rule), rule]))
  return rulesIn({ IpPermissions }, group, context).map((rule) => {
    const found = existing.get(ruleKey(rule))
    if (found === undefined)
      throw ec2Fault('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.')
    return { id: found.securityGroupRuleId, description: rule.description }
  })
}

export const updateSecurityGroupRuleDescriptionsIngress = updateDescriptions(false)
export const updateSecurityGroupRuleDescriptionsEgress = updateDescriptions(true)
