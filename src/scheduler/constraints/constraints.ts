/** All constraints, in the order in which they are checked; the first that fails is the reason given. */
import { activeFilter } from './active.ts'
import { agentFilter } from './agent.ts'
import { attributesFilter } from './attributes.ts'
import { capacityProviderFilter } from './capacity-provider.ts'
import { cpuFilter } from './cpu.ts'
import { distinctInstanceFilter } from './distinct-instance.ts'
import type { MembershipTerms, PlacementFilter } from './filter.ts'
import { gpuFilter } from './gpu.ts'
import { memberOfFilter } from './member-of.ts'
import { memoryFilter } from './memory.ts'
import { portsFilter } from './ports.ts'

/** Those that change with an instance's record, or with what a cluster query reads: they make the views. */
export const membershipFilters: readonly PlacementFilter<MembershipTerms>[] = [
  activeFilter,
  capacityProviderFilter,
  agentFilter,
  attributesFilter,
  memberOfFilter,
]

/** Those that change with every task: they are checked when an instance is about to be chosen. */
export const loadFilters: readonly PlacementFilter[] = [
  distinctInstanceFilter,
  cpuFilter,
  memoryFilter,
  portsFilter,
  gpuFilter,
]

export const placementFilters: readonly PlacementFilter[] = [...membershipFilters, ...loadFilters]
