/** `memberOf`: a cluster query selects the instances. */
import type { MembershipTerms, PlacementFilter } from './filter.ts'

export const memberOfFilter: PlacementFilter<MembershipTerms> = {
  applies: ({ expressions }) => expressions.length > 0,
  check: ({ expressions }, instance) => {
    const { record } = instance
    return record !== undefined && expressions.every((expression) => expression(record, instance))
  },
  reason: 'MemberOf placement constraint unsatisfied.',
}
