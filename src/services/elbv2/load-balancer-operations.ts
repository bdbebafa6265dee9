/** The operations on load balancers, target groups, targets, tags and limits. */
import type { Elbv2OperationTable } from './context.ts'
import {
  describeCapacityReservation,
  modifyCapacityReservation,
  modifyIpPools,
} from './operations/capacity-reservations.ts'
import { createLoadBalancer } from './operations/create-load-balancer.ts'
import { createTargetGroup } from './operations/create-target-group.ts'
import { deleteLoadBalancer } from './operations/delete-load-balancer.ts'
import { deleteTargetGroup } from './operations/delete-target-group.ts'
import { deregisterTargets } from './operations/deregister-targets.ts'
import { describeAccountLimits } from './operations/describe-account-limits.ts'
import { describeLoadBalancers } from './operations/describe-load-balancers.ts'
import { describeTargetGroups } from './operations/describe-target-groups.ts'
import { describeTargetHealth } from './operations/describe-target-health.ts'
import { getResourcePolicy } from './operations/get-resource-policy.ts'
import { describeLoadBalancerAttributes, modifyLoadBalancerAttributes } from './operations/load-balancer-attributes.ts'
import { modifyTargetGroup } from './operations/modify-target-group.ts'
import { registerTargets } from './operations/register-targets.ts'
import { setIpAddressType } from './operations/set-ip-address-type.ts'
import { setSecurityGroups } from './operations/set-security-groups.ts'
import { setSubnets } from './operations/set-subnets.ts'
import { addTags, describeTagsOperation, removeTags } from './operations/tags.ts'
import { describeTargetGroupAttributes, modifyTargetGroupAttributes } from './operations/target-group-attributes.ts'

export const loadBalancerOperations: Elbv2OperationTable = {
  CreateLoadBalancer: createLoadBalancer,
  DescribeLoadBalancers: describeLoadBalancers,
  DeleteLoadBalancer: deleteLoadBalancer,
  DescribeLoadBalancerAttributes: describeLoadBalancerAttributes,
  ModifyLoadBalancerAttributes: modifyLoadBalancerAttributes,
  SetSubnets: setSubnets,
  SetSecurityGroups: setSecurityGroups,
  SetIpAddressType: setIpAddressType,
  DescribeCapacityReservation: describeCapacityReservation,
  ModifyCapacityReservation: modifyCapacityReservation,
  ModifyIpPools: modifyIpPools,
  CreateTargetGroup: createTargetGroup,
  DescribeTargetGroups: describeTargetGroups,
  ModifyTargetGroup: modifyTargetGroup,
  DeleteTargetGroup: deleteTargetGroup,
  DescribeTargetGroupAttributes: describeTargetGroupAttributes,
  ModifyTargetGroupAttributes: modifyTargetGroupAttributes,
  RegisterTargets: registerTargets,
  DeregisterTargets: deregisterTargets,
  DescribeTargetHealth: describeTargetHealth,
  AddTags: addTags,
  RemoveTags: removeTags,
  DescribeTags: describeTagsOperation,
  DescribeAccountLimits: describeAccountLimits,
  GetResourcePolicy: getResourcePolicy,
}
