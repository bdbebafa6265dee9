/** Route tables: made, described, deleted, and which subnets they are for. */
import type {
  AssociateRouteTableRequest,
  AssociateRouteTableResult,
  CreateRouteTableRequest,
  CreateRouteTableResult,
  DeleteRouteTableRequest,
  DescribeRouteTablesRequest,
  DescribeRouteTablesResult,
  DisassociateRouteTableRequest,
  ReplaceRouteTableAssociationRequest,
  ReplaceRouteTableAssociationResult,
} from '@aws-sdk/client-ec2'
import { EC2_ROUTE_TABLE_PAGE, ROUTE_TABLES_PER_VPC } from '../../../model/ec2-limits.ts'
import type { RouteTableAssociation, RouteTableRecord, SubnetRecord } from '../../../model/ec2-records.ts'
import type { Demand } from '../../operations.ts'
import { demandOn, demandsToMake, onAnything, onEach } from '../access.ts'
import type { Ec2Context } from '../context.ts'
import {
  dependencyViolation,
  ec2Fault,
  invalidValue,
  limitExceeded,
  missingParameter,
  refuseUnsupported,
} from '../faults.ts'
import type { FilterFields } from '../filters.ts'
import { requireRow, ROUTE_TABLE, SUBNET, VPC } from '../kinds.ts'
import { ec2Operation, newIds, tokenOperation } from '../operation.ts'
import { describePage } from '../page.ts'
import {
  type AssociatedTable,
  describeRouteTable,
  getAssociation,
  isMainAssociation,
  requireAssociation,
  routesOf,
} from '../route-tables.ts'
import { specifiedTags } from '../tags.ts'

export const createRouteTable = tokenOperation<CreateRouteTableRequest, CreateRouteTableResult>({
  access: (input, context) => [
    ...demandsToMake(context, ROUTE_TABLE, 'CreateRouteTable', input.TagSpecifications),
    demandOn(context, VPC, input.VpcId ?? ''),
  ],
  handle: ({ VpcId = '', TagSpecifications, ClientToken }, context) => {
    const { tx, account, region, now } = context
    requireRow(context, VPC, VpcId)
    const tags = specifiedTags(TagSpecifications, ROUTE_TABLE.type)
    if (tx.routeTables.findSize('byVpc', VpcId) >= ROUTE_TABLES_PER_VPC)
      throw limitExceeded('RouteTableLimitExceeded', `route tables of the vpc '${VpcId}'`, ROUTE_TABLES_PER_VPC)
    const resource = { account, region, createdAt: now, tags, vpcId: VpcId }
    const row = tx.routeTables.insert({
      ...resource,
      routeTableId: newIds(context)('rtb'),
      routes: [],
      associations: [],
    })
    const token = ClientToken === undefined ? {} : { ClientToken }
    return { RouteTable: describeRouteTable(row, context), ...token }
  },
})

const ofAssociations =
  <T>(valueOf: (association: RouteTableAssociation, table: RouteTableRecord) => T) =>
  (table: RouteTableRecord): T[] =>
    table.associations.map((association) => valueOf(association, table))

const fields: FilterFields<RouteTableRecord> = {
  'association.gateway-id': () => [],
  'association.main': ofAssociations(isMainAssociation),
  'association.route-table-association-id': ofAssociations(({ associationId }) => associationId),
  'association.route-table-id': ofAssociations((_association, { routeTableId }) => routeTableId),
  'association.subnet-id': ofAssociations(({ subnetId }) => subnetId),
  'route-table-id': ({ routeTableId }) => routeTableId,
  'route.destination-cidr-block': (row, context) => routesOf(row, context).map((route) => route.DestinationCidrBlock),
  'route.destination-ipv6-cidr-block': (row, context) =>
    routesOf(row, context).map((route) => route.DestinationIpv6CidrBlock),
  'route.destination-prefix-list-id': () => [],
  'route.egress-only-internet-gateway-id': () => [],
  'route.gateway-id': (row, context) => routesOf(row, context).map((route) => route.GatewayId),
  'route.instance-id': () => [],
  'route.nat-gateway-id': () => [],
  'route.origin': (row, context) => routesOf(row, context).map((route) => route.Origin),
  'route.state': (row, context) => routesOf(row, context).map((route) => route.State),
  'route.transit-gateway-id': () => [],
  'route.vpc-peering-connection-id': () => [],
  'vpc-id': ({ vpcId }) => vpcId,
}

export const describeRouteTables = ec2Operation<DescribeRouteTablesRequest, DescribeRouteTablesResult>({
  access: onAnything,
  handle: (input, context) => {
    const { rows, token } = describePage(input, context, {
      operation: 'DescribeRouteTables',
      kind: ROUTE_TABLE,
      ids: input.RouteTableIds,
      fields,
      size: EC2_ROUTE_TABLE_PAGE,
    })
    return { RouteTables: rows.map((row) => describeRouteTable(row, context)), ...token }
  },
})

export const deleteRouteTable = ec2Operation<DeleteRouteTableRequest>({
  access: ({ RouteTableId = '' }, context) => [demandOn(context, ROUTE_TABLE, RouteTableId)],
  handle: ({ RouteTableId = '' }, context) => {
    const { associations } = requireRow(context, ROUTE_TABLE, RouteTableId)
    if (associations.length > 0)
      throw dependencyViolation(`The routeTable '${RouteTableId}' has dependencies and cannot be deleted.`)
    context.tx.routeTables.remove(RouteTableId)
    return {}
  },
})

export const associateRouteTable = ec2Operation<AssociateRouteTableRequest, AssociateRouteTableResult>({
  access: ({ RouteTableId = '', SubnetId }, context) => [
    demandOn(context, ROUTE_TABLE, RouteTableId),
    ...onEach(context, SUBNET, [SubnetId]),
  ],
  handle: ({ RouteTableId = '', SubnetId, ...input }, context) => {
    const table = requireRow(context, ROUTE_TABLE, RouteTableId)
    refuseUnsupported(input, ['GatewayId', 'PublicIpv4Pool'])
    if (SubnetId === undefined) throw missingParameter('subnetId')
    const subnet = requireRow(context, SUBNET, SubnetId)
    checkSameVpc(table, subnet)
    checkHasNone(subnet, context)
    const association = { associationId: newIds(context)('rtbassoc'), subnetId: SubnetId }
    context.tx.routeTables.update(RouteTableId, { associations: [...table.associations, association] })
    return { AssociationId: association.associationId, AssociationState: { State: 'associated' } }
  },
})

const checkSameVpc = (table: RouteTableRecord, { subnetId, vpcId }: SubnetRecord): void => {
  if (table.vpcId !== vpcId)
    throw invalidValue(`route table ${table.routeTableId} and subnet ${subnetId} belong to different networks`)
}

const checkHasNone = ({ subnetId, vpcId }: SubnetRecord, { tx }: Ec2Context): void => {
  const associations = tx.routeTables.find('byVpc', vpcId).flatMap((table) => table.associations)
  const existing = associations.find((association) => association.subnetId === subnetId)
  if (existing !== undefined)
    throw ec2Fault(
      'Resource.AlreadyAssociated',
      `the specified association for subnet ${subnetId} conflicts with an existing association ${existing.associationId}`,
    )
}

const onAssociated = ({ table, association }: AssociatedTable, context: Ec2Context): readonly Demand[] => [
  demandOn(context, ROUTE_TABLE, table.routeTableId),
  ...onEach(context, SUBNET, [association.subnetId]),
]

export const disassociateRouteTable = ec2Operation<DisassociateRouteTableRequest>({
  access: ({ AssociationId = '' }, context) => {
    const found = getAssociation(context, AssociationId)
    return found === undefined ? [demandOn(context, ROUTE_TABLE, '*')] : onAssociated(found, context)
  },
  handle: ({ AssociationId = '' }, context) => {
    const found = requireAssociation(context, AssociationId)
    if (isMainAssociation(found.association))
      throw invalidValue(`cannot disassociate the main route table association ${AssociationId}`)
    dropAssociation(found, context)
    return {}
  },
})

const dropAssociation = ({ table, association }: AssociatedTable, { tx }: Ec2Context): void => {
  const associations = table.associations.filter((each) => each !== association)
  tx.routeTables.update(table.routeTableId, { associations })
}

/** AWS: the association gets a new id. That of the main route table makes another one the main one. */
export const replaceRouteTableAssociation = ec2Operation<
  ReplaceRouteTableAssociationRequest,
  ReplaceRouteTableAssociationResult
>({
  access: ({ AssociationId = '', RouteTableId = '' }, context) => {
    const found = getAssociation(context, AssociationId)
    const onWanted = demandOn(context, ROUTE_TABLE, RouteTableId)
    return found === undefined ? [onWanted] : [...onAssociated(found, context), onWanted]
  },
  handle: ({ AssociationId = '', RouteTableId = '' }, context) => {
    const found = requireAssociation(context, AssociationId)
    const wanted = requireRow(context, ROUTE_TABLE, RouteTableId)
    if (wanted.vpcId !== found.table.vpcId)
      throw invalidValue(`route table ${RouteTableId} and association ${AssociationId} belong to different networks`)
    dropAssociation(found, context)
    const association = { ...found.association, associationId: newIds(context)('rtbassoc') }
    const { associations } = requireRow(context, ROUTE_TABLE, RouteTableId)
    context.tx.routeTables.update(RouteTableId, { associations: [...associations, association] })
    return { NewAssociationId: association.associationId, AssociationState: { State: 'associated' } }
  },
})
