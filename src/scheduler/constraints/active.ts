/** Instances that are draining or deregistered take no tasks. */
import type { MembershipTerms, PlacementFilter } from './filter.ts'

export const activeFilter: PlacementFilter<MembershipTerms> = {
  applies: () => true,
  check: (_terms, { record }) => record?.status === 'ACTIVE',
  reason: 'INACTIVE',
}
