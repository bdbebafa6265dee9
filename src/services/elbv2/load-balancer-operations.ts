/** The operations on load balancers, target groups, targets, tags and limits. */
import type { Elbv2OperationTable } from './context.ts'
import {
  describeCapacityReservation,
  modifyCapacityReservation,
  modifyIpPools,
} from './operations/capacity-reservations.ts'
import { createLoadBalancer } from './operations/create-load-balancer.ts'
import { deleteLoadBalancer } from './operations/delete-load-balancer.ts'
import { describeAccountLimits } from './operations/describe-account-limits.ts'
import { describeLoadBalancers } from './operations/describe-load-balancers.ts'
import { getResourcePolicy } from './operations/get-resource-policy.ts'
import { describeLoadBalancerAttributes, modifyLoadBalancerAttributes } from './operations/load-balancer-attributes.ts'
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
  DescribeTargetGroupAttributes: describeTargetGroupAttributes,
  ModifyTargetGroupAttributes: modifyTargetGroupAttributes,
  AddTags: addTags,
  RemoveTags: removeTags,
  DescribeTags: describeTagsOperation,
  DescribeAccountLimits: describeAccountLimits,
  GetResourcePolicy: getResourcePolicy,
}
