/** The rules that a request asks for: its permissions taken apart, checked, in the form in which they are stored. */
import type { AuthorizeSecurityGroupIngressRequest, IpPermission, UserIdGroupPair } from '@aws-sdk/client-ec2'
import { compact } from '../../kit/compact.ts'
import { SECURITY_GROUP_DESCRIPTION_LENGTH } from '../../model/ec2-limits.ts'
import type { SecurityGroupRecord } from '../../model/ec2-records.ts'
import { canonicalCidr } from './cidr-blocks.ts'
import type { Ec2Context } from './context.ts'
import { ec2Fault, invalidCombination, invalidValue, missingParameter, refuseUnsupported } from './faults.ts'
import { requireRow, SECURITY_GROUP } from './kinds.ts'
import { hasPorts, type RuleContent, ruleKey } from './permissions.ts'
import { groupNamed } from './security-groups.ts'

/** Permissions as a list, or one in the request's own members. */
export type PermissionInput = Pick<
  AuthorizeSecurityGroupIngressRequest,
  | 'IpPermissions'
  | 'IpProtocol'
  | 'FromPort'
  | 'ToPort'
  | 'CidrIp'
  | 'SourceSecurityGroupName'
  | 'SourceSecurityGroupOwnerId'
>

/** Throws if there is none, or if two are the same. */
export const rulesIn = (
  input: PermissionInput,
  group: SecurityGroupRecord,
  context: Ec2Context,
): readonly RuleContent[] => {
  const rules = permissionsIn(input).flatMap((permission) => rulesOfPermission(permission, group, context))
  if (rules.length === 0) throw missingParameter('ipPermissions')
  if (new Set(rules.map(ruleKey)).size < rules.length)
    throw invalidValue('The same permission must not appear multiple times')
  return rules
}

const permissionsIn = (input: PermissionInput): readonly IpPermission[] => {
  const {
    IpPermissions = [],
    IpProtocol,
    FromPort,
    ToPort,
    CidrIp,
    SourceSecurityGroupName,
    SourceSecurityGroupOwnerId,
  } = input
  if (IpProtocol === undefined && CidrIp === undefined && SourceSecurityGroupName === undefined) return IpPermissions
  if (IpPermissions.length > 0) throw invalidCombination('Permissions stand either in a list or in the request itself.')
  const range = compact({ FromPort, ToPort })
  const pair = compact({ GroupName: SourceSecurityGroupName, UserId: SourceSecurityGroupOwnerId })
  const peers = {
    IpRanges: CidrIp === undefined ? [] : [{ CidrIp }],
    UserIdGroupPairs: SourceSecurityGroupName === undefined ? [] : [pair],
  }
  if (IpProtocol !== undefined) return [{ IpProtocol, ...range, ...peers }]
  // AWS: a group without a protocol is for all of TCP, UDP and ICMP.
  const ports = { FromPort: 0, ToPort: 65_535 }
  return [
    { IpProtocol: 'tcp', ...ports, ...peers },
    { IpProtocol: 'udp', ...ports, ...peers },
    { IpProtocol: 'icmp', FromPort: -1, ToPort: -1, ...peers },
  ]
}

const rulesOfPermission = (
  permission: IpPermission,
  group: SecurityGroupRecord,
  context: Ec2Context,
): readonly RuleContent[] => {
  const { IpRanges = [], Ipv6Ranges = [], UserIdGroupPairs = [], PrefixListIds = [] } = permission
  checkNoPrefixList(PrefixListIds[0]?.PrefixListId)
  const range = rangeOf(permission)
  const rules = [
    ...IpRanges.map(({ CidrIp = '', Description }) => ({
      cidrIpv4: canonicalCidr(CidrIp, 4),
      ...described(Description),
    })),
    ...Ipv6Ranges.map(({ CidrIpv6 = '', Description }) => ({
      cidrIpv6: canonicalCidr(CidrIpv6, 6),
      ...described(Description),
    })),
    ...UserIdGroupPairs.map((pair) => ({
      referencedGroupId: pairedGroup(pair, group, context).groupId,
      ...described(pair.Description),
    })),
  ]
  if (rules.length === 0) throw missingParameter('cidrIp, cidrIpv6 or groupId in each of ipPermissions')
  return rules.map((rule) => ({ ...range, ...rule }))
}

export const checkNoPrefixList = (prefixListId: string | undefined): void => {
  if (prefixListId !== undefined)
    throw ec2Fault('InvalidPrefixListID.NotFound', `The prefix list ID '${prefixListId}' does not exist`)
}

const ALLOWED_TEXT = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]*$/

/** A description of a rule, or of a group. */
export const checkedDescription = (text: string): string => {
  if (text.length > SECURITY_GROUP_DESCRIPTION_LENGTH || !ALLOWED_TEXT.test(text))
    throw invalidValue(
      'Invalid security group description. Valid descriptions are strings less than 256 characters from the following set: ' +
        'a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*',
    )
  return text
}

/** AWS: an empty description is none. */
export const described = (text: string | undefined): Pick<RuleContent, 'description'> =>
  text === undefined || text === '' ? {} : { description: checkedDescription(text) }

const pairedGroup = (pair: UserIdGroupPair, group: SecurityGroupRecord, context: Ec2Context): SecurityGroupRecord => {
  refuseUnsupported(pair, ['VpcPeeringConnectionId'])
  const { GroupId, GroupName, UserId = context.account, VpcId } = pair
  const named = GroupId ?? GroupName
  if (named === undefined) throw missingParameter('groupId or groupName in each of userIdGroupPairs')
  const found =
    GroupId === undefined ? groupNamed(context, group.vpcId, named) : requireRow(context, SECURITY_GROUP, GroupId)
  if (found === undefined || UserId !== context.account || (VpcId !== undefined && VpcId !== found.vpcId))
    throw ec2Fault('InvalidGroup.NotFound', `The security group '${named}' does not exist`)
  return checkedSameVpc(found, group)
}

export const checkedSameVpc = (
  referenced: SecurityGroupRecord,
  { vpcId }: SecurityGroupRecord,
): SecurityGroupRecord => {
  if (referenced.vpcId !== vpcId)
    throw ec2Fault('InvalidGroup.NotFound', 'You have specified two resources that belong to different networks.')
  return referenced
}

type Range = Pick<RuleContent, 'ipProtocol' | 'fromPort' | 'toPort'>

const PROTOCOLS: Readonly<Record<string, string>> = { '1': 'icmp', '6': 'tcp', '17': 'udp', '58': 'icmpv6', all: '-1' }

export const rangeOf = ({
  IpProtocol,
  FromPort,
  ToPort,
}: Pick<IpPermission, 'IpProtocol' | 'FromPort' | 'ToPort'>): Range => {
  const ipProtocol = protocolOf(IpProtocol)
  // AWS: what is no such protocol has no ports, whatever the request says.
  if (!hasPorts(ipProtocol)) return { ipProtocol, fromPort: -1, toPort: -1 }
  if (ipProtocol.startsWith('icmp')) return { ipProtocol, ...icmpRange(FromPort, ToPort) }
  if (FromPort === undefined || ToPort === undefined)
    throw invalidValue("Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.")
  if (FromPort < 0 || ToPort > 65_535 || FromPort > ToPort)
    throw invalidValue(`Invalid ${ipProtocol.toUpperCase()} port range (${FromPort}-${ToPort})`)
  return { ipProtocol, fromPort: FromPort, toPort: ToPort }
}

const protocolOf = (given: string | undefined): string => {
  if (given === undefined) throw missingParameter('ipProtocol')
  const name = given.toLowerCase()
  const known = PROTOCOLS[name] ?? name
  const isNumber = /^\d{1,3}$/.test(known) && Number(known) <= 255
  if (hasPorts(known) || known === '-1' || isNumber) return isNumber ? String(Number(known)) : known
  throw invalidValue(`Invalid value '${given}' for IP protocol. Unknown protocol.`)
}

/** AWS: type and code, of which -1 is all; all types have all codes. */
const icmpRange = (type = -1, code = -1): Omit<Range, 'ipProtocol'> => {
  if (type < -1 || type > 255 || code < -1 || code > 255 || (type === -1 && code !== -1))
    throw invalidValue(`ICMP code (${code}) or type (${type}) out of range`)
  return { fromPort: type, toPort: code }
}
