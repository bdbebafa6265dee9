/**
 * What is asked of the service scheduler for one group of tasks, and what it answers. Pure data: observed from the store before, carried
 * out after. A group has one holder that is to have the desired number of tasks; the tasks of other holders in it go, as fast as the
 * minimum and maximum of the service let them.
 */
import type { CapacityProviderStrategyItem } from '@aws-sdk/client-ecs'

export interface TaskFacts {
  readonly taskId: string
  /** Id of the deployment or task set that the task belongs to. */
  readonly holderId: string
  /**
   * `starting`: to run, and not RUNNING yet. `running`: to run, and RUNNING. `stopping`: asked to stop, and not STOPPED yet.
   * Tasks that have STOPPED are not among the facts, nor are those asked to stop on a host that is gone or lost: nobody knows of them.
   */
  readonly status: 'starting' | 'running' | 'stopping'
  /** Absent if no essential container has a health check. UNHEALTHY only once the service's grace period is over. */
  readonly health?: 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN'
  readonly createdAt: number
  readonly startedAt?: number
  readonly containerInstanceId?: string
  /** DRAINING: the task has to move. Absent before the task has a host. */
  readonly hostStatus?: 'ACTIVE' | 'DRAINING' | 'INACTIVE'
  readonly availabilityZone?: string
  readonly capacityProviderName?: string
  /** In the future: neither scale-in nor a deployment may stop the task. */
  readonly protectedUntil?: number
}

/** A group under the REPLICA strategy. */
export interface ReplicaGroup {
  readonly holderId: string
  readonly desiredCount: number
  readonly minimumHealthyPercent: number
  readonly maximumPercent: number
  /** Empty: a launch type decides. */
  readonly capacityProviderStrategy: readonly CapacityProviderStrategyItem[]
  /** False where the deployment has failed: it keeps what it has. */
  readonly mayStart: boolean
  /** No start before: the back-off of tasks that keep failing to start. */
  readonly throttledUntil?: number
  /** The last attempt to place a task found no room: old tasks may have to make some. */
  readonly isPlacementBlocked: boolean
  /** Its tasks are behind load balancers, which fail open: where no task is healthy, all of them get requests. */
  readonly failsOpen?: boolean
  /** Zones with instances that could take tasks, if they are to be balanced over zones; empty otherwise. */
  readonly balancedZones: readonly string[]
  readonly tasks: readonly TaskFacts[]
  /** How long a task without a health check has to be RUNNING before it counts as healthy. */
  readonly settlingMs: number
}

/** A group under the DAEMON strategy. */
export interface DaemonGroup {
  readonly holderId: string
  readonly minimumHealthyPercent: number
  readonly maximumPercent: number
  readonly mayStart: boolean
  readonly throttledUntil?: number
  /** ACTIVE and connected instances that qualify. */
  readonly instances: readonly string[]
  /** DRAINING instances on which other tasks of services still run: their daemons stay until those are gone. */
  readonly drainingBusy: ReadonlySet<string>
  /** As of replicas: old tasks go first then, even where the maximum would let new ones start beside them. */
  readonly isPlacementBlocked?: boolean
  /** None of an ACTIVE instance whose agent is not connected: whether that is to have a task will be seen when it is back. */
  readonly tasks: readonly TaskFacts[]
  readonly settlingMs: number
}

export interface Start {
  readonly holderId: string
  readonly count: number
  /** Where, if not anywhere. */
  readonly capacityProviderName?: string
  readonly availabilityZone?: string
  readonly containerInstanceId?: string
}

/** Why the scheduler stops a task; `unhealthy` has a cause of its own, all others are scaling activities of the holder. */
export type StopReason = 'surplus' | 'replaced' | 'draining' | 'unhealthy' | 'rebalanced' | 'orphaned'

export interface Stop {
  readonly taskId: string
  /** The holder whose scaling it is. */
  readonly holderId: string
  readonly reason: StopReason
}

/** Why the group is not yet where it should be; words for them are made where they are shown. */
export type Hindrance =
  | { readonly kind: 'throttled'; readonly until: number }
  | { readonly kind: 'placement'; readonly missing: number }
  /** Neither a start nor a stop is possible between minimum and maximum. */
  | { readonly kind: 'deadlock' }
  | { readonly kind: 'waitingForStarting'; readonly count: number }
  | { readonly kind: 'waitingForHealthy'; readonly count: number; readonly until?: number }
  | { readonly kind: 'waitingForStopping'; readonly count: number }
  | { readonly kind: 'protected'; readonly count: number; readonly until: number }
  | { readonly kind: 'failed' }

export interface TaskPlan {
  readonly starts: readonly Start[]
  readonly stops: readonly Stop[]
  readonly hindrances: readonly Hindrance[]
  /** Time alone may change the plan then; milliseconds since the epoch. */
  readonly againAt?: number
}
