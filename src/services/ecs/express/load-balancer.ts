/** The load balancer of an Express service: one of its VPC that still has room, or a new one with an HTTPS listener that knows no host. */
import { defined } from '../../../kit/assert.ts'
import { ec2Id, listenerArn, listenerRuleArn } from '../../../model/arn.ts'
import { EXPRESS_SERVICES_PER_LOAD_BALANCER, EXPRESS_TAG } from '../../../model/express-gateway.ts'
import { LOAD_BALANCING_QUOTAS } from '../../../model/load-balancing/limits.ts'
import { newElbId, newLoadBalancer } from '../../../model/load-balancing/new-rows.ts'
import type { ListenerRecord, LoadBalancerRecord } from '../../../model/load-balancing/records.ts'
import { DEFAULT_SSL_POLICY } from '../../../model/load-balancing/ssl-policies.ts'
import { insertSecurityGroup, insertSecurityGroupRule } from '../../../store/ec2/new-vpc.ts'
import { nextFreeAddress } from '../../../store/load-balancing/addresses.ts'
import { homeKey } from '../../../store/load-balancing/load-balancing-tables.ts'
import type { EcsContext } from '../context.ts'
import { clientException, invalidParameter } from '../faults.ts'
import type { ExpressNetwork } from './network.ts'

export interface ExpressBalancer {
  readonly loadBalancer: LoadBalancerRecord
  readonly listener: ListenerRecord
}

const HTTPS_PORT = 443
const SHORT_ID_LENGTH = 8

/** `certificateArn`: what a new listener shows first; one that is there shows it, too. */
export const expressBalancer = (
  context: EcsContext,
  network: ExpressNetwork,
  certificateArn: string,
): ExpressBalancer => {
  const shared = findShared(context, network)
  if (shared === undefined) return insertBalancer(context, network, certificateArn)
  checkZones(shared.loadBalancer, network)
  const { listenerArn: arn, certificateArns } = shared.listener
  return {
    ...shared,
    listener: context.tx.listeners.update(arn, { certificateArns: [...certificateArns, certificateArn] }),
  }
}

const schemeOf = ({ isPublic }: ExpressNetwork): LoadBalancerRecord['scheme'] =>
  isPublic ? 'internet-facing' : 'internal'

const findShared = (context: EcsContext, network: ExpressNetwork): ExpressBalancer | undefined => {
  const { tx } = context
  for (const loadBalancer of tx.loadBalancers.find('byHome', homeKey(context))) {
    const { loadBalancerArn, vpcId, scheme } = loadBalancer
    const count = tx.services.findSize('byExpressLoadBalancer', loadBalancerArn)
    if (count === 0 || count >= EXPRESS_SERVICES_PER_LOAD_BALANCER) continue
    const listener = tx.listeners.find('byLoadBalancer', loadBalancerArn).find(isShareable)
    if (vpcId === network.vpcId && scheme === schemeOf(network) && listener !== undefined)
      return { loadBalancer, listener }
  }
  return undefined
}

const isShareable = ({ port, protocol, certificateArns }: ListenerRecord): boolean =>
  port === HTTPS_PORT &&
  protocol === 'HTTPS' &&
  certificateArns.length <= LOAD_BALANCING_QUOTAS['certificates-per-application-load-balancer']

/** AWS: the first service of a VPC decides where its load balancer is. */
const checkZones = ({ subnets, name }: LoadBalancerRecord, network: ExpressNetwork): void => {
  const zones = new Set(subnets.map(({ zoneName }) => zoneName))
  const other = network.subnets.find(({ zoneName }) => !zones.has(zoneName))
  if (other !== undefined)
    throw invalidParameter(
      `The subnet ${other.subnetId} is in ${other.zoneName}, where the load balancer ${name} of the VPC's Express services is not.`,
    )
}

const insertBalancer = (context: EcsContext, network: ExpressNetwork, certificateArn: string): ExpressBalancer => {
  const { tx, ids, now, loadBalancing } = context
  const name = `ecs-express-gateway-alb-${ids.hex32().slice(0, SHORT_ID_LENGTH)}`
  const loadBalancer = tx.loadBalancers.insert(
    newLoadBalancer(context, {
      name,
      type: 'application',
      scheme: schemeOf(network),
      suffix: loadBalancing.suffix,
      addresses: [requireAddress(context)],
      vpcId: network.vpcId,
      subnets: onePerZone(network),
      securityGroups: [insertBalancerGroup(context, network, name)],
      tags: [EXPRESS_TAG],
    }),
  )
  const { loadBalancerArn } = loadBalancer
  const listener = tx.listeners.insert({
    listenerArn: listenerArn(loadBalancerArn, newElbId(ids)),
    loadBalancerArn,
    port: HTTPS_PORT,
    protocol: 'HTTPS',
    certificateArns: [certificateArn],
    sslPolicy: DEFAULT_SSL_POLICY,
    alpnPolicy: [],
    mutualAuthentication: { Mode: 'off' },
    attributes: {},
    createdAt: now,
    tags: [EXPRESS_TAG],
  })
  insertDefaultRule(context, listener)
  return { loadBalancer, listener }
}

const requireAddress = ({ tx, account, region, loadBalancing: { addressPool } }: EcsContext): string => {
  const count = tx.loadBalancers.find('byHome', homeKey({ account, region })).filter(isApplication).length
  if (count >= LOAD_BALANCING_QUOTAS['application-load-balancers'])
    throw clientException('There is no load balancer for the service: the maximum number of them has been reached.')
  const address = nextFreeAddress(tx, addressPool)
  if (address === undefined)
    throw clientException(`There is no load balancer for the service: ${addressPool.text} has no more addresses.`)
  return address
}

const isApplication = ({ type }: LoadBalancerRecord): boolean => type === 'application'

const onePerZone = ({ subnets }: ExpressNetwork): LoadBalancerRecord['subnets'] => {
  const byZone = new Map(subnets.toReversed().map(({ subnetId, zoneName }) => [zoneName, { subnetId, zoneName }]))
  return [...byZone.values()].toReversed()
}

/** HTTPS comes in; what goes out to tasks is said when there are some. */
const insertBalancerGroup = (context: EcsContext, { vpcId }: ExpressNetwork, groupName: string): string => {
  const { tx, account, region, now } = context
  const newId = (prefix: string): string => ec2Id(prefix, context.ids.hex32())
  const resource = { account, region, createdAt: now, tags: [EXPRESS_TAG] }
  const description = 'Load balancer of Express services'
  const group = insertSecurityGroup(tx, { ...resource, vpcId, groupName, description }, newId)
  const everything = defined(tx.securityGroupRules.find('byGroup', group.groupId)[0], 'the rule of a new group')
  tx.securityGroupRules.remove(everything.securityGroupRuleId)
  const inbound = { isEgress: false, cidrIpv4: '0.0.0.0/0', port: HTTPS_PORT, createdAt: now }
  insertSecurityGroupRule(tx, group, inbound, newId)
  return group.groupId
}

const insertDefaultRule = (
  { tx, ids, now }: EcsContext,
  { listenerArn: arn, loadBalancerArn }: ListenerRecord,
): void => {
  const response = { StatusCode: '404', ContentType: 'text/plain', MessageBody: 'There is no service of that name.' }
  tx.rules.insert({
    ruleArn: listenerRuleArn(arn, newElbId(ids)),
    listenerArn: arn,
    loadBalancerArn,
    priority: 'default',
    conditions: [],
    actions: [{ Type: 'fixed-response', FixedResponseConfig: response }],
    transforms: [],
    createdAt: now,
    tags: [],
  })
}
