/** Routing tables of one load balancer, as balancers are told them: rows of the builders, completed and put together. */
import type { Action, RuleCondition, RuleTransform } from '@aws-sdk/client-elastic-load-balancing-v2'
import {
  listenerAttributes,
  loadBalancerAttributes,
  targetGroupAttributes,
} from '../../../src/model/load-balancing/attributes.ts'
import {
  type ListenerRecord,
  type LoadBalancerRecord,
  type TargetGroupRecord,
  targetKey,
} from '../../../src/model/load-balancing/records.ts'
import type {
  CertificateMaterial,
  RoutingTable,
  RuleRoute,
  TargetGroupRoute,
  TargetRoute,
  TrustMaterial,
} from '../../../src/model/load-balancing/routing.ts'
import { aListener, aLoadBalancer, aRule, aTargetGroup } from '../../builders/a-load-balancer.ts'

/** A target on this machine, by its port. */
export const aTargetRoute = (port: number, given: Partial<TargetRoute> = {}): TargetRoute => ({
  key: targetKey({ targetId: '127.0.0.1', port }),
  address: '127.0.0.1',
  port,
  isDraining: false,
  ...given,
})

/** Of HTTP, checked every five seconds at `/`. */
export const aGroupRoute = (
  name: string,
  targets: readonly TargetRoute[],
  given: Partial<TargetGroupRecord> = {},
): TargetGroupRoute => {
  const group = aTargetGroup({ name, ...given })
  return {
    ...group,
    healthCheck: { ...group.healthCheck, intervalSeconds: 5, healthyThreshold: 2, ...given.healthCheck },
    attributes: targetGroupAttributes(group),
    targets,
  }
}

export const forwardTo = (...names: readonly string[]): Action => ({
  Type: 'forward',
  ForwardConfig: {
    TargetGroups: names.map((name) => ({ TargetGroupArn: aTargetGroup({ name }).targetGroupArn, Weight: 1 })),
  },
})

export const answerWith = (MessageBody: string, StatusCode = '200'): Action => ({
  Type: 'fixed-response',
  FixedResponseConfig: { StatusCode, MessageBody },
})

export const aRuleRoute = (
  priority: number | 'default',
  conditions: readonly RuleCondition[],
  actions: readonly Action[],
  transforms: readonly RuleTransform[] = [],
): RuleRoute => aRule({ priority, conditions, actions, transforms })

export interface RouteOptions {
  readonly port: number
  readonly rules: readonly RuleRoute[]
  readonly groups?: readonly TargetGroupRoute[]
  readonly loadBalancer?: Partial<LoadBalancerRecord>
  readonly listener?: Partial<ListenerRecord>
  readonly certificates?: readonly CertificateMaterial[]
  readonly trustStores?: readonly TrustMaterial[]
}

/** One load balancer at 127.0.0.1 with one listener. */
export const aRoutingTable = (options: RouteOptions): RoutingTable => {
  const { port, rules, groups = [], certificates = [], trustStores = [] } = options
  const loadBalancer = aLoadBalancer({ addresses: ['127.0.0.1'], ...options.loadBalancer })
  const listener = aListener({
    port,
    certificateArns: certificates.map(({ certificateArn }) => certificateArn),
    ...options.listener,
  })
  const route = {
    ...loadBalancer,
    zoneNames: ['us-east-1a'],
    attributes: loadBalancerAttributes(loadBalancer),
    listeners: [{ ...listener, attributes: listenerAttributes(listener), rules }],
  }
  return {
    loadBalancers: new Map([[loadBalancer.loadBalancerArn, route]]),
    targetGroups: new Map(groups.map((group) => [group.targetGroupArn, group])),
    certificates: new Map(certificates.map((certificate) => [certificate.certificateArn, certificate])),
    trustStores: new Map(trustStores.map((store) => [store.trustStoreArn, store])),
  }
}
