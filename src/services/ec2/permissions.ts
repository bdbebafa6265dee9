/**
 * Rules of security groups as EC2's older operations write them: permissions, each for a range of ports, from or to any number of blocks
 * and groups. A rule is one of those.
 */
import type { IpPermission } from '@aws-sdk/client-ec2'
import type { SecurityGroupRuleRecord } from '../../model/ec2-records.ts'

export type RuleContent = Pick<
  SecurityGroupRuleRecord,
  'ipProtocol' | 'fromPort' | 'toPort' | 'cidrIpv4' | 'cidrIpv6' | 'referencedGroupId' | 'description'
>

/** Equal for rules that let the same pass. */
export const ruleKey = (rule: RuleContent): string => `${rangeKey(rule)}/${sourceOf(rule)}`

const rangeKey = ({ ipProtocol, fromPort, toPort }: RuleContent): string => `${ipProtocol}/${fromPort}/${toPort}`

export const sourceOf = ({ cidrIpv4, cidrIpv6, referencedGroupId }: RuleContent): string =>
  cidrIpv4 ?? cidrIpv6 ?? referencedGroupId ?? ''

const WITH_PORTS: readonly string[] = ['tcp', 'udp', 'icmp', 'icmpv6']

export const hasPorts = (ipProtocol: string): boolean => WITH_PORTS.includes(ipProtocol)

/** AWS: rules of the same range stand together. */
export const describePermissions = (rules: readonly RuleContent[], account: string): IpPermission[] => {
  const byRange = new Map<string, RuleContent[]>()
  for (const rule of rules) byRange.set(rangeKey(rule), [...(byRange.get(rangeKey(rule)) ?? []), rule])
  return [...byRange.values()].map((sameRange) => describePermission(sameRange, account))
}

const describePermission = (rules: readonly RuleContent[], account: string): IpPermission => {
  const [{ ipProtocol, fromPort, toPort } = { ipProtocol: '-1', fromPort: -1, toPort: -1 }] = rules
  return {
    IpProtocol: ipProtocol,
    ...(hasPorts(ipProtocol) && { FromPort: fromPort, ToPort: toPort }),
    IpRanges: rules.flatMap((rule) =>
      rule.cidrIpv4 === undefined ? [] : [{ CidrIp: rule.cidrIpv4, ...described(rule) }],
    ),
    Ipv6Ranges: rules.flatMap((rule) =>
      rule.cidrIpv6 === undefined ? [] : [{ CidrIpv6: rule.cidrIpv6, ...described(rule) }],
    ),
    UserIdGroupPairs: rules.flatMap((rule) =>
      rule.referencedGroupId === undefined
        ? []
        : [{ GroupId: rule.referencedGroupId, UserId: account, ...described(rule) }],
    ),
    PrefixListIds: [],
  }
}

const described = ({ description }: RuleContent): { readonly Description?: string } =>
  description === undefined ? {} : { Description: description }
