/** The instances of one capacity provider. */
import type { MembershipTerms, PlacementFilter } from './filter.ts'

export const capacityProviderFilter: PlacementFilter<MembershipTerms> = {
  applies: ({ capacityProviderName }) => capacityProviderName !== undefined,
  check: ({ capacityProviderName }, { record }) =>
    capacityProviderName === undefined || record?.capacityProviderName === capacityProviderName,
  reason: 'No Container Instances were found in your capacity provider.',
}
