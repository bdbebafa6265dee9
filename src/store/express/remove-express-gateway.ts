/**
 * Removes what ECS made for an Express service, when its last task is gone: all but what others use, what somebody removed already, and what
 * tells of the past (task definitions, log events). The load balancer goes with the last Express service that it has.
 */
import { targetRowKey } from '../../model/load-balancing/records.ts'
import type { SecurityGroupRecord } from '../../model/ec2-records.ts'
import type { ExpressGateway } from '../../model/express-gateway.ts'
import { listenersUsing } from '../certificates/certificate-material.ts'
import { securityGroupNamed } from '../ec2/security-group-named.ts'
import { noteUse } from '../load-balancing/target-group-use.ts'
import type { Transaction } from '../tables.ts'

/** The service itself must be INACTIVE by then, or gone. */
export const removeExpressGateway = (tx: Transaction, express: ExpressGateway): void => {
  const { loadBalancerArn, ruleArn, targetGroupArns } = express
  if (tx.rules.has(ruleArn)) tx.rules.remove(ruleArn)
  noteUse(tx, loadBalancerArn, targetGroupArns)
  for (const arn of targetGroupArns) removeTargetGroup(tx, arn)
  removeWayTo(tx, express)
  removeSecurityGroup(tx, express.securityGroupId)
  removeLoadBalancer(tx, loadBalancerArn)
  removeCertificate(tx, express)
}

/** The rules by which the load balancer's security group lets requests out to the tasks. */
const removeWayTo = (tx: Transaction, { loadBalancerArn, securityGroupId }: ExpressGateway): void => {
  const balancers = balancerGroup(tx, loadBalancerArn)?.groupId
  for (const rule of tx.securityGroupRules.find('byReferencedGroup', securityGroupId))
    if (rule.groupId === balancers) tx.securityGroupRules.remove(rule.securityGroupRuleId)
}

const balancerGroup = (tx: Transaction, loadBalancerArn: string): SecurityGroupRecord | undefined => {
  const row = tx.loadBalancers.get(loadBalancerArn)
  return row && securityGroupNamed(tx, row.vpcId, row.name)
}

const removeTargetGroup = (tx: Transaction, arn: string): void => {
  const group = tx.targetGroups.get(arn)
  if (group === undefined || group.loadBalancerArns.length > 0) return
  for (const target of tx.targets.find('byTargetGroup', arn)) tx.targets.remove(targetRowKey(target))
  tx.targetGroups.remove(arn)
}

const removeLoadBalancer = (tx: Transaction, arn: string): void => {
  const row = tx.loadBalancers.get(arn)
  if (row === undefined || tx.services.findSize('byExpressLoadBalancer', arn) > 0) return
  const listeners = tx.listeners.find('byLoadBalancer', arn)
  const rules = tx.rules.find('byLoadBalancer', arn)
  const isProtected = row.attributes['deletion_protection.enabled'] === 'true'
  // A listener or a rule beside those that came with the load balancer is somebody's.
  if (isProtected || listeners.length > 1 || rules.length > 1 || tx.targets.findSize('byTargetId', arn) > 0) return
  const group = balancerGroup(tx, arn)
  for (const { ruleArn } of rules) tx.rules.remove(ruleArn)
  for (const { listenerArn } of listeners) tx.listeners.remove(listenerArn)
  tx.loadBalancers.remove(arn)
  if (group !== undefined) removeSecurityGroup(tx, group.groupId)
}

/** A listener keeps the last certificate that it has. */
const removeCertificate = (tx: Transaction, { certificateArn, listenerArn }: ExpressGateway): void => {
  const others = tx.listeners.get(listenerArn)?.certificateArns.filter((arn) => arn !== certificateArn) ?? []
  if (others.length > 0) tx.listeners.update(listenerArn, { certificateArns: others })
  if (!tx.certificates.has(certificateArn) || listenersUsing(tx, certificateArn).length > 0) return
  if (tx.certificateOrders.has(certificateArn)) tx.certificateOrders.remove(certificateArn)
  tx.certificates.remove(certificateArn)
}

/** With its rules. Whoever's rule names it needs it. */
const removeSecurityGroup = (tx: Transaction, groupId: string): void => {
  if (!tx.securityGroups.has(groupId)) return
  const isReferenced = tx.securityGroupRules.find('byReferencedGroup', groupId).some((rule) => rule.groupId !== groupId)
  const isUsed = Array.from(tx.loadBalancers.rows()).some(({ securityGroups }) => securityGroups.includes(groupId))
  if (isReferenced || isUsed) return
  for (const rule of tx.securityGroupRules.find('byGroup', groupId))
    tx.securityGroupRules.remove(rule.securityGroupRuleId)
  tx.securityGroups.remove(groupId)
}
