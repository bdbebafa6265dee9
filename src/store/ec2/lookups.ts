/** What others than EC2 ask of networks. Those that are not there are left out: each service has its own fault for that. */
import {
  DEFAULT_SECURITY_GROUP,
  type SecurityGroupRecord,
  type SubnetRecord,
  type VpcRecord,
} from '../../model/ec2-records.ts'
import type { ReadTables, Transaction } from '../tables.ts'
import { type Ec2Home, ensureDefaultVpc } from './default-vpc.ts'
import { securityGroupNamed } from './security-group-named.ts'

/** What is asked for, in its order, and the ids of which there is nothing. */
export interface Found<T> {
  readonly found: readonly T[]
  readonly missing: readonly string[]
}

/** The default VPC's things may be meant before anybody asked EC2 for them, so it is made if there never was one. */
export const getVpc = (tx: Transaction, home: Ec2Home, vpcId: string): VpcRecord | undefined =>
  lookUp(tx, home, [vpcId], (id) => tx.vpcs.get(id)).found[0]

export const findSubnets = (tx: Transaction, home: Ec2Home, subnetIds: readonly string[]): Found<SubnetRecord> =>
  lookUp(tx, home, subnetIds, (id) => tx.subnets.get(id))

export const findSecurityGroups = (
  tx: Transaction,
  home: Ec2Home,
  groupIds: readonly string[],
): Found<SecurityGroupRecord> => lookUp(tx, home, groupIds, (id) => tx.securityGroups.get(id))

/** The group of those in the VPC that name none. */
export const defaultSecurityGroupOf = (tables: ReadTables, vpcId: string): SecurityGroupRecord | undefined =>
  securityGroupNamed(tables, vpcId, DEFAULT_SECURITY_GROUP)

/** Whether a route leads from the subnet to an internet gateway. */
export const isPublicSubnet = (tables: ReadTables, { subnetId, vpcId }: SubnetRecord): boolean => {
  const routeTables = tables.routeTables.find('byVpc', vpcId)
  const tableFor = (wanted: string | undefined) =>
    routeTables.find(({ associations }) => associations.some((association) => association.subnetId === wanted))
  const routes = (tableFor(subnetId) ?? tableFor(undefined))?.routes ?? []
  return routes.some(({ destination, gatewayId }) => destination === '0.0.0.0/0' && gatewayId.startsWith('igw-'))
}

/** The name of the availability zone that a subnet is in. */
export const zoneOfSubnet = (tables: ReadTables, subnetId: string): string | undefined =>
  tables.subnets.get(subnetId)?.zoneName

const lookUp = <T extends { readonly account: string; readonly region: string }>(
  tx: Transaction,
  home: Ec2Home,
  ids: readonly string[],
  get: (id: string) => T | undefined,
): Found<T> => {
  ensureDefaultVpc(tx, home)
  const rows = ids.map((id) => ({ id, row: get(id) }))
  const isThere = (row: T | undefined): row is T => row?.account === home.account && row.region === home.region
  return {
    found: rows.flatMap(({ row }) => (isThere(row) ? [row] : [])),
    missing: rows.flatMap(({ id, row }) => (isThere(row) ? [] : [id])),
  }
}
