/** Where a load balancer is: subnets, addresses and security groups that a request names, checked against EC2's. */
import type { SubnetMapping } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { SubnetRecord } from '../../model/ec2-records.ts'
import { hasAddress, nextAddress } from '../../model/load-balancing/address-pool.ts'
import { SECURITY_GROUPS_PER_LOAD_BALANCER } from '../../model/load-balancing/limits.ts'
import type { LoadBalancerRecord, LoadBalancerSubnet } from '../../model/load-balancing/records.ts'
import { defaultSecurityGroupOf, findSecurityGroups, findSubnets } from '../../store/ec2/lookups.ts'
import { takenAddresses } from '../../store/load-balancing/addresses.ts'
import type { Elbv2Context } from './context.ts'
import {
  allocationIdNotFound,
  invalidConfigurationRequest,
  invalidSecurityGroup,
  invalidSubnet,
  subnetNotFound,
  tooManyLoadBalancers,
  validationError,
} from './faults.ts'

type Kind = Pick<LoadBalancerRecord, 'type' | 'scheme'>

export interface SubnetRequest {
  readonly Subnets?: readonly string[] | undefined
  readonly SubnetMappings?: readonly SubnetMapping[] | undefined
}

export interface Placement {
  readonly vpcId: string
  readonly subnets: readonly LoadBalancerSubnet[]
}

/** The subnets that a request names, for a load balancer of this kind. `vpcId`: where it is already. */
export const requirePlacement = (
  context: Elbv2Context,
  kind: Kind,
  request: SubnetRequest,
  vpcId?: string,
): Placement => {
  const mappings = requestedMappings(kind, request)
  const rows = requireSubnets(
    context,
    mappings.map(({ SubnetId = '' }) => SubnetId),
  )
  const placement = { vpcId: vpcId ?? rows[0]?.vpcId ?? '', subnets: rows.map(placed(context, mappings)) }
  checkZones(kind, rows)
  if (rows.some((row) => row.vpcId !== placement.vpcId))
    throw invalidConfigurationRequest(`All subnets must belong to the same VPC: '${placement.vpcId}'`)
  if (kind.scheme === 'internet-facing' && context.tx.internetGateways.findSize('byVpc', placement.vpcId) === 0)
    throw invalidSubnet(`VPC ${placement.vpcId} has no internet gateway`)
  return placement
}

const requestedMappings = (
  kind: Kind,
  { Subnets = [], SubnetMappings = [] }: SubnetRequest,
): readonly SubnetMapping[] => {
  if (Subnets.length > 0 && SubnetMappings.length > 0)
    throw validationError('You must specify either subnets or subnet mappings, but not both')
  for (const mapping of SubnetMappings) checkMapping(kind, mapping)
  return SubnetMappings.length > 0 ? SubnetMappings : Subnets.map((SubnetId) => ({ SubnetId }))
}

const checkMapping = ({ type, scheme }: Kind, mapping: SubnetMapping): void => {
  const { AllocationId, PrivateIPv4Address, IPv6Address, SourceNatIpv6Prefix } = mapping
  if (type === 'application' && (AllocationId ?? PrivateIPv4Address) !== undefined)
    throw invalidConfigurationRequest(
      "Static IP addresses are not supported for load balancers with type 'application'",
    )
  if (AllocationId !== undefined) throw allocationIdNotFound(`The allocation ID '${AllocationId}' does not exist`)
  if ((IPv6Address ?? SourceNatIpv6Prefix) !== undefined)
    throw invalidConfigurationRequest('You must specify subnets with an associated IPv6 CIDR block.')
  if (PrivateIPv4Address !== undefined && scheme !== 'internal')
    throw invalidConfigurationRequest('Private IPv4 addresses can only be specified for internal load balancers')
}

const requireSubnets = (context: Elbv2Context, subnetIds: readonly string[]): readonly SubnetRecord[] => {
  for (const subnetId of subnetIds)
    if (!/^subnet-[0-9a-f]+$/.test(subnetId)) throw invalidSubnet(`The subnet ID '${subnetId}' is not valid`)
  const { found, missing } = findSubnets(context.tx, context, subnetIds)
  if (missing[0] !== undefined) throw subnetNotFound(`The subnet ID '${missing[0]}' does not exist`)
  return found
}

const placed =
  ({ loadBalancing: { addressPool } }: Elbv2Context, mappings: readonly SubnetMapping[]) =>
  ({ subnetId, zoneName }: SubnetRecord, index: number): LoadBalancerSubnet => {
    const privateIpAddress = mappings[index]?.PrivateIPv4Address
    if (privateIpAddress === undefined) return { subnetId, zoneName }
    if (!hasAddress(addressPool, privateIpAddress))
      throw invalidConfigurationRequest(
        `The IP address '${privateIpAddress}' is not of this installation's pool of load balancer addresses, ${addressPool.text}`,
      )
    return { subnetId, zoneName, privateIpAddress }
  }

const checkZones = ({ type }: Kind, rows: readonly SubnetRecord[]): void => {
  const zones = new Set(rows.map(({ zoneName }) => zoneName))
  if (rows.length === 0 && type === 'network') throw validationError('At least one subnet must be specified')
  if (zones.size < rows.length)
    throw invalidConfigurationRequest(
      'A load balancer cannot be attached to multiple subnets in the same Availability Zone',
    )
  if (type === 'application' && zones.size < 2)
    throw validationError('At least two subnets in two different Availability Zones must be specified')
}

/**
 * The addresses of a load balancer in these subnets: those that its subnets ask for, otherwise the one that it has, otherwise the next of
 * the pool. `loadBalancerArn`: whose addresses are its own.
 */
export const requireAddresses = (
  { tx, loadBalancing: { addressPool } }: Elbv2Context,
  subnets: readonly LoadBalancerSubnet[],
  before?: LoadBalancerRecord,
): readonly string[] => {
  const taken = takenAddresses(tx, before?.loadBalancerArn)
  const asked = subnets.flatMap(({ privateIpAddress }) => privateIpAddress ?? [])
  for (const [index, address] of asked.entries())
    if (taken.has(address) || asked.indexOf(address) !== index)
      throw invalidConfigurationRequest(`The IP address '${address}' is already in use`)
  if (asked.length > 0) return asked
  if (before !== undefined && before.subnets.every(({ privateIpAddress }) => privateIpAddress === undefined))
    return before.addresses
  const next = nextAddress(addressPool, taken)
  if (next === undefined)
    throw tooManyLoadBalancers(`All addresses for load balancers are in use: ${addressPool.text} has no more of them`)
  return [next]
}

/** The security groups that a request names, or the VPC's default for an Application Load Balancer that names none. */
export const requireSecurityGroups = (
  context: Elbv2Context,
  type: LoadBalancerRecord['type'],
  vpcId: string,
  groupIds: readonly string[] | undefined,
): readonly string[] => {
  if (groupIds === undefined || groupIds.length === 0)
    return type === 'network' ? [] : defaultSecurityGroups(context, vpcId)
  if (groupIds.length > SECURITY_GROUPS_PER_LOAD_BALANCER)
    throw invalidConfigurationRequest(
      `A load balancer can have at most ${SECURITY_GROUPS_PER_LOAD_BALANCER} security groups`,
    )
  const { found, missing } = findSecurityGroups(context.tx, context, [...new Set(groupIds)])
  if (missing[0] !== undefined) throw invalidSecurityGroup(`The security group '${missing[0]}' does not exist`)
  const elsewhere = found.find((group) => group.vpcId !== vpcId)
  if (elsewhere !== undefined)
    throw invalidConfigurationRequest(`The security group '${elsewhere.groupId}' does not belong to VPC '${vpcId}'`)
  return found.map(({ groupId }) => groupId)
}

const defaultSecurityGroups = ({ tx }: Elbv2Context, vpcId: string): readonly string[] => {
  const group = defaultSecurityGroupOf(tx, vpcId)
  return group === undefined ? [] : [group.groupId]
}
