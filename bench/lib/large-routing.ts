/** Routing tables of many load balancers: a hundred rules each, ten targets in a group, all of them at addresses of the loopback interface. */
import { targetKey } from '../../src/model/load-balancing/records.ts'
import type {
  LoadBalancerRoute,
  RoutingTable,
  TargetGroupRoute,
  TargetRoute,
} from '../../src/model/load-balancing/routing.ts'
import { aLoadBalancer } from '../../test/builders/a-load-balancer.ts'
import { aGroupRoute, aRoutingTable, aRuleRoute, forwardTo } from '../../test/e2e/loadbalancer/a-route.ts'

const TARGETS_EACH = 10
const RULES_EACH = 100
const FIRST_PORT = 21_000
/** AWS's default. */
export const CHECK_EVERY_SECONDS = 30

export interface LargeRouting {
  readonly loadBalancers: number
  readonly groups: number
  /** Where all targets listen. */
  readonly port: number
}

export const rulesOf = ({ loadBalancers }: LargeRouting): number => loadBalancers * RULES_EACH
export const targetsOf = ({ groups }: LargeRouting): number => groups * TARGETS_EACH

/** The `number`-th address of the loopback interface from 127.100.0.0 on. */
export const aTarget = (number: number, port: number): TargetRoute => {
  const address = `127.${100 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`
  return { key: targetKey({ targetId: address, port }), address, port, isDraining: false }
}

export const aGroup = (number: number, port: number): TargetGroupRoute =>
  aGroupRoute(
    `group-${number}`,
    Array.from({ length: TARGETS_EACH }, (_, index) => aTarget(number * TARGETS_EACH + index, port)),
    { healthCheck: { ...aGroupRoute('any', []).healthCheck, intervalSeconds: CHECK_EVERY_SECONDS } },
  )

/** Two in three ask for a host, the others for a host and a path. `turn` changes one of them. */
export const aLargeLoadBalancer = (
  number: number,
  { loadBalancers, groups }: LargeRouting,
  turn = 0,
): LoadBalancerRoute => {
  const loadBalancer = aLoadBalancer({
    name: `web-${number}`,
    loadBalancerId: String(number).padStart(16, '0'),
    // Tables of two sizes are served at a time.
    addresses: [`127.81.${loadBalancers}.1`],
  })
  const rules = Array.from({ length: RULES_EACH }, (_, rule) =>
    aRuleRoute(
      rule + 1,
      [
        { Field: 'host-header', HostHeaderConfig: { Values: [`service-${rule}.example.com`] } },
        ...(rule % 3 === 0
          ? [{ Field: 'path-pattern', PathPatternConfig: { Values: [`/v${rule === 0 ? turn : rule}/*`] } }]
          : []),
      ],
      [forwardTo(`group-${(number * RULES_EACH + rule) % groups}`)],
    ),
  )
  const table = aRoutingTable({
    port: FIRST_PORT + number,
    loadBalancer,
    listener: {
      listenerArn: `${loadBalancer.loadBalancerArn.replace(':loadbalancer/', ':listener/')}/f2f7dc8efc522ab2`,
    },
    rules: [...rules, aRuleRoute('default', [], [forwardTo('group-0')])],
  })
  return table.loadBalancers.get(loadBalancer.loadBalancerArn)!
}

export const aLargeTable = (size: LargeRouting): RoutingTable => {
  const routes = Array.from({ length: size.loadBalancers }, (_, number) => aLargeLoadBalancer(number, size))
  const groups = Array.from({ length: size.groups }, (_, number) => aGroup(number, size.port))
  return {
    loadBalancers: new Map(routes.map((route) => [route.loadBalancerArn, route])),
    targetGroups: new Map(groups.map((group) => [group.targetGroupArn, group])),
    certificates: new Map(),
    trustStores: new Map(),
  }
}
