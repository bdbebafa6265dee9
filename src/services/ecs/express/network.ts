/** Where an Express service is: the subnets and security groups that a request names, or those of the default VPC. */
import type { ExpressGatewayServiceNetworkConfiguration } from '@aws-sdk/client-ecs'
import type { SubnetRecord } from '../../../model/ec2-records.ts'
import { defaultVpcOf, ensureDefaultVpc } from '../../../store/ec2/default-vpc.ts'
import { findSecurityGroups, findSubnets, isPublicSubnet } from '../../../store/ec2/lookups.ts'
import type { EcsContext } from '../context.ts'
import { invalidParameter } from '../faults.ts'

export interface ExpressNetwork {
  readonly vpcId: string
  readonly subnets: readonly SubnetRecord[]
  /** Those that the request names, beside the service's own. */
  readonly securityGroups: readonly string[]
  readonly isPublic: boolean
}

export const expressNetwork = (
  context: EcsContext,
  { subnets: subnetIds = [], securityGroups = [] }: ExpressGatewayServiceNetworkConfiguration = {},
): ExpressNetwork => {
  const subnets = subnetIds.length > 0 ? requireSubnets(context, subnetIds) : defaultSubnets(context)
  const vpcId = subnets[0]?.vpcId ?? ''
  if (subnets.some((subnet) => subnet.vpcId !== vpcId))
    throw invalidParameter(`All subnets must belong to the same VPC: '${vpcId}'.`)
  if (new Set(subnets.map(({ zoneName }) => zoneName)).size < 2)
    throw invalidParameter('At least two subnets in two different Availability Zones must be specified.')
  checkSecurityGroups(context, vpcId, securityGroups)
  return { vpcId, subnets, securityGroups, isPublic: isPublic(context, subnets) }
}

const requireSubnets = (context: EcsContext, subnetIds: readonly string[]): readonly SubnetRecord[] => {
  const { found, missing } = findSubnets(context.tx, context, [...new Set(subnetIds)])
  if (missing[0] !== undefined) throw invalidParameter(`The subnet ID '${missing[0]}' does not exist.`)
  return found
}

/** The public subnets of the default VPC, one in each zone. */
const defaultSubnets = (context: EcsContext): readonly SubnetRecord[] => {
  const { tx } = context
  ensureDefaultVpc(tx, context)
  const vpc = defaultVpcOf(tx, context)
  if (vpc === undefined)
    throw invalidParameter('There is no default VPC: networkConfiguration must specify subnets of another one.')
  return tx.subnets
    .find('byVpc', vpc.vpcId)
    .filter((subnet) => subnet.isDefaultForZone && isPublicSubnet(tx, subnet))
    .toSorted((one, other) => (one.zoneName < other.zoneName ? -1 : 1))
}

const checkSecurityGroups = (context: EcsContext, vpcId: string, groupIds: readonly string[]): void => {
  const { found, missing } = findSecurityGroups(context.tx, context, groupIds)
  if (missing[0] !== undefined) throw invalidParameter(`The security group '${missing[0]}' does not exist.`)
  const elsewhere = found.find((group) => group.vpcId !== vpcId)
  if (elsewhere !== undefined)
    throw invalidParameter(`The security group '${elsewhere.groupId}' does not belong to VPC '${vpcId}'.`)
}

const isPublic = ({ tx }: EcsContext, subnets: readonly SubnetRecord[]): boolean => {
  const publicCount = subnets.filter((subnet) => isPublicSubnet(tx, subnet)).length
  if (publicCount > 0 && publicCount < subnets.length)
    throw invalidParameter('Either all subnets must be public, with a route to an internet gateway, or none of them.')
  return publicCount > 0
}
