/** `distinctInstance`: one task of the group per instance. */
import type { PlacementFilter } from './filter.ts'

export const distinctInstanceFilter: PlacementFilter = {
  applies: ({ distinctInstance }) => distinctInstance,
  check: ({ group }, { slot }) => group.counts.get(slot) === 0,
  reason: 'DistinctInstance placement constraint unsatisfied.',
}
