/** SetRulePriorities: of several rules of one listener at once, so that they can change places. */
import type {
  RulePriorityPair,
  SetRulePrioritiesInput,
  SetRulePrioritiesOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { inOrder } from '../../../model/load-balancing/match-rule.ts'
import type { RuleRecord } from '../../../model/load-balancing/records.ts'
import { onResource } from '../access.ts'
import type { Elbv2Context, Elbv2Operation } from '../context.ts'
import { describeRule } from '../describe-listener.ts'
import { validationError } from '../faults.ts'
import { priorityInUse } from '../listener-faults.ts'
import { requireRule } from '../lookups.ts'
import { checkPriority, refuseDefaultRule } from '../rules.ts'

export const setRulePriorities: Elbv2Operation<SetRulePrioritiesInput, SetRulePrioritiesOutput> = {
  access: ({ RulePriorities: pairs = [] }, context) => pairs.map(({ RuleArn: arn }) => onResource(context, arn)),
  handle: ({ RulePriorities: pairs = [] }, context) => {
    if (pairs.length === 0) throw validationError('At least one rule priority must be specified')
    const wanted = pairs.map((pair) => wantedPriority(context, pair))
    checkDistinct(wanted)
    checkFree(context, wanted)
    const changed = wanted.map(({ rule, priority }) => context.tx.rules.update(rule.ruleArn, { priority }))
    return { Rules: inOrder(changed).map(describeRule) }
  },
}

interface Wanted {
  readonly rule: RuleRecord
  readonly priority: number
}

const wantedPriority = (context: Elbv2Context, { RuleArn: arn, Priority: priority }: RulePriorityPair): Wanted => {
  const rule = requireRule(context, arn)
  refuseDefaultRule(rule, 'modified')
  return { rule, priority: checkPriority(priority) }
}

const checkDistinct = (wanted: readonly Wanted[]): void => {
  const count = (values: readonly unknown[]): number => new Set(values).size
  if (count(wanted.map(({ rule }) => rule.ruleArn)) < wanted.length)
    throw validationError('A rule can only be specified once')
  if (count(wanted.map(({ priority }) => priority)) < wanted.length)
    throw validationError('A priority can only be specified once')
  if (count(wanted.map(({ rule }) => rule.listenerArn)) > 1)
    throw validationError('All rules must belong to the same listener')
}

/** Rules that the request does not name keep their priorities. */
const checkFree = ({ tx }: Elbv2Context, wanted: readonly Wanted[]): void => {
  const named = new Set(wanted.map(({ rule }) => rule.ruleArn))
  const priorities = new Set<unknown>(wanted.map(({ priority }) => priority))
  const taken = tx.rules
    .find('byListener', wanted[0]?.rule.listenerArn ?? '')
    .find(({ ruleArn, priority }) => !named.has(ruleArn) && priorities.has(priority))
  if (taken !== undefined) throw priorityInUse(`Priority '${taken.priority}' is currently in use`)
}
