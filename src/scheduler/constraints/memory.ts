/** Memory that other tasks have not reserved. */
import type { PlacementFilter } from './filter.ts'

export const memoryFilter: PlacementFilter = {
  applies: () => true,
  check: ({ reservation }, instance) => instance.memoryMiB >= reservation.memoryMiB,
  reason: 'RESOURCE:MEMORY',
}
