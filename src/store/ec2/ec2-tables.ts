/** The tables of EC2's networks. */
import type {
  Ec2HomeRecord,
  InternetGatewayRecord,
  NetworkAclRecord,
  RouteTableRecord,
  SecurityGroupRecord,
  SecurityGroupRuleRecord,
  SubnetRecord,
  VpcRecord,
} from '../../model/ec2-records.ts'
import { homeKey } from '../load-balancing/load-balancing-tables.ts'
import { defineTable } from '../table.ts'

const byVpc = (row: { readonly vpcId: string }): string => row.vpcId

export const ec2Tables = {
  ec2Homes: defineTable<Ec2HomeRecord>()({ name: 'ec2Homes', key: (row) => row.key }),
  vpcs: defineTable<VpcRecord>()({ name: 'vpcs', key: (row) => row.vpcId, indexes: { byHome: homeKey } }),
  subnets: defineTable<SubnetRecord>()({
    name: 'subnets',
    key: (row) => row.subnetId,
    indexes: { byHome: homeKey, byVpc },
  }),
  securityGroups: defineTable<SecurityGroupRecord>()({
    name: 'securityGroups',
    key: (row) => row.groupId,
    indexes: { byHome: homeKey, byVpc },
  }),
  securityGroupRules: defineTable<SecurityGroupRuleRecord>()({
    name: 'securityGroupRules',
    key: (row) => row.securityGroupRuleId,
    indexes: { byHome: homeKey, byGroup: (row) => row.groupId, byReferencedGroup: (row) => row.referencedGroupId },
  }),
  internetGateways: defineTable<InternetGatewayRecord>()({
    name: 'internetGateways',
    key: (row) => row.internetGatewayId,
    indexes: { byHome: homeKey, byVpc: (row) => row.vpcId },
  }),
  routeTables: defineTable<RouteTableRecord>()({
    name: 'routeTables',
    key: (row) => row.routeTableId,
    indexes: { byHome: homeKey, byVpc },
  }),
  networkAcls: defineTable<NetworkAclRecord>()({
    name: 'networkAcls',
    key: (row) => row.networkAclId,
    indexes: { byHome: homeKey, byVpc },
  }),
} as const
