/**
 * What the service scheduler thought when it last looked at each service: for operators who ask why a service is not where it should be
 * (`longshore explain service`). In memory only: the next reconcile makes it anew. Recording keeps references and makes no copies or words.
 */
import { SERVICE_PLANS_REMEMBERED } from '../../model/limits.ts'
import type { PlacementFailure } from '../../scheduler/types.ts'
import type { TaskPlan } from './plan/types.ts'
import type { TaskCounts } from './rollout/types.ts'

export interface RememberedGroup {
  /** Id of the deployment or task set. */
  readonly holderId: string
  readonly desiredCount: number
  readonly plan: TaskPlan
  /** Why starts of this plan found no place; empty if all did. */
  readonly placementFailures: readonly PlacementFailure[]
  readonly counts: TaskCounts
}

/** A target that keeps a task of the service from counting as healthy. */
export interface AwaitedTarget {
  readonly taskId: string
  readonly targetGroupArn: string
  /** `targetKey()`. */
  readonly target: string
  /** What balancers say of it; absent where none has said anything. */
  readonly state?: string
  readonly description?: string
}

export interface RememberedPlan {
  /** When the scheduler looked. */
  readonly at: number
  readonly groups: readonly RememberedGroup[]
  /** What the deployment is about, e.g. `BAKE_TIME`; absent where the groups say it all. */
  readonly rolloutStage?: string
  /** The first of them; absent where there are none. */
  readonly awaitedTargets?: readonly AwaitedTarget[]
  /** Rules shift traffic, and not every balancer goes by them yet. */
  readonly awaitsBalancers?: boolean
  readonly isSteady: boolean
  /** When the scheduler looks again even if nothing happens. */
  readonly againAt?: number
}

export class PlanMemory {
  /** In order of recording, so that the first is the one to give up. */
  readonly #plans = new Map<string, RememberedPlan>()
  readonly #capacity: number

  constructor(capacity: number = SERVICE_PLANS_REMEMBERED) {
    this.#capacity = capacity
  }

  record(serviceArn: string, plan: RememberedPlan): void {
    this.#plans.delete(serviceArn)
    this.#plans.set(serviceArn, plan)
    this.#shrink()
  }

  get(serviceArn: string): RememberedPlan | undefined {
    return this.#plans.get(serviceArn)
  }

  forget(serviceArn: string): void {
    this.#plans.delete(serviceArn)
  }

  #shrink(): void {
    if (this.#plans.size <= this.#capacity) return
    const [oldest] = this.#plans.keys()
    if (oldest !== undefined) this.#plans.delete(oldest)
  }
}
