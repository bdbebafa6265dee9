/** Which instance has what left, kept up to date row by row, so that a placement costs far less than a look at all instances. */
import type { ContainerInstanceRecord, TaskRecord } from '../model/records.ts'
import type { PlacementRequest, PlacementResult } from './types.ts'

export interface RemainingResources {
  readonly cpuUnits: number
  readonly memoryMiB: number
  readonly tcpPorts: readonly number[]
  readonly udpPorts: readonly number[]
  readonly gpuIds: readonly string[]
}

export class CapacityIndex {
  applyInstance(_before: ContainerInstanceRecord | undefined, _after: ContainerInstanceRecord | undefined): void {}

  applyTask(_before: TaskRecord | undefined, _after: TaskRecord | undefined): void {}

  place(_request: PlacementRequest): PlacementResult {
    return { placements: [], failures: [] }
  }

  /** What is left of a registered instance; ports and GPUs are those in use. */
  remaining(_containerInstanceId: string): RemainingResources | undefined {
    return undefined
  }
}
