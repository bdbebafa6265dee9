/** Route tables as answers have them, and which subnets they are for. */
import type { Route, RouteTable, RouteTableAssociation as SdkAssociation } from '@aws-sdk/client-ec2'
import type { RouteRecord, RouteTableAssociation, RouteTableRecord } from '../../model/ec2-records.ts'
import { rowsOf, ROUTE_TABLE } from './kinds.ts'
import type { Ec2Context } from './context.ts'
import { ec2Fault } from './faults.ts'
import { describeTags } from './tags.ts'

const LOCAL = 'local'

/** Whether it is for the subnets that have no route table of their own. */
export const isMain = ({ associations }: RouteTableRecord): boolean => associations.some(isMainAssociation)

export const isMainAssociation = ({ subnetId }: RouteTableAssociation): boolean => subnetId === undefined

export interface AssociatedTable {
  readonly table: RouteTableRecord
  readonly association: RouteTableAssociation
}

export const getAssociation = (context: Ec2Context, associationId: string): AssociatedTable | undefined => {
  for (const table of rowsOf(context, ROUTE_TABLE)) {
    const association = table.associations.find((each) => each.associationId === associationId)
    if (association !== undefined) return { table, association }
  }
  return undefined
}

export const requireAssociation = (context: Ec2Context, associationId: string): AssociatedTable => {
  const found = getAssociation(context, associationId)
  if (found !== undefined) return found
  throw ec2Fault('InvalidAssociationID.NotFound', `The association ID '${associationId}' does not exist`)
}

export const describeRouteTable = (table: RouteTableRecord, context: Ec2Context): RouteTable => ({
  RouteTableId: table.routeTableId,
  VpcId: table.vpcId,
  OwnerId: table.account,
  Associations: table.associations.map((association) => describeAssociation(table, association)),
  PropagatingVgws: [],
  Routes: routesOf(table, context),
  Tags: describeTags(table.tags),
})

const describeAssociation = (
  { routeTableId }: RouteTableRecord,
  association: RouteTableAssociation,
): SdkAssociation => ({
  Main: isMainAssociation(association),
  RouteTableAssociationId: association.associationId,
  RouteTableId: routeTableId,
  ...(association.subnetId !== undefined && { SubnetId: association.subnetId }),
  AssociationState: { State: 'associated' },
})

/** The blocks of the VPC, which every table has a route to and which nobody can take out. */
export const localDestinations = ({ vpcId }: RouteTableRecord, { tx }: Ec2Context): readonly string[] =>
  tx.vpcs.get(vpcId)?.cidrBlocks.map(({ cidrBlock }) => cidrBlock) ?? []

export const routesOf = (table: RouteTableRecord, context: Ec2Context): Route[] => [
  ...localDestinations(table, context).map((DestinationCidrBlock): Route => ({
    DestinationCidrBlock,
    GatewayId: LOCAL,
    Origin: 'CreateRouteTable',
    State: 'active',
  })),
  ...table.routes.map((route) => describeRoute(table, route, context)),
]

/** AWS: a route to a gateway that is gone stays, and leads nowhere. */
const describeRoute = (
  { vpcId }: RouteTableRecord,
  { destination, gatewayId }: RouteRecord,
  { tx }: Ec2Context,
): Route => ({
  ...(destination.includes(':') ? { DestinationIpv6CidrBlock: destination } : { DestinationCidrBlock: destination }),
  GatewayId: gatewayId,
  Origin: 'CreateRoute',
  State: tx.internetGateways.get(gatewayId)?.vpcId === vpcId ? 'active' : 'blackhole',
})
