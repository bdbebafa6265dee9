/** The kinds of resources that EC2 has here: how they are called, where their rows are, and what is said of one that is not there. */
import type {
  Ec2Resource,
  InternetGatewayRecord,
  NetworkAclRecord,
  RouteTableRecord,
  SecurityGroupRecord,
  SecurityGroupRuleRecord,
  SubnetRecord,
  VpcRecord,
} from '../../model/ec2-records.ts'
import type { Tag } from '../../model/records.ts'
import { homeKey } from '../../store/load-balancing/load-balancing-tables.ts'
import type { Transaction } from '../../store/tables.ts'
import type { Ec2Context } from './context.ts'
import { type Ec2Code, ec2Fault } from './faults.ts'

export interface Kind<Row extends Ec2Resource> {
  /** In ARNs and tag specifications. */
  readonly type: string
  /** What ids begin with. */
  readonly prefix: string
  /** What faults call an id of it. */
  readonly named: string
  readonly notFound: Ec2Code
  readonly table: (tx: Transaction) => Ec2Table<Row>
  readonly idOf: (row: Row) => string
}

interface Ec2Table<Row> {
  get(id: string): Row | undefined
  find(index: 'byHome', value: string): Row[]
  update(id: string, patch: { readonly tags: readonly Tag[] }): unknown
}

export const VPC: Kind<VpcRecord> = {
  type: 'vpc',
  prefix: 'vpc',
  named: 'vpc ID',
  notFound: 'InvalidVpcID.NotFound',
  table: (tx) => tx.vpcs,
  idOf: ({ vpcId }) => vpcId,
}

export const SUBNET: Kind<SubnetRecord> = {
  type: 'subnet',
  prefix: 'subnet',
  named: 'subnet ID',
  notFound: 'InvalidSubnetID.NotFound',
  table: (tx) => tx.subnets,
  idOf: ({ subnetId }) => subnetId,
}

export const SECURITY_GROUP: Kind<SecurityGroupRecord> = {
  type: 'security-group',
  prefix: 'sg',
  named: 'security group',
  notFound: 'InvalidGroup.NotFound',
  table: (tx) => tx.securityGroups,
  idOf: ({ groupId }) => groupId,
}

export const SECURITY_GROUP_RULE: Kind<SecurityGroupRuleRecord> = {
  type: 'security-group-rule',
  prefix: 'sgr',
  named: 'security group rule ID',
  notFound: 'InvalidSecurityGroupRuleId.NotFound',
  table: (tx) => tx.securityGroupRules,
  idOf: ({ securityGroupRuleId }) => securityGroupRuleId,
}

export const INTERNET_GATEWAY: Kind<InternetGatewayRecord> = {
  type: 'internet-gateway',
  prefix: 'igw',
  named: 'internetGateway ID',
  notFound: 'InvalidInternetGatewayID.NotFound',
  table: (tx) => tx.internetGateways,
  idOf: ({ internetGatewayId }) => internetGatewayId,
}

export const ROUTE_TABLE: Kind<RouteTableRecord> = {
  type: 'route-table',
  prefix: 'rtb',
  named: 'routeTable ID',
  notFound: 'InvalidRouteTableID.NotFound',
  table: (tx) => tx.routeTables,
  idOf: ({ routeTableId }) => routeTableId,
}

export const NETWORK_ACL: Kind<NetworkAclRecord> = {
  type: 'network-acl',
  prefix: 'acl',
  named: 'networkAcl ID',
  notFound: 'InvalidNetworkAclID.NotFound',
  table: (tx) => tx.networkAcls,
  idOf: ({ networkAclId }) => networkAclId,
}

export const KINDS = [
  VPC,
  SUBNET,
  SECURITY_GROUP,
  SECURITY_GROUP_RULE,
  INTERNET_GATEWAY,
  ROUTE_TABLE,
  NETWORK_ACL,
] as const

/** Undefined for ids of kinds that are not here. */
export const kindOfId = (id: string): Kind<Ec2Resource> | undefined =>
  KINDS.find(({ prefix }) => id.startsWith(`${prefix}-`)) as Kind<Ec2Resource> | undefined

type Where = Pick<Ec2Context, 'tx' | 'account' | 'region'>

export const rowsOf = <Row extends Ec2Resource>({ tx, account, region }: Where, kind: Kind<Row>): Row[] =>
  kind.table(tx).find('byHome', homeKey({ account, region }))

export const getRow = <Row extends Ec2Resource>(context: Where, kind: Kind<Row>, id: string): Row | undefined => {
  const row = kind.table(context.tx).get(id)
  return row?.account === context.account && row.region === context.region ? row : undefined
}

export const requireRow = <Row extends Ec2Resource>(context: Where, kind: Kind<Row>, id: string): Row => {
  const row = getRow(context, kind, id)
  if (row === undefined) throw ec2Fault(kind.notFound, `The ${kind.named} '${id}' does not exist`)
  return row
}
