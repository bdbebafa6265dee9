/** Everything that stands before the tasks of a new Express service: the rows of it, in the transaction of the request. */
import { listenerRuleArn } from '../../../model/arn.ts'
import { COMMON_NAME_LENGTH } from '../../../model/certificate-limits.ts'
import { EXPRESS_TAG, type ExpressGateway, type ExpressScalingTarget } from '../../../model/express-gateway.ts'
import { HIGHEST_RULE_PRIORITY } from '../../../model/load-balancing/listener-limits.ts'
import { newElbId } from '../../../model/load-balancing/new-rows.ts'
import type { ListenerRecord, RuleRecord } from '../../../model/load-balancing/records.ts'
import { newLogGroup } from '../../../model/log-records.ts'
import { newCertificate } from '../../../model/new-certificate.ts'
import { noteUse } from '../../../store/load-balancing/target-group-use.ts'
import type { EcsContext } from '../context.ts'
import { clientException, invalidParameter } from '../faults.ts'
import { expressBalancer } from './load-balancer.ts'
import type { ExpressNetwork } from './network.ts'
import { insertServiceGroup, openPort } from './security-groups.ts'
import { insertTargetGroup } from './target-groups.ts'

export interface NewGateway {
  readonly infrastructureRoleArn: string
  readonly serviceName: string
  readonly network: ExpressNetwork
  readonly port: number
  readonly healthCheckPath: string
  readonly logGroupArn?: string | undefined
  readonly scalingTarget: ExpressScalingTarget
}

export const insertGateway = (context: EcsContext, wanted: NewGateway): ExpressGateway => {
  const { tx } = context
  const { network, port, infrastructureRoleArn, logGroupArn, scalingTarget } = wanted
  const hostName = newHostName(context, wanted.serviceName)
  const certificate = newCertificate(context, { subjectAlternativeNames: [hostName], tags: [EXPRESS_TAG] })
  const { certificateArn } = tx.certificates.insert(certificate)
  const { loadBalancer, listener } = expressBalancer(context, network, certificateArn)
  const { loadBalancerArn, listenerArn } = listener
  const groups = [insertTargetGroup(context, network.vpcId, wanted), insertTargetGroup(context, network.vpcId, wanted)]
  const [blue = '', green = ''] = groups.map(({ targetGroupArn }) => targetGroupArn)
  const { ruleArn } = insertRule(context, listener, hostName, [blue, green])
  const { groupId } = insertServiceGroup(context, network.vpcId)
  openPort(context, loadBalancer, groupId, port)
  return {
    infrastructureRoleArn,
    hostName,
    accessType: network.isPublic ? 'PUBLIC' : 'PRIVATE',
    loadBalancerArn,
    listenerArn,
    ruleArn,
    certificateArn,
    targetGroupArns: [blue, green],
    securityGroupId: groupId,
    ...(logGroupArn !== undefined && { logGroupArn }),
    scalingTarget,
    updatedAt: context.now,
  }
}

/** AWS: two letters of the service's name and an id. It must fit into a certificate as its common name. */
const newHostName = ({ ids, region, loadBalancing: { suffix } }: EcsContext, serviceName: string): string => {
  const letters =
    serviceName
      .toLowerCase()
      .replaceAll(/[^a-z0-9]/g, '')
      .slice(0, 2) || 'ex'
  const hostName = `${letters}-${newElbId(ids)}.ecs.${region}.${suffix}`.toLowerCase()
  if (hostName.length <= COMMON_NAME_LENGTH) return hostName
  throw invalidParameter(
    `The name ${hostName} is too long for a certificate: names of Express services end with the region and ${suffix}.`,
  )
}

/** Requests for the host go to the first of the groups, until a deployment shifts them. */
const insertRule = (
  { tx, ids, now }: EcsContext,
  { listenerArn, loadBalancerArn }: ListenerRecord,
  hostName: string,
  [first, second]: readonly [string, string],
): RuleRecord => {
  const TargetGroups = [
    { TargetGroupArn: first, Weight: 100 },
    { TargetGroupArn: second, Weight: 0 },
  ]
  const rule = tx.rules.insert({
    ruleArn: listenerRuleArn(listenerArn, newElbId(ids)),
    listenerArn,
    loadBalancerArn,
    priority: freePriority(tx.rules.find('byListener', listenerArn)),
    conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: [hostName] } }],
    actions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }],
    transforms: [],
    createdAt: now,
    tags: [EXPRESS_TAG],
  })
  noteUse(tx, loadBalancerArn, [first, second])
  return rule
}

const freePriority = (rules: readonly RuleRecord[]): number => {
  const taken = new Set(rules.map(({ priority }) => priority))
  for (let priority = 1; priority <= HIGHEST_RULE_PRIORITY; priority++) if (!taken.has(priority)) return priority
  throw clientException('The listener of the load balancer has no room for another rule.')
}

/** The ARN of the log group of that name, made if there is none. */
export const ensureLogGroup = (context: EcsContext, name: string): string => {
  const wanted = newLogGroup(context, { name, tags: [EXPRESS_TAG] })
  if (!context.tx.logGroups.has(wanted.arn)) context.tx.logGroups.insert(wanted)
  return wanted.arn
}
