/** CPU units that other tasks have not reserved. */
import type { PlacementFilter } from './filter.ts'

export const cpuFilter: PlacementFilter = {
  applies: () => true,
  check: ({ reservation }, instance) => instance.cpuUnits >= reservation.cpuUnits,
  reason: 'RESOURCE:CPU',
}
