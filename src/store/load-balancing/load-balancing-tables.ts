/** The tables of load balancers. */
import {
  type ListenerRecord,
  type LoadBalancerRecord,
  type RuleRecord,
  type TargetGroupRecord,
  type TargetRecord,
  targetRowKey,
  type TrustStoreRecord,
} from '../../model/load-balancing/records.ts'
import { defineTable } from '../table.ts'

/** The index value of what an account has in a region. */
export const homeKey = ({ account, region }: { readonly account: string; readonly region: string }): string =>
  `${account}/${region}`

/** The index value of a load balancer's, target group's or trust store's name, which is unique in its account and region. */
export const homeNameKey = (row: {
  readonly account: string
  readonly region: string
  readonly name: string
}): string => `${homeKey(row)}/${row.name}`

export const loadBalancingTables = {
  loadBalancers: defineTable<LoadBalancerRecord>()({
    name: 'loadBalancers',
    key: (row) => row.loadBalancerArn,
    indexes: { byHome: homeKey, byName: homeNameKey },
  }),
  listeners: defineTable<ListenerRecord>()({
    name: 'listeners',
    key: (row) => row.listenerArn,
    indexes: { byLoadBalancer: (row) => row.loadBalancerArn },
  }),
  rules: defineTable<RuleRecord>()({
    name: 'rules',
    key: (row) => row.ruleArn,
    indexes: { byListener: (row) => row.listenerArn, byLoadBalancer: (row) => row.loadBalancerArn },
  }),
  targetGroups: defineTable<TargetGroupRecord>()({
    name: 'targetGroups',
    key: (row) => row.targetGroupArn,
    indexes: { byHome: homeKey, byName: homeNameKey },
  }),
  targets: defineTable<TargetRecord>()({
    name: 'targets',
    key: targetRowKey,
    indexes: {
      byTargetGroup: (row) => row.targetGroupArn,
      byTargetId: (row) => row.targetId,
      byTask: (row) => row.taskId,
      draining: (row) => (row.drainingUntil === undefined ? undefined : 'draining'),
    },
  }),
  trustStores: defineTable<TrustStoreRecord>()({
    name: 'trustStores',
    key: (row) => row.trustStoreArn,
    indexes: { byHome: homeKey, byName: homeNameKey },
  }),
} as const
