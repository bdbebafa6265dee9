/**
 * The default VPC of an account in a region, which is there when anybody first asks for something of EC2: with a subnet in each zone, an
 * internet gateway and a route to it. Ids follow from account and region, so that they are the same in every installation.
 * https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html
 */
import { createHash } from 'node:crypto'
import { ec2Id } from '../../model/arn.ts'
import type { Ec2Resource, SubnetRecord, VpcRecord } from '../../model/ec2-records.ts'
import { homeKey } from '../load-balancing/load-balancing-tables.ts'
import type { ReadTables, Transaction } from '../tables.ts'
import { insertSubnet, insertVpc, type NewEc2Id } from './new-vpc.ts'
import { usualZones } from './zones.ts'

/** Whose networks are meant, and when: a call's context is one. */
export interface Ec2Home {
  readonly account: string
  readonly region: string
  readonly now: number
}

const DEFAULT_VPC_CIDR = '172.31.0.0/16'

/** The default subnet of the zone at this place. */
const defaultSubnetCidr = (index: number): string => `172.31.${index * 16}.0/20`

/** The default VPC, made if there never was one; undefined if it was deleted. */
export const ensureDefaultVpc = (tx: Transaction, home: Ec2Home): VpcRecord | undefined =>
  tx.ec2Homes.has(homeKey(home)) ? defaultVpcOf(tx, home) : makeDefaultVpc(tx, home)

export const defaultVpcOf = (tables: ReadTables, home: Omit<Ec2Home, 'now'>): VpcRecord | undefined =>
  tables.vpcs.find('byHome', homeKey(home)).find(({ isDefault }) => isDefault)

/** There must be none. */
export const makeDefaultVpc = (tx: Transaction, home: Ec2Home): VpcRecord => {
  const { account, region, now } = home
  const key = homeKey(home)
  const defaultVpcs = (tx.ec2Homes.get(key)?.defaultVpcs ?? 0) + 1
  tx.ec2Homes.put({ key, defaultVpcs })
  const newId = derivedIds(`${key}/${defaultVpcs}`)
  const resource: Ec2Resource = { account, region, createdAt: now, tags: [] }
  const settings = { isDefault: true, instanceTenancy: 'default', enableDnsHostnames: true } as const
  const vpc = insertVpc(tx, { ...resource, ...settings, cidrBlock: DEFAULT_VPC_CIDR }, newId)
  for (const [index, zoneName] of usualZones(region).entries())
    insertDefaultSubnet(tx, vpc, { zoneName, cidrBlock: defaultSubnetCidr(index), createdAt: now }, newId)
  const { internetGatewayId } = tx.internetGateways.insert({
    ...resource,
    internetGatewayId: newId('igw'),
    vpcId: vpc.vpcId,
  })
  for (const { routeTableId } of tx.routeTables.find('byVpc', vpc.vpcId))
    tx.routeTables.update(routeTableId, { routes: [{ destination: '0.0.0.0/0', gatewayId: internetGatewayId }] })
  return vpc
}

export const insertDefaultSubnet = (
  tx: Transaction,
  { account, region, vpcId }: VpcRecord,
  subnet: Pick<SubnetRecord, 'zoneName' | 'cidrBlock' | 'createdAt'>,
  newId: NewEc2Id,
): SubnetRecord => insertSubnet(tx, { account, region, tags: [], vpcId, isDefaultForZone: true, ...subnet }, newId)

const derivedIds = (seed: string): NewEc2Id => {
  let count = 0
  return (prefix) => ec2Id(prefix, createHash('sha256').update(`${seed}/${prefix}/${count++}`).digest('hex'))
}
