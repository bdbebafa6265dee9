/** The operations on load balancers, target groups, targets, tags and limits. */
import type { Elbv2OperationTable } from './context.ts'

export const loadBalancerOperations: Elbv2OperationTable = {}
