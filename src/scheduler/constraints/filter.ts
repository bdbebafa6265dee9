/** What a placement constraint is: when it applies, whether an instance passes, and what to say if it does not. */
import type { TaskReservation } from '../../model/records.ts'
import type { InstanceState } from '../index/instance-state.ts'
import type { TaskGroup } from '../index/task-group.ts'
import type { InstancePredicate } from '../query-language.ts'
import type { AttributeRequirement } from '../types.ts'

/** What decides if an instance is a candidate at all. */
export interface MembershipTerms {
  readonly capacityProviderName: string | undefined
  readonly requiredAttributes: readonly AttributeRequirement[]
  readonly expressions: readonly InstancePredicate[]
}

/** What one task asks of its instance, prepared from a request. */
export interface PlacementTerms extends MembershipTerms {
  readonly group: TaskGroup
  readonly reservation: TaskReservation
  readonly distinctInstance: boolean
}

export interface PlacementFilter<Terms extends MembershipTerms = PlacementTerms> {
  applies(terms: Terms): boolean
  check(terms: Terms, instance: InstanceState): boolean
  /** ECS's words. Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html */
  readonly reason: string
}
