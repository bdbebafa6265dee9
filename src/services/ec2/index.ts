/** Amazon EC2, version 2016-11-15: networks, as records. Which packets pass is not decided by them. */
import { sdkModel } from '../../wire/sdk-model.ts'
import type { ServiceDefinition } from '../../wire/service.ts'
import { EC2 } from '../addresses.ts'
import type { ServicesDeps } from '../deps.ts'
import { performer } from '../operations.ts'
import type { Ec2OperationTable } from './context.ts'
import { EC2_CODES } from './faults.ts'
import { missingMember } from './missing-member.ts'
import {
  describeAddresses,
  describeNatGateways,
  describeNetworkInterfaces,
  describeVpnGateways,
} from './operations/absent-kinds.ts'
import {
  attachInternetGateway,
  createInternetGateway,
  deleteInternetGateway,
  describeInternetGateways,
  detachInternetGateway,
} from './operations/internet-gateways.ts'
import { describeNetworkAcls } from './operations/network-acls.ts'
import { describeAccountAttributes, describeAvailabilityZones, describeRegions } from './operations/places.ts'
import {
  associateRouteTable,
  createRouteTable,
  deleteRouteTable,
  describeRouteTables,
  disassociateRouteTable,
  replaceRouteTableAssociation,
} from './operations/route-tables.ts'
import { createRoute, deleteRoute, replaceRoute } from './operations/routes.ts'
import {
  modifySecurityGroupRules,
  updateSecurityGroupRuleDescriptionsEgress,
  updateSecurityGroupRuleDescriptionsIngress,
} from './operations/security-group-rule-changes.ts'
import {
  authorizeSecurityGroupEgress,
  authorizeSecurityGroupIngress,
  describeSecurityGroupRules,
  revokeSecurityGroupEgress,
  revokeSecurityGroupIngress,
} from './operations/security-group-rules.ts'
import {
  createSecurityGroup,
  deleteSecurityGroup,
  describeSecurityGroups,
  getSecurityGroupsForVpc,
} from './operations/security-groups.ts'
import {
  createDefaultSubnet,
  createSubnet,
  deleteSubnet,
  describeSubnets,
  modifySubnetAttribute,
} from './operations/subnets.ts'
import { createTags, deleteTags, describeTags } from './operations/tags.ts'
import {
  associateVpcCidrBlock,
  describeVpcAttribute,
  disassociateVpcCidrBlock,
  modifyVpcAttribute,
  modifyVpcTenancy,
} from './operations/vpc-attributes.ts'
import { createDefaultVpc, createVpc, deleteVpc, describeVpcs } from './operations/vpcs.ts'

const operations: Ec2OperationTable = {
  AssociateRouteTable: associateRouteTable,
  AssociateVpcCidrBlock: associateVpcCidrBlock,
  AttachInternetGateway: attachInternetGateway,
  AuthorizeSecurityGroupEgress: authorizeSecurityGroupEgress,
  AuthorizeSecurityGroupIngress: authorizeSecurityGroupIngress,
  CreateDefaultSubnet: createDefaultSubnet,
  CreateDefaultVpc: createDefaultVpc,
  CreateInternetGateway: createInternetGateway,
  CreateRoute: createRoute,
  CreateRouteTable: createRouteTable,
  CreateSecurityGroup: createSecurityGroup,
  CreateSubnet: createSubnet,
  CreateTags: createTags,
  CreateVpc: createVpc,
  DeleteInternetGateway: deleteInternetGateway,
  DeleteRoute: deleteRoute,
  DeleteRouteTable: deleteRouteTable,
  DeleteSecurityGroup: deleteSecurityGroup,
  DeleteSubnet: deleteSubnet,
  DeleteTags: deleteTags,
  DeleteVpc: deleteVpc,
  DescribeAccountAttributes: describeAccountAttributes,
  DescribeAddresses: describeAddresses,
  DescribeAvailabilityZones: describeAvailabilityZones,
  DescribeInternetGateways: describeInternetGateways,
  DescribeNatGateways: describeNatGateways,
  DescribeNetworkAcls: describeNetworkAcls,
  DescribeNetworkInterfaces: describeNetworkInterfaces,
  DescribeRegions: describeRegions,
  DescribeRouteTables: describeRouteTables,
  DescribeSecurityGroupRules: describeSecurityGroupRules,
  DescribeSecurityGroups: describeSecurityGroups,
  DescribeSubnets: describeSubnets,
  DescribeTags: describeTags,
  DescribeVpcAttribute: describeVpcAttribute,
  DescribeVpcs: describeVpcs,
  DescribeVpnGateways: describeVpnGateways,
  DetachInternetGateway: detachInternetGateway,
  DisassociateRouteTable: disassociateRouteTable,
  DisassociateVpcCidrBlock: disassociateVpcCidrBlock,
  GetSecurityGroupsForVpc: getSecurityGroupsForVpc,
  ModifySecurityGroupRules: modifySecurityGroupRules,
  ModifySubnetAttribute: modifySubnetAttribute,
  ModifyVpcAttribute: modifyVpcAttribute,
  ModifyVpcTenancy: modifyVpcTenancy,
  ReplaceRoute: replaceRoute,
  ReplaceRouteTableAssociation: replaceRouteTableAssociation,
  RevokeSecurityGroupEgress: revokeSecurityGroupEgress,
  RevokeSecurityGroupIngress: revokeSecurityGroupIngress,
  UpdateSecurityGroupRuleDescriptionsEgress: updateSecurityGroupRuleDescriptionsEgress,
  UpdateSecurityGroupRuleDescriptionsIngress: updateSecurityGroupRuleDescriptionsIngress,
}

const OPERATIONS: ReadonlySet<string> = new Set(Object.keys(operations))

export const ec2Service = ({ store, guard, ids, pageTokens }: ServicesDeps): ServiceDefinition => ({
  ...EC2,
  model: () => sdkModel('@aws-sdk/client-ec2', OPERATIONS),
  faults: { invalidInput: 'InvalidParameterValue', missingMember, codes: EC2_CODES },
  numbers: {},
  operations: OPERATIONS,
  call: performer({
    store,
    service: EC2.name,
    table: operations,
    deps: { ids, pageTokens },
    guard,
    isOpenToRoot: true,
  }),
})
