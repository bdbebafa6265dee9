/** Items of the routing table, made of the rows as they are now; everything that balancers would have to look up is in them. */
import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Sealer } from '../../kit/sealing.ts'
import {
  listenerAttributes,
  loadBalancerAttributes,
  targetGroupAttributes,
} from '../../model/load-balancing/attributes.ts'
import type { RoutingItem } from '../../model/load-balancing/messages.ts'
import {
  clientSecretPurpose,
  type ListenerRecord,
  type LoadBalancerRecord,
  type RuleRecord,
  type TargetGroupRecord,
  targetKey,
  type TargetRecord,
} from '../../model/load-balancing/records.ts'
import type {
  ListenerRoute,
  LoadBalancerRoute,
  RuleRoute,
  TargetGroupRoute,
  TargetRoute,
} from '../../model/load-balancing/routing.ts'
import {
  certificateMaterial,
  getCertificateByArn,
  listenersUsing,
} from '../../store/certificates/certificate-material.ts'
import { instanceAddress } from '../../store/load-balancing/instance-address.ts'
import type { ReadTables } from '../../store/tables.ts'
import { challengeRules } from './challenge-rules.ts'
import { type ItemName, trustStoresOf } from './routing-names.ts'

/** The item of that name; undefined if there is none, or no load balancer uses it. Throws `Unsealable`. */
export const routingItem = (tables: ReadTables, sealer: Sealer, { kind, key }: ItemName): RoutingItem | undefined => {
  if (kind === 'loadBalancer') return loadBalancerItem(tables, sealer, key)
  if (kind === 'targetGroup') return targetGroupItem(tables, key)
  return kind === 'certificate' ? certificateItem(tables, sealer, key) : trustStoreItem(tables, key)
}

const loadBalancerItem = (tables: ReadTables, sealer: Sealer, key: string): RoutingItem | undefined => {
  const row = tables.loadBalancers.get(key)
  return row && { kind: 'loadBalancer', key, value: loadBalancerRoute(tables, sealer, row) }
}

const loadBalancerRoute = (tables: ReadTables, sealer: Sealer, row: LoadBalancerRecord): LoadBalancerRoute => {
  const { loadBalancerArn, name, type, scheme, dnsName, addresses, ipAddressType, subnets } = row
  const listeners = tables.listeners.find('byLoadBalancer', loadBalancerArn)
  return {
    loadBalancerArn,
    name,
    type,
    scheme,
    dnsName,
    addresses,
    ipAddressType,
    zoneNames: subnets.map(({ zoneName }) => zoneName),
    attributes: loadBalancerAttributes(row),
    listeners: listeners.map((listener) => listenerRoute(tables, sealer, listener)),
  }
}

const listenerRoute = (tables: ReadTables, sealer: Sealer, row: ListenerRecord): ListenerRoute => {
  const { loadBalancerArn: _of, createdAt: _at, tags: _tags, ...route } = row
  const rules = tables.rules.find('byListener', row.listenerArn).toSorted((one, other) => orderOf(one) - orderOf(other))
  const own = rules.map((rule) => ruleRoute(sealer, rule))
  return { ...route, attributes: listenerAttributes(row), rules: [...challengeRules(tables, row), ...own] }
}

const orderOf = ({ priority }: RuleRecord): number => (priority === 'default' ? Number.POSITIVE_INFINITY : priority)

const ruleRoute = (sealer: Sealer, row: RuleRecord): RuleRoute => {
  const { ruleArn, priority, conditions, actions, transforms } = row
  return {
    ruleArn,
    priority,
    conditions,
    transforms,
    actions: actions.map((action) => withSecret(sealer, row, action)),
  }
}

const withSecret = (sealer: Sealer, row: RuleRecord, action: Action): Action => {
  const { clientSecret } = row
  if (clientSecret === undefined || action.AuthenticateOidcConfig === undefined) return action
  const secret = sealer.open(clientSecret, clientSecretPurpose(row)).toString()
  return { ...action, AuthenticateOidcConfig: { ...action.AuthenticateOidcConfig, ClientSecret: secret } }
}

const targetGroupItem = (tables: ReadTables, key: string): RoutingItem | undefined => {
  const row = tables.targetGroups.get(key)
  if (row === undefined || row.loadBalancerArns.length === 0) return undefined
  return { kind: 'targetGroup', key, value: targetGroupRoute(tables, row) }
}

const targetGroupRoute = (tables: ReadTables, row: TargetGroupRecord): TargetGroupRoute => {
  const { targetGroupArn, name, targetType, protocol, protocolVersion, port, healthCheck } = row
  const targets = tables.targets.find('byTargetGroup', targetGroupArn)
  return {
    targetGroupArn,
    name,
    targetType,
    protocol,
    port,
    healthCheck,
    ...(protocolVersion && { protocolVersion }),
    attributes: targetGroupAttributes(row),
    targets: targets.map((target) => targetRoute(tables, row, target)),
  }
}

const targetRoute = (tables: ReadTables, group: TargetGroupRecord, target: TargetRecord): TargetRoute => {
  const { port, availabilityZone, drainingUntil, registeredAt } = target
  const address = addressOf(tables, group, target)
  return {
    key: targetKey(target),
    ...(address !== undefined && { address }),
    port,
    ...(availabilityZone !== undefined && { availabilityZone }),
    isDraining: drainingUntil !== undefined,
    registeredAt,
  }
}

const addressOf = (
  tables: ReadTables,
  { targetType }: TargetGroupRecord,
  { targetId }: TargetRecord,
): string | undefined => {
  if (targetType === 'ip') return targetId
  if (targetType === 'alb') return tables.loadBalancers.get(targetId)?.addresses[0]
  return instanceAddress(tables, targetId)
}

const certificateItem = (tables: ReadTables, sealer: Sealer, key: string): RoutingItem | undefined => {
  const row = getCertificateByArn(tables, key)
  if (row === undefined || listenersUsing(tables, key).length === 0) return undefined
  const value = certificateMaterial(row, sealer)
  return value && { kind: 'certificate', key, value }
}

const trustStoreItem = (tables: ReadTables, key: string): RoutingItem | undefined => {
  const row = tables.trustStores.get(key)
  const isUsed = [...tables.listeners.rows()].some((listener) => trustStoresOf(listener).includes(key))
  if (row === undefined || !isUsed) return undefined
  const { trustStoreArn, caCertificatesBundle, revocations } = row
  return {
    kind: 'trustStore',
    key,
    value: { trustStoreArn, caCertificatesBundle, revocations: revocations.map(({ content }) => content) },
  }
}
