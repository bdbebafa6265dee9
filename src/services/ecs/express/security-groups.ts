/** Who may send what to the tasks of an Express service: its load balancer, at the port of their container. */
import { ec2Id } from '../../../model/arn.ts'
import type { SecurityGroupRecord } from '../../../model/ec2-records.ts'
import { EXPRESS_TAG } from '../../../model/express-gateway.ts'
import type { LoadBalancerRecord } from '../../../model/load-balancing/records.ts'
import { securityGroupNamed } from '../../../store/ec2/security-group-named.ts'
import { insertSecurityGroup, insertSecurityGroupRule } from '../../../store/ec2/new-vpc.ts'
import type { EcsContext } from '../context.ts'

const SHORT_ID_LENGTH = 8

/** The security group of the tasks; they may call whom they like. */
export const insertServiceGroup = (context: EcsContext, vpcId: string): SecurityGroupRecord => {
  const { tx, account, region, ids, now } = context
  const resource = { account, region, createdAt: now, tags: [EXPRESS_TAG], vpcId }
  const groupName = `ecs-express-gateway-service-${ids.hex32().slice(0, SHORT_ID_LENGTH)}`
  return insertSecurityGroup(tx, { ...resource, groupName, description: 'Tasks of an Express service' }, newId(context))
}

const newId =
  ({ ids }: EcsContext) =>
  (prefix: string): string =>
    ec2Id(prefix, ids.hex32())

/** Adds the port to those at which the load balancer reaches the tasks. Ports of former revisions stay, as their tasks do for a while. */
export const openPort = (
  context: EcsContext,
  { vpcId, name }: LoadBalancerRecord,
  serviceGroupId: string,
  port: number,
): void => {
  const balancers = securityGroupNamed(context.tx, vpcId, name)
  const service = context.tx.securityGroups.get(serviceGroupId)
  if (balancers === undefined || service === undefined) return
  addRule(context, balancers, service, { isEgress: true, port })
  addRule(context, service, balancers, { isEgress: false, port })
}

const addRule = (
  context: EcsContext,
  group: SecurityGroupRecord,
  other: SecurityGroupRecord,
  rule: { readonly isEgress: boolean; readonly port: number },
): void => {
  const { tx, now } = context
  const isThere = tx.securityGroupRules
    .find('byGroup', group.groupId)
    .some(
      ({ isEgress, fromPort, referencedGroupId }) =>
        isEgress === rule.isEgress && fromPort === rule.port && referencedGroupId === other.groupId,
    )
  if (!isThere)
    insertSecurityGroupRule(tx, group, { ...rule, referencedGroupId: other.groupId, createdAt: now }, newId(context))
}
