/** An agent that is not connected could not be told of the task. */
import type { MembershipTerms, PlacementFilter } from './filter.ts'

export const agentFilter: PlacementFilter<MembershipTerms> = {
  applies: () => true,
  check: (_terms, { record }) => record?.agentConnected === true,
  reason: 'AGENT',
}
