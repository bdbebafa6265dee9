/** GPUs that no other task has. */
import type { PlacementFilter } from './filter.ts'

export const gpuFilter: PlacementFilter = {
  applies: ({ reservation }) => reservation.gpuCount > 0,
  check: ({ reservation }, instance) => instance.freeGpuIds().length >= reservation.gpuCount,
  reason: 'RESOURCE:GPU',
}
