/** A VPC and what comes with it: its main route table, its default security group and its default network ACL. */
import {
  DEFAULT_SECURITY_GROUP,
  type Ec2Resource,
  type SecurityGroupRecord,
  type SecurityGroupRuleRecord,
  type SubnetRecord,
  type VpcRecord,
} from '../../model/ec2-records.ts'
import type { Transaction } from '../tables.ts'

/** Gives a new id that begins with this, e.g. `vpc`. */
export type NewEc2Id = (prefix: string) => string

type NewVpc = Ec2Resource &
  Pick<VpcRecord, 'isDefault' | 'instanceTenancy' | 'enableDnsHostnames'> & { readonly cidrBlock: string }

export const insertVpc = (tx: Transaction, { cidrBlock, ...vpc }: NewVpc, newId: NewEc2Id): VpcRecord => {
  const vpcId = newId('vpc')
  const resource = { account: vpc.account, region: vpc.region, createdAt: vpc.createdAt, tags: [], vpcId }
  const row = tx.vpcs.insert({
    ...vpc,
    vpcId,
    cidrBlocks: [{ associationId: newId('vpc-cidr-assoc'), cidrBlock }],
    enableDnsSupport: true,
    enableNetworkAddressUsageMetrics: false,
  })
  tx.routeTables.insert({
    ...resource,
    routeTableId: newId('rtb'),
    routes: [],
    associations: [{ associationId: newId('rtbassoc') }],
  })
  tx.networkAcls.insert({ ...resource, networkAclId: newId('acl') })
  const named = { groupName: DEFAULT_SECURITY_GROUP, description: 'default VPC security group' }
  const group = insertSecurityGroup(tx, { ...resource, ...named }, newId)
  const own = { isEgress: false, referencedGroupId: group.groupId, createdAt: vpc.createdAt }
  insertSecurityGroupRule(tx, group, own, newId)
  return row
}

/** AWS: a group lets everything out until its owner says otherwise. */
export const insertSecurityGroup = (
  tx: Transaction,
  group: Omit<SecurityGroupRecord, 'groupId'>,
  newId: NewEc2Id,
): SecurityGroupRecord => {
  const row = tx.securityGroups.insert({ ...group, groupId: newId('sg') })
  const { createdAt } = group
  insertSecurityGroupRule(tx, row, { isEgress: true, cidrIpv4: '0.0.0.0/0', createdAt }, newId)
  return row
}

type NewRule = Pick<SecurityGroupRuleRecord, 'isEgress' | 'cidrIpv4' | 'referencedGroupId'> & {
  /** Of TCP; absent: everything. */
  readonly port?: number
}

export const insertSecurityGroupRule = (
  tx: Transaction,
  { groupId, account, region }: SecurityGroupRecord,
  { port, ...rule }: NewRule & Pick<SecurityGroupRuleRecord, 'createdAt'>,
  newId: NewEc2Id,
): SecurityGroupRuleRecord => {
  const range =
    port === undefined
      ? { ipProtocol: '-1', fromPort: -1, toPort: -1 }
      : { ipProtocol: 'tcp', fromPort: port, toPort: port }
  const resource = { account, region, tags: [], groupId, securityGroupRuleId: newId('sgr') }
  return tx.securityGroupRules.insert({ ...resource, ...range, ...rule })
}

type NewSubnet = Ec2Resource & Pick<SubnetRecord, 'vpcId' | 'zoneName' | 'cidrBlock' | 'isDefaultForZone'>

/** AWS: what starts in a default subnet gets a public address. */
export const insertSubnet = (tx: Transaction, subnet: NewSubnet, newId: NewEc2Id): SubnetRecord =>
  tx.subnets.insert({
    ...subnet,
    subnetId: newId('subnet'),
    mapPublicIpOnLaunch: subnet.isDefaultForZone,
    enableDns64: false,
    hostnameType: 'ip-name',
    enableResourceNameDnsARecord: false,
    enableResourceNameDnsAAAARecord: false,
  })
