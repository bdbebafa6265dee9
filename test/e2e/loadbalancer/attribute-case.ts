/** Attributes in tables: what tells one that was set from one that was not, asked of the running HAProxy. */
import type { LoadBalancerRecord } from '../../../src/model/load-balancing/records.ts'
import { aGroupRoute, aRoutingTable, aRuleRoute, aTargetRoute, forwardTo, type RouteOptions } from './a-route.ts'
import { type Answer, ask, type Echoed, echoed, EchoTarget, type Question } from './echo-target.ts'
import { freePort, HaproxyUnderTest } from './haproxy-under-test.ts'

type Attributes = Readonly<Record<string, string>>

export interface Running {
  readonly port: number
  readonly targets: readonly EchoTarget[]
  readonly haproxy: HaproxyUnderTest
  readonly ask: (question?: Omit<Question, 'port'>) => Promise<Answer>
  /** What the target got. */
  readonly seen: (question?: Omit<Question, 'port'>) => Promise<Echoed>
}

/** Whose attribute it is. */
export type Owner = 'loadBalancer' | 'listener' | 'group'

export interface AttributeCase {
  readonly key: string
  readonly value: string
  /** What it needs beside it. */
  readonly given?: Given
  readonly observe: (running: Running) => Promise<unknown>
  readonly expected: unknown
  /** Where it was not set. */
  readonly otherwise: unknown
}

export interface Given extends Pick<RouteOptions, 'certificates' | 'trustStores' | 'listener'> {
  readonly type?: LoadBalancerRecord['type']
  readonly loadBalancer?: Attributes
  readonly group?: Attributes
  /** Zones of the targets, which are as many; the balancer's is us-east-1a. */
  readonly zones?: readonly string[]
}

const BALANCER_ZONE = 'us-east-1a'

/** A listener that forwards to one group, with these attributes. */
export const observing = async (
  program: string,
  { given = {}, observe }: AttributeCase,
  attributes: Partial<Record<Owner, Attributes>>,
): Promise<unknown> => {
  const zones = given.zones ?? [BALANCER_ZONE]
  const targets = await Promise.all(zones.map((_, index) => EchoTarget.start(String(index))))
  const port = await freePort()
  const haproxy = await HaproxyUnderTest.start(program, tableOf(port, targets, given, attributes), [port], {
    availabilityZone: BALANCER_ZONE,
  })
  const own: Running['ask'] = (question = {}) =>
    ask({ port, isEncrypted: given.listener?.protocol === 'HTTPS', ...question })
  try {
    return await observe({ port, targets, haproxy, ask: own, seen: async (question) => echoed(await own(question)) })
  } finally {
    await haproxy.stop()
    for (const target of targets) await target.stop()
  }
}

const tableOf = (
  port: number,
  targets: readonly EchoTarget[],
  { type = 'application', zones = [BALANCER_ZONE], loadBalancer, group, ...options }: Given,
  attributes: Partial<Record<Owner, Attributes>>,
) => {
  const routes = targets.map((target, index) => aTargetRoute(target.port, { availabilityZone: zones[index] ?? 'all' }))
  const isNetwork = type === 'network'
  const { healthCheck } = aGroupRoute('web', [])
  return aRoutingTable({
    ...options,
    port,
    loadBalancer: { type, attributes: { ...loadBalancer, ...attributes.loadBalancer } },
    listener: {
      ...(isNetwork && { protocol: 'TCP' }),
      ...options.listener,
      attributes: { ...attributes.listener },
    },
    groups: [
      aGroupRoute('web', routes, {
        ...(isNetwork && { protocol: 'TCP', healthCheck: { ...healthCheck, protocol: 'TCP' } }),
        attributes: { ...group, ...attributes.group },
      }),
    ],
    rules: [aRuleRoute('default', [], [forwardTo('web')])],
  })
}
