/** Internet gateways and route tables as the official client sees them. */
import { EC2 } from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ec2Service } from '../../src/services/ec2/index.ts'
import { refusalOf } from '../refusal-of.ts'
import { serviceServer, type ServiceServer } from './service-server.ts'

let server: ServiceServer
let ec2: EC2
let VpcId: string
let SubnetId: string

beforeAll(async () => {
  server = await serviceServer(ec2Service)
  ec2 = new EC2(server.client)
})

afterAll(async () => {
  ec2.destroy()
  await server.close()
})

beforeEach(async () => {
  VpcId = (await ec2.createVpc({ CidrBlock: '10.0.0.0/16' })).Vpc!.VpcId!
  SubnetId = (await ec2.createSubnet({ VpcId, CidrBlock: '10.0.0.0/24' })).Subnet!.SubnetId!
})

const newGateway = async (): Promise<string> =>
  (await ec2.createInternetGateway({})).InternetGateway!.InternetGatewayId!

const newTable = async (): Promise<string> => (await ec2.createRouteTable({ VpcId })).RouteTable!.RouteTableId!

const tableOf = async (RouteTableId: string) =>
  (await ec2.describeRouteTables({ RouteTableIds: [RouteTableId] })).RouteTables![0]!

describe('an internet gateway', () => {
  it('is attached to one VPC, which has one', async () => {
    const [first, second] = [await newGateway(), await newGateway()]
    await ec2.attachInternetGateway({ InternetGatewayId: first, VpcId })
    expect((await ec2.describeInternetGateways({ InternetGatewayIds: [first] })).InternetGateways).toMatchObject([
      { InternetGatewayId: first, Attachments: [{ VpcId, State: 'available' }], Tags: [] },
    ])
    expect((await refusalOf(ec2.attachInternetGateway({ InternetGatewayId: first, VpcId })))[0]).toBe(
      'Resource.AlreadyAssociated',
    )
    expect(await refusalOf(ec2.attachInternetGateway({ InternetGatewayId: second, VpcId }))).toEqual([
      'InvalidParameterValue',
      `Network ${VpcId} already has an internet gateway attached`,
    ])
    expect((await refusalOf(ec2.detachInternetGateway({ InternetGatewayId: second, VpcId })))[0]).toBe(
      'Gateway.NotAttached',
    )
    await ec2.detachInternetGateway({ InternetGatewayId: first, VpcId })
    await ec2.deleteInternetGateway({ InternetGatewayId: first })
    expect((await refusalOf(ec2.deleteInternetGateway({ InternetGatewayId: first })))[0]).toBe(
      'InvalidInternetGatewayID.NotFound',
    )
  })
})

describe('a route table', () => {
  it('is made once for a client token', async () => {
    const ClientToken = 'once'
    const [first, again] = [
      await ec2.createRouteTable({ VpcId, ClientToken }),
      await ec2.createRouteTable({ VpcId, ClientToken }),
    ]
    expect(again.RouteTable).toEqual(first.RouteTable)
    const other = { VpcId: 'vpc-2', ClientToken }
    expect((await refusalOf(ec2.createRouteTable(other)))[0]).toBe('IdempotentParameterMismatch')
  })

  it('has routes, which lead nowhere when their gateway is gone', async () => {
    const RouteTableId = await newTable()
    const GatewayId = await newGateway()
    const everywhere = { RouteTableId, DestinationCidrBlock: '0.0.0.0/0' }
    expect((await refusalOf(ec2.createRoute({ ...everywhere, GatewayId })))[0]).toBe('InvalidParameterValue')
    await ec2.attachInternetGateway({ InternetGatewayId: GatewayId, VpcId })
    await ec2.createRoute({ ...everywhere, GatewayId })
    await ec2.createRoute({ RouteTableId, DestinationIpv6CidrBlock: '2001:DB8::/32', GatewayId })
    expect((await refusalOf(ec2.createRoute({ ...everywhere, GatewayId })))[0]).toBe('RouteAlreadyExists')
    expect((await tableOf(RouteTableId)).Routes).toEqual([
      { DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active' },
      { DestinationCidrBlock: '0.0.0.0/0', GatewayId, Origin: 'CreateRoute', State: 'active' },
      { DestinationIpv6CidrBlock: '2001:db8::/32', GatewayId, Origin: 'CreateRoute', State: 'active' },
    ])
    await ec2.detachInternetGateway({ InternetGatewayId: GatewayId, VpcId })
    expect((await tableOf(RouteTableId)).Routes![1]!.State).toBe('blackhole')
    await ec2.deleteInternetGateway({ InternetGatewayId: GatewayId })
    const other = await newGateway()
    await ec2.attachInternetGateway({ InternetGatewayId: other, VpcId })
    await ec2.replaceRoute({ ...everywhere, GatewayId: other })
    expect((await tableOf(RouteTableId)).Routes![1]).toMatchObject({ GatewayId: other, State: 'active' })
    await ec2.deleteRoute(everywhere)
    expect((await refusalOf(ec2.deleteRoute(everywhere)))[0]).toBe('InvalidRoute.NotFound')
    expect((await refusalOf(ec2.replaceRoute({ ...everywhere, GatewayId: other })))[0]).toBe('InvalidParameterValue')
    const local = { RouteTableId, DestinationCidrBlock: '10.0.0.0/16' }
    expect((await refusalOf(ec2.deleteRoute(local)))[0]).toBe('InvalidParameterValue')
  })

  it.each([
    ['InvalidNatGatewayID.NotFound', { NatGatewayId: 'nat-1' }],
    ['InvalidInstanceID.NotFound', { InstanceId: 'i-1' }],
    ['InvalidGatewayID.NotFound', { GatewayId: 'igw-1' }],
    ['MissingParameter', {}],
    ['UnsupportedOperation', { CoreNetworkArn: 'arn:aws:networkmanager::1:core-network/c' }],
  ])('has no routes to what is not there: %s', async (code, target) => {
    const route = { RouteTableId: await newTable(), DestinationCidrBlock: '0.0.0.0/0', ...target }
    expect((await refusalOf(ec2.createRoute(route)))[0]).toBe(code)
  })

  it('is for the subnets that are associated with it', async () => {
    const [first, second] = [await newTable(), await newTable()]
    const { AssociationId } = await ec2.associateRouteTable({ RouteTableId: first, SubnetId })
    expect((await refusalOf(ec2.associateRouteTable({ RouteTableId: second, SubnetId })))[0]).toBe(
      'Resource.AlreadyAssociated',
    )
    expect((await refusalOf(ec2.deleteRouteTable({ RouteTableId: first })))[0]).toBe('DependencyViolation')
    const { NewAssociationId } = await ec2.replaceRouteTableAssociation({ AssociationId, RouteTableId: second })
    expect((await tableOf(first)).Associations).toEqual([])
    expect((await tableOf(second)).Associations).toEqual([
      {
        Main: false,
        RouteTableAssociationId: NewAssociationId,
        RouteTableId: second,
        SubnetId,
        AssociationState: { State: 'associated' },
      },
    ])
    expect((await refusalOf(ec2.disassociateRouteTable({ AssociationId })))[0]).toBe('InvalidAssociationID.NotFound')
    const Filters = [{ Name: 'association.subnet-id', Values: [SubnetId] }]
    expect((await ec2.describeRouteTables({ Filters })).RouteTables).toMatchObject([{ RouteTableId: second }])
    await ec2.disassociateRouteTable({ AssociationId: NewAssociationId })
    await ec2.deleteRouteTable({ RouteTableId: second })
    expect((await refusalOf(ec2.deleteRouteTable({ RouteTableId: second })))[0]).toBe('InvalidRouteTableID.NotFound')
  })

  it('becomes the main one by the main association', async () => {
    const Filters = [
      { Name: 'vpc-id', Values: [VpcId] },
      { Name: 'association.main', Values: ['true'] },
    ]
    const [main] = (await ec2.describeRouteTables({ Filters })).RouteTables!
    const AssociationId = main!.Associations![0]!.RouteTableAssociationId
    expect((await refusalOf(ec2.disassociateRouteTable({ AssociationId })))[0]).toBe('InvalidParameterValue')
    const RouteTableId = await newTable()
    await ec2.replaceRouteTableAssociation({ AssociationId, RouteTableId })
    expect((await ec2.describeRouteTables({ Filters })).RouteTables).toMatchObject([{ RouteTableId }])
    await ec2.deleteRouteTable({ RouteTableId: main!.RouteTableId })
  })
})
