/** What placement is asked and what it answers. Pure: nothing here knows the store. */
import type { TaskReservation } from '../model/records.ts'

export interface AttributeRequirement {
  readonly name: string
  /** Absent: any value will do. */
  readonly value?: string
}

export type PlacementConstraint =
  | { readonly type: 'distinctInstance' }
  | { readonly type: 'memberOf'; readonly expression: string }

export type PlacementStrategy =
  | { readonly type: 'random' }
  | { readonly type: 'binpack'; readonly field: 'cpu' | 'memory' }
  /** `field`: `instanceId`, `host`, or `attribute:<name>`. */
  | { readonly type: 'spread'; readonly field: string }

export interface PlacementRequest {
  readonly clusterArn: string
  readonly count: number
  /** `family:<family>` or `service:<name>` or the caller's own: what `distinctInstance` and `spread` count. */
  readonly group: string
  readonly reservation: TaskReservation
  /** Capabilities and platform that the task definition needs. */
  readonly requiredAttributes: readonly AttributeRequirement[]
  readonly constraints: readonly PlacementConstraint[]
  readonly strategies: readonly PlacementStrategy[]
  /** Only instances of this capacity provider are candidates. */
  readonly capacityProviderName?: string | undefined
  /** Only these instances are looked at, in this order, one task each (StartTask); `count` and `strategies` do not matter then. */
  readonly containerInstanceIds?: readonly string[]
}

/** What is left of a container instance; ports and GPUs are those in use. */
export interface RemainingResources {
  readonly cpuUnits: number
  readonly memoryMiB: number
  readonly tcpPorts: readonly number[]
  readonly udpPorts: readonly number[]
  readonly gpuIds: readonly string[]
}

export interface Placement {
  readonly containerInstanceId: string
  readonly gpuIds: readonly string[]
}

/**
 * Why a task was not placed on an instance, in ECS's words: `RESOURCE:CPU`, `RESOURCE:MEMORY`, `RESOURCE:PORTS`, `RESOURCE:GPU`,
 * `ATTRIBUTE`, `AGENT`, `INACTIVE`, `MISSING`, `MemberOf placement constraint unsatisfied.`,
 * `DistinctInstance placement constraint unsatisfied.`, and without an instance to look at
 * `No Container Instances were found in your cluster.` or `... in your capacity provider.`
 */
export interface PlacementFailure {
  /** Absent when the cluster has no instance to look at. */
  readonly containerInstanceId?: string
  readonly reason: string
  readonly detail?: string
}

export interface PlacementResult {
  /** At most `count`; fewer when the rest did not fit. */
  readonly placements: readonly Placement[]
  /**
   * Why the rest was not placed: one per instance, the first check that failed, at most `PLACEMENT_FAILURES`.
   * Empty when all were placed.
   */
  readonly failures: readonly PlacementFailure[]
}
