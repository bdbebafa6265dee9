/** What a target group must be to be used by a listener's rules, and what follows when rules name others. */
import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2'
import { forwardedGroups } from '../../model/load-balancing/forwarding.ts'
import { LOAD_BALANCING_QUOTAS } from '../../model/load-balancing/limits.ts'
import type { ListenerRecord, LoadBalancerRecord, TargetGroupRecord } from '../../model/load-balancing/records.ts'
import { noteUse, usedTargetGroups } from '../../store/load-balancing/target-group-use.ts'
import type { Elbv2Context } from './context.ts'
import { invalidConfigurationRequest, targetGroupAssociationLimit, targetGroupNotFound } from './faults.ts'
import { incompatibleProtocols, tooManyUniqueTargetGroups } from './listener-faults.ts'
import { getTargetGroup } from './lookups.ts'
import { forgetDrained } from './target-group-use.ts'

type Protocol = ListenerRecord['protocol']

/** Of target groups, by the listener's protocol. */
const TARGET_PROTOCOLS: Partial<Record<Protocol, readonly Protocol[]>> = {
  HTTP: ['HTTP', 'HTTPS'],
  HTTPS: ['HTTP', 'HTTPS'],
  TCP: ['TCP', 'TCP_UDP'],
  TLS: ['TCP', 'TLS'],
  UDP: ['UDP', 'TCP_UDP'],
  TCP_UDP: ['TCP_UDP'],
}

/** The target groups that actions name are there, and a listener with that protocol may send them its requests. */
export const checkTargetGroups = (
  context: Elbv2Context,
  loadBalancer: LoadBalancerRecord,
  protocol: Protocol,
  actions: readonly Action[],
): void => {
  const groups = forwardedGroups(actions).map((arn) => {
    const group = getTargetGroup(context, arn)
    if (group === undefined) throw targetGroupNotFound(`Target groups '${arn}' not found`)
    return group
  })
  for (const group of groups) {
    checkProtocol(group, protocol)
    checkPlace(group, loadBalancer)
  }
}

const checkProtocol = ({ protocol, protocolVersion = 'HTTP1' }: TargetGroupRecord, listener: Protocol): void => {
  if (TARGET_PROTOCOLS[listener]?.includes(protocol) !== true)
    throw incompatibleProtocols(
      `Listener protocol '${listener}' is not supported with a target group with the protocol '${protocol}'`,
    )
  // AWS: clients of these speak HTTP/2, which they do by TLS alone.
  if (listener === 'HTTP' && protocolVersion !== 'HTTP1')
    throw incompatibleProtocols(
      `Listener protocol 'HTTP' is not supported with a target group with the protocol-version '${protocolVersion}'`,
    )
}

const checkPlace = (group: TargetGroupRecord, loadBalancer: LoadBalancerRecord): void => {
  const { targetGroupArn: arn } = group
  const { loadBalancerArn } = loadBalancer
  if (group.vpcId !== loadBalancer.vpcId)
    throw invalidConfigurationRequest(
      `The following target groups are in a different VPC than load balancer '${loadBalancerArn}': ${arn}`,
    )
  if (group.ipAddressType === 'ipv6' && loadBalancer.ipAddressType === 'ipv4')
    throw invalidConfigurationRequest(`Target group '${arn}' has IPv6 targets, which need a dualstack load balancer`)
  if (group.loadBalancerArns.some((other) => other !== loadBalancerArn))
    throw targetGroupAssociationLimit(
      `The following target groups cannot be associated with more than one load balancer: ${arn}`,
    )
}

/** After actions of a load balancer's rules changed that name these target groups, or named them before. */
export const reassociate = (
  context: Elbv2Context,
  loadBalancerArn: string,
  targetGroupArns: Iterable<string>,
): void => {
  const { tx } = context
  const limit = LOAD_BALANCING_QUOTAS['target-groups-per-application-load-balancer']
  if (usedTargetGroups(tx, loadBalancerArn).size > limit)
    throw tooManyUniqueTargetGroups(
      `The maximum number of unique target groups per load balancer has been reached on load balancer '${loadBalancerArn}'`,
    )
  for (const group of noteUse(tx, loadBalancerArn, targetGroupArns)) forgetDrained(context, group)
}
