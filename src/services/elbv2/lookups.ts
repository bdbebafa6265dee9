/** Finds what a request names by ARN: load balancers, target groups, listeners, rules and trust stores of the caller's account and region. */
import { elbResourceKind, type ElbResourceKind } from '../../model/arn.ts'
import type {
  ListenerRecord,
  LoadBalancerRecord,
  RuleRecord,
  TargetGroupRecord,
  TrustStoreRecord,
} from '../../model/load-balancing/records.ts'
import type { Tag } from '../../model/records.ts'
import { homeKey } from '../../store/load-balancing/load-balancing-tables.ts'
import type { Fault } from '../../wire/fault.ts'
import type { Elbv2Context } from './context.ts'
import {
  listenerNotFound,
  loadBalancerNotFound,
  ruleNotFound,
  targetGroupNotFound,
  trustStoreNotFound,
  validationError,
} from './faults.ts'

type Arn = string | undefined

interface KindWords {
  readonly words: string
  readonly notFound: (message: string) => Fault
}

const KINDS: Readonly<Record<ElbResourceKind, KindWords>> = {
  loadbalancer: { words: 'load balancer', notFound: loadBalancerNotFound },
  targetgroup: { words: 'target group', notFound: targetGroupNotFound },
  listener: { words: 'listener', notFound: listenerNotFound },
  'listener-rule': { words: 'listener rule', notFound: ruleNotFound },
  truststore: { words: 'trust store', notFound: trustStoreNotFound },
}

/** Throws unless the text is the ARN of such a resource, wherever it may be. */
export const requireKind = (kind: ElbResourceKind, arn: string): void => {
  if (elbResourceKind(arn) !== kind) throw validationError(`'${arn}' is not a valid ${KINDS[kind].words} ARN`)
}

const found = <Row>(kind: ElbResourceKind, arn: string, row: Row | undefined): Row => {
  if (row === undefined) throw notFound(kind, arn)
  return row
}

const notFound = (kind: ElbResourceKind, arn: string): Fault => {
  const { words, notFound: fault } = KINDS[kind]
  return fault(`${words.charAt(0).toUpperCase()}${words.slice(1)} '${arn}' not found`)
}

/** AWS: several that are asked for at once have another sentence. */
export const someNotFound = (kind: ElbResourceKind, message = `One or more ${KINDS[kind].words}s not found`): Fault =>
  KINDS[kind].notFound(message)

export const getLoadBalancer = (context: Elbv2Context, arn: string): LoadBalancerRecord | undefined =>
  ofHome(context, context.tx.loadBalancers.get(arn))

export const requireLoadBalancer = (context: Elbv2Context, arn: Arn = ''): LoadBalancerRecord => {
  requireKind('loadbalancer', arn)
  return found('loadbalancer', arn, getLoadBalancer(context, arn))
}

export const getTargetGroup = (context: Elbv2Context, arn: string): TargetGroupRecord | undefined =>
  ofHome(context, context.tx.targetGroups.get(arn))

export const requireTargetGroup = (context: Elbv2Context, arn: Arn = ''): TargetGroupRecord => {
  requireKind('targetgroup', arn)
  return found('targetgroup', arn, getTargetGroup(context, arn))
}

export const getListener = (context: Elbv2Context, arn: string): ListenerRecord | undefined =>
  ofLoadBalancer(context, context.tx.listeners.get(arn))

export const requireListener = (context: Elbv2Context, arn: Arn = ''): ListenerRecord => {
  requireKind('listener', arn)
  return found('listener', arn, getListener(context, arn))
}

export const getRule = (context: Elbv2Context, arn: string): RuleRecord | undefined =>
  ofLoadBalancer(context, context.tx.rules.get(arn))

export const requireRule = (context: Elbv2Context, arn: Arn = ''): RuleRecord => {
  requireKind('listener-rule', arn)
  return found('listener-rule', arn, getRule(context, arn))
}

export const getTrustStore = (context: Elbv2Context, arn: string): TrustStoreRecord | undefined =>
  ofHome(context, context.tx.trustStores.get(arn))

export const requireTrustStore = (context: Elbv2Context, arn: Arn = ''): TrustStoreRecord => {
  requireKind('truststore', arn)
  return found('truststore', arn, getTrustStore(context, arn))
}

interface AtHome {
  readonly account: string
  readonly region: string
}

const ofHome = <Row extends AtHome>(context: Elbv2Context, row: Row | undefined): Row | undefined =>
  row !== undefined && homeKey(row) === homeKey(context) ? row : undefined

const ofLoadBalancer = <Row extends { readonly loadBalancerArn: string }>(
  context: Elbv2Context,
  row: Row | undefined,
): Row | undefined => (row !== undefined && getLoadBalancer(context, row.loadBalancerArn) ? row : undefined)

export interface TaggedResource {
  readonly tags: readonly Tag[]
  readonly setTags: (tags: readonly Tag[]) => void
}

/** Anything that has tags, if it is there. */
export const getTagged = (context: Elbv2Context, arn: string): TaggedResource | undefined => {
  const { tx } = context
  const tagged = (
    row: { readonly tags: readonly Tag[] } | undefined,
    update: (tags: readonly Tag[]) => void,
  ): TaggedResource | undefined => row && { tags: row.tags, setTags: update }
  switch (elbResourceKind(arn)) {
    case 'loadbalancer':
      return tagged(getLoadBalancer(context, arn), (tags) => void tx.loadBalancers.update(arn, { tags }))
    case 'targetgroup':
      return tagged(getTargetGroup(context, arn), (tags) => void tx.targetGroups.update(arn, { tags }))
    case 'listener':
      return tagged(getListener(context, arn), (tags) => void tx.listeners.update(arn, { tags }))
    case 'listener-rule':
      return tagged(getRule(context, arn), (tags) => void tx.rules.update(arn, { tags }))
    case 'truststore':
      return tagged(getTrustStore(context, arn), (tags) => void tx.trustStores.update(arn, { tags }))
    case undefined:
      return undefined
  }
}

export const requireTagged = (context: Elbv2Context, arn: string): TaggedResource => {
  const kind = elbResourceKind(arn)
  if (kind === undefined) throw validationError(`'${arn}' is not a valid load balancer ARN`)
  return found(kind, arn, getTagged(context, arn))
}
