/**
 * The attributes of load balancers, target groups and listeners: which ones there are for which type and protocol, what they are where
 * nobody set them, and what they may be. Rows hold only what was set; whoever acts on attributes completes them here.
 *
 * Source: LoadBalancerAttribute, TargetGroupAttribute and ListenerAttribute in the Elastic Load Balancing API reference.
 */
import type { AttributeProblem, AttributeRule } from './attribute-rules.ts'
import { completed, problemWith } from './attribute-rules.ts'
import { listenerRules } from './listener-attribute-rules.ts'
import { loadBalancerProblem, loadBalancerRules } from './load-balancer-attribute-rules.ts'
import type { Attributes, ListenerRecord, LoadBalancerRecord, TargetGroupRecord } from './records.ts'
import { targetGroupProblem, targetGroupRules } from './target-group-attribute-rules.ts'

type LoadBalancerKind = Pick<LoadBalancerRecord, 'type' | 'attributes'>
type TargetGroupKind = Pick<TargetGroupRecord, 'protocol' | 'targetType' | 'attributes'>
type ListenerKind = Pick<ListenerRecord, 'protocol' | 'attributes'>

/** All attributes of a load balancer. */
export const loadBalancerAttributes = ({ type, attributes }: LoadBalancerKind): Attributes =>
  completed(loadBalancerRules(type), attributes)

/** All attributes of a target group. */
export const targetGroupAttributes = (group: TargetGroupKind): Attributes =>
  completed(targetGroupRules(group), group.attributes)

/** All attributes of a listener. */
export const listenerAttributes = ({ protocol, attributes }: ListenerKind): Attributes =>
  completed(listenerRules(protocol), attributes)

/** A request's attributes laid over those that were set before, or what is wrong with them. */
export type ChangedAttributes =
  | { readonly attributes: Attributes; readonly problem?: undefined }
  | { readonly problem: AttributeProblem }

export const changedLoadBalancerAttributes = (
  { type, attributes }: LoadBalancerKind,
  changes: Attributes,
): ChangedAttributes =>
  changed({
    owner: 'Load balancer',
    plural: `load balancers with type '${type}'`,
    rules: loadBalancerRules(type),
    others: loadBalancerRules(type === 'application' ? 'network' : 'application'),
    before: attributes,
    changes,
    check: (all) => loadBalancerProblem(all),
  })

export const changedTargetGroupAttributes = (group: TargetGroupKind, changes: Attributes): ChangedAttributes => {
  const { targetType, protocol, attributes } = group
  const isNetwork = protocol !== 'HTTP' && protocol !== 'HTTPS'
  return changed({
    owner: 'Target group',
    plural: `target groups with protocol '${protocol}' and target type '${targetType}'`,
    rules: targetGroupRules(group),
    others: targetGroupRules({ protocol: isNetwork ? 'HTTP' : 'TCP', targetType: 'instance' }),
    before: attributes,
    changes,
    check: (all) => targetGroupProblem(group, all),
  })
}

export const changedListenerAttributes = (
  { protocol, attributes }: ListenerKind,
  changes: Attributes,
): ChangedAttributes =>
  changed({
    owner: 'Listener',
    plural: `listeners with protocol '${protocol}'`,
    rules: listenerRules(protocol),
    others: [...listenerRules('HTTPS'), ...listenerRules('TCP')],
    before: attributes,
    changes,
    check: () => undefined,
  })

interface Change {
  readonly owner: string
  /** The likes of it. */
  readonly plural: string
  readonly rules: readonly AttributeRule[]
  /** Attributes that there are, but not for the likes of it. */
  readonly others: readonly AttributeRule[]
  readonly before: Attributes
  readonly changes: Attributes
  /** What is wrong with all attributes together. */
  readonly check: (all: Attributes) => AttributeProblem | undefined
}

const changed = ({ owner, plural, rules, others, before, changes, check }: Change): ChangedAttributes => {
  for (const [key, value] of Object.entries(changes)) {
    const rule = rules.find((known) => known.key === key)
    const problem =
      rule === undefined
        ? unknownKey(
            owner,
            plural,
            key,
            others.some((other) => other.key === key),
          )
        : problemWith(owner, rule, value)
    if (problem !== undefined) return { problem }
  }
  const attributes = { ...before, ...changes }
  const problem = check(completed(rules, attributes))
  return problem === undefined ? { attributes } : { problem }
}

const unknownKey = (owner: string, plural: string, key: string, isKnownElsewhere: boolean): AttributeProblem =>
  isKnownElsewhere
    ? { kind: 'configuration', message: `${owner} attribute key '${key}' is not supported on ${plural}` }
    : { kind: 'value', message: `${owner} attribute key '${key}' is not recognized` }
