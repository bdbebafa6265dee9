/**
 * Which items of the routing table a change of rows touches. Finding that out costs as much as the change is large, not as there are
 * load balancers: one target more means one target group again.
 */
import type { ContainerInstanceRecord } from '../../model/records.ts'
import type { RoutingItem } from '../../model/load-balancing/messages.ts'
import type {
  ListenerRecord,
  LoadBalancerRecord,
  RuleRecord,
  TargetGroupRecord,
  TargetRecord,
} from '../../model/load-balancing/records.ts'
import type { CertificateOrderRecord, ServerCertificateRecord } from '../../model/certificate-records.ts'
import { targetInstanceId } from '../../model/load-balancing/instance-target.ts'
import { answersChallenges } from './challenge-rules.ts'
import type { RowChange } from '../../store/table.ts'
import type { ReadTables, TableName } from '../../store/tables.ts'

export interface ItemName {
  readonly kind: RoutingItem['kind']
  readonly key: string
}

/** What a routing table is made of. */
export const ROUTING_TABLES = [
  'loadBalancers',
  'listeners',
  'rules',
  'targetGroups',
  'targets',
  'trustStores',
  'certificates',
  'serverCertificates',
  'certificateOrders',
  'containerInstances',
] as const satisfies readonly TableName[]

/** Items that a change may have made, changed or removed. */
export const touchedItems = (tables: ReadTables, change: RowChange): readonly ItemName[] =>
  isRouted(change.table) ? TOUCHED[change.table](tables, change) : []

type Touched = (tables: ReadTables, change: RowChange) => readonly ItemName[]

const isRouted = (table: string): table is (typeof ROUTING_TABLES)[number] => Object.hasOwn(TOUCHED, table)

/** The row as it was and as it is, as far as there is one. */
const bothOf = <Row>({ before, after }: RowChange): readonly Row[] =>
  [before, after].filter((row) => row !== undefined) as readonly unknown[] as readonly Row[]

const nameOf = (kind: ItemName['kind'], key: string): ItemName => ({ kind, key })

const TOUCHED: Readonly<Record<(typeof ROUTING_TABLES)[number], Touched>> = {
  loadBalancers: (tables, change) =>
    isChanged<LoadBalancerRecord>(change, ['state', 'stateReason', 'tags'])
      ? [nameOf('loadBalancer', change.key), ...groupsOfTarget(tables, change.key)]
      : [],
  listeners: (_tables, change) =>
    bothOf<ListenerRecord>(change).flatMap((listener) => [
      nameOf('loadBalancer', listener.loadBalancerArn),
      ...listener.certificateArns.map((arn) => nameOf('certificate', arn)),
      ...trustStoresOf(listener).map((arn) => nameOf('trustStore', arn)),
    ]),
  rules: (_tables, change) =>
    bothOf<RuleRecord>(change).map(({ loadBalancerArn }) => nameOf('loadBalancer', loadBalancerArn)),
  targetGroups: (_tables, change) =>
    isChanged<TargetGroupRecord>(change, ['tags']) ? [nameOf('targetGroup', change.key)] : [],
  targets: (_tables, change) =>
    bothOf<TargetRecord>(change).map(({ targetGroupArn }) => nameOf('targetGroup', targetGroupArn)),
  trustStores: (_tables, { key }) => [nameOf('trustStore', key)],
  certificates: (_tables, { key }) => [nameOf('certificate', key)],
  serverCertificates: (_tables, change) =>
    bothOf<ServerCertificateRecord>(change).map(({ arn }) => nameOf('certificate', arn)),
  certificateOrders: (tables, change) =>
    hasOtherChallenges(change)
      ? Array.from(tables.listeners.rows())
          .filter(answersChallenges)
          .map(({ loadBalancerArn }) => nameOf('loadBalancer', loadBalancerArn))
      : [],
  containerInstances: (tables, change) => {
    const rows = bothOf<ContainerInstanceRecord>(change)
    // They change at every task; where they are hardly ever does.
    const places = new Set(rows.map(({ privateIpAddress, status }) => `${privateIpAddress} ${status === 'INACTIVE'}`))
    if (rows.length === 2 && places.size === 1) return []
    return rows.flatMap((row) => groupsOfTarget(tables, targetInstanceId(row)))
  },
}

const hasOtherChallenges = ({ before, after }: RowChange): boolean => {
  const [old, now] = [before, after].map((row) => (row as CertificateOrderRecord | undefined)?.challenges ?? [])
  return old !== now && (old?.length !== 0 || now?.length !== 0)
}

/** Whether more than those members is new. */
const isChanged = <Row extends object>({ before, after }: RowChange, apartFrom: readonly (keyof Row)[]): boolean => {
  if (before === undefined || after === undefined) return true
  const [old, now] = [before as Row, after as Row]
  const members = new Set([...Object.keys(old), ...Object.keys(now)] as (keyof Row)[])
  for (const member of apartFrom) members.delete(member)
  return [...members].some((member) => old[member] !== now[member])
}

const groupsOfTarget = (tables: ReadTables, targetId: string): readonly ItemName[] =>
  tables.targets.find('byTargetId', targetId).map(({ targetGroupArn }) => nameOf('targetGroup', targetGroupArn))

export const trustStoresOf = ({ mutualAuthentication }: ListenerRecord): readonly string[] =>
  mutualAuthentication?.TrustStoreArn === undefined ? [] : [mutualAuthentication.TrustStoreArn]

/** Every item that there may be. */
export const allItems = (tables: ReadTables): readonly ItemName[] => {
  const listeners = [...tables.listeners.rows()]
  const used = (kind: ItemName['kind'], keysOf: (listener: ListenerRecord) => readonly string[]): ItemName[] =>
    Array.from(new Set(listeners.flatMap(keysOf)), (key) => nameOf(kind, key))
  return [
    // What is named is said before what names it.
    ...used('certificate', ({ certificateArns }) => certificateArns),
    ...used('trustStore', trustStoresOf),
    ...Array.from(tables.targetGroups.rows(), ({ targetGroupArn }) => nameOf('targetGroup', targetGroupArn)),
    ...Array.from(tables.loadBalancers.rows(), ({ loadBalancerArn }) => nameOf('loadBalancer', loadBalancerArn)),
  ]
}
