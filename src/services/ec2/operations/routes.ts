/** The routes of a route table. They lead to internet gateways: nothing else that could be a target is here. */
import type {
  CreateRouteRequest,
  CreateRouteResult,
  DeleteRouteRequest,
  ReplaceRouteRequest,
} from '@aws-sdk/client-ec2'
import { ROUTES_PER_TABLE } from '../../../model/ec2-limits.ts'
import type { RouteTableRecord } from '../../../model/ec2-records.ts'
import { demandOn } from '../access.ts'
import { canonicalCidr } from '../cidr-blocks.ts'
import type { Ec2Context } from '../context.ts'
import {
  type Ec2Code,
  ec2Fault,
  invalidCombination,
  invalidValue,
  limitExceeded,
  missingParameter,
  refuseUnsupported,
} from '../faults.ts'
import { getRow, INTERNET_GATEWAY, requireRow, ROUTE_TABLE } from '../kinds.ts'
import { ec2Operation } from '../operation.ts'
import { localDestinations } from '../route-tables.ts'

const onTable = ({ RouteTableId = '' }: { readonly RouteTableId?: string | undefined }, context: Ec2Context) => [
  demandOn(context, ROUTE_TABLE, RouteTableId),
]

export const createRoute = ec2Operation<CreateRouteRequest, CreateRouteResult>({
  access: onTable,
  handle: ({ RouteTableId = '', ...input }, context) => {
    const table = requireRow(context, ROUTE_TABLE, RouteTableId)
    const destination = destinationOf(input)
    const gatewayId = targetOf(input, table, context)
    const isThere = [...localDestinations(table, context), ...table.routes.map((route) => route.destination)]
    if (isThere.includes(destination))
      throw ec2Fault('RouteAlreadyExists', `The route identified by ${destination} already exists.`)
    if (table.routes.length >= ROUTES_PER_TABLE)
      throw limitExceeded('RouteLimitExceeded', `routes of the route table ${RouteTableId}`, ROUTES_PER_TABLE)
    context.tx.routeTables.update(RouteTableId, { routes: [...table.routes, { destination, gatewayId }] })
    return { Return: true }
  },
})

export const replaceRoute = ec2Operation<ReplaceRouteRequest>({
  access: onTable,
  handle: ({ RouteTableId = '', ...input }, context) => {
    const table = requireRow(context, ROUTE_TABLE, RouteTableId)
    refuseUnsupported(input, ['LocalTarget'])
    const destination = destinationOf(input)
    checkIsNotLocal(table, destination, context)
    const gatewayId = targetOf(input, table, context)
    if (!table.routes.some((route) => route.destination === destination))
      throw invalidValue(`There is no route defined for '${destination}' in the route table. Use CreateRoute instead.`)
    const routes = table.routes.map((route) => (route.destination === destination ? { destination, gatewayId } : route))
    context.tx.routeTables.update(RouteTableId, { routes })
    return {}
  },
})

export const deleteRoute = ec2Operation<DeleteRouteRequest>({
  access: onTable,
  handle: ({ RouteTableId = '', ...input }, context) => {
    const table = requireRow(context, ROUTE_TABLE, RouteTableId)
    const destination = destinationOf(input)
    checkIsNotLocal(table, destination, context)
    const routes = table.routes.filter((route) => route.destination !== destination)
    if (routes.length === table.routes.length)
      throw ec2Fault(
        'InvalidRoute.NotFound',
        `no route with destination-cidr-block ${destination} in route table ${RouteTableId}`,
      )
    context.tx.routeTables.update(RouteTableId, { routes })
    return {}
  },
})

const checkIsNotLocal = (table: RouteTableRecord, destination: string, context: Ec2Context): void => {
  if (localDestinations(table, context).includes(destination))
    throw invalidValue(`cannot change or remove local route ${destination} in route table ${table.routeTableId}`)
}

const destinationOf = (input: Destination): string => {
  refuseUnsupported(input, ['DestinationPrefixListId'])
  const { DestinationCidrBlock, DestinationIpv6CidrBlock } = input
  if (DestinationCidrBlock !== undefined && DestinationIpv6CidrBlock !== undefined)
    throw invalidCombination('A route has one destination.')
  if (DestinationCidrBlock !== undefined) return canonicalCidr(DestinationCidrBlock, 4)
  if (DestinationIpv6CidrBlock !== undefined) return canonicalCidr(DestinationIpv6CidrBlock, 6)
  throw missingParameter('destinationCidrBlock or destinationIpv6CidrBlock')
}

type Destination = Pick<
  DeleteRouteRequest,
  'DestinationCidrBlock' | 'DestinationIpv6CidrBlock' | 'DestinationPrefixListId'
>

type Targets = Omit<CreateRouteRequest, 'RouteTableId' | 'DryRun' | keyof Destination>

/** Targets of which there are none here, by what is said of their ids. */
const NOT_FOUND: Readonly<Partial<Record<keyof Targets, Ec2Code>>> = {
  CarrierGatewayId: 'InvalidCarrierGatewayID.NotFound',
  EgressOnlyInternetGatewayId: 'InvalidEgressOnlyInternetGatewayId.NotFound',
  InstanceId: 'InvalidInstanceID.NotFound',
  LocalGatewayId: 'InvalidLocalGatewayID.NotFound',
  NatGatewayId: 'InvalidNatGatewayID.NotFound',
  NetworkInterfaceId: 'InvalidNetworkInterfaceID.NotFound',
  TransitGatewayId: 'InvalidTransitGatewayID.NotFound',
  VpcEndpointId: 'InvalidVpcEndpointId.NotFound',
  VpcPeeringConnectionId: 'InvalidVpcPeeringConnectionID.NotFound',
}

/** The id of the internet gateway. */
const targetOf = (input: Targets, { vpcId, routeTableId }: RouteTableRecord, context: Ec2Context): string => {
  refuseUnsupported(input, ['CoreNetworkArn', 'OdbNetworkArn'])
  for (const [name, code] of Object.entries(NOT_FOUND)) {
    const id = input[name as keyof Targets]
    if (id !== undefined) throw ec2Fault(code, `The target '${id}' of the route does not exist`)
  }
  const { GatewayId } = input
  if (GatewayId === undefined) throw missingParameter('gatewayId')
  const gateway = getRow(context, INTERNET_GATEWAY, GatewayId)
  if (gateway === undefined) throw ec2Fault('InvalidGatewayID.NotFound', `The gateway ID '${GatewayId}' does not exist`)
  if (gateway.vpcId !== vpcId)
    throw invalidValue(`route table ${routeTableId} and network gateway ${GatewayId} belong to different networks`)
  return GatewayId
}
