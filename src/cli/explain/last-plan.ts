/**
 * What the server's service scheduler remembers of a service (`GET /explain/service`), asked with the API client's own endpoint and
 * signature. Times are milliseconds since the epoch.
 */
import type { ECSClient } from '@aws-sdk/client-ecs'
import { askServer } from '../own-call.ts'

export type Hindrance =
  | { readonly kind: 'throttled'; readonly until: number }
  | { readonly kind: 'placement'; readonly missing: number }
  | { readonly kind: 'deadlock' }
  | { readonly kind: 'waitingForStarting'; readonly count: number }
  | { readonly kind: 'waitingForHealthy'; readonly count: number; readonly until?: number }
  | { readonly kind: 'waitingForStopping'; readonly count: number }
  | { readonly kind: 'protected'; readonly count: number; readonly until: number }
  | { readonly kind: 'failed' }

export interface Refusal {
  readonly containerInstanceId?: string
  readonly reason: string
  readonly detail?: string
}

export interface PlannedGroup {
  /** Id of the deployment or task set. */
  readonly holderId: string
  readonly desiredCount: number
  readonly plan: {
    readonly starts: readonly { readonly count: number }[]
    readonly stops: readonly { readonly reason: string }[]
    readonly hindrances: readonly Hindrance[]
  }
  readonly placementFailures: readonly Refusal[]
  readonly counts: { readonly starting: number; readonly running: number; readonly stopping: number }
}

/** A target that keeps a task from counting as healthy. Without a `state` no balancer has said anything of it. */
export interface AwaitedTarget {
  readonly taskId: string
  readonly targetGroupArn: string
  readonly target: string
  readonly state?: string
  readonly description?: string
}

export interface LastPlan {
  readonly at: number
  readonly groups: readonly PlannedGroup[]
  readonly rolloutStage?: string
  readonly awaitedTargets?: readonly AwaitedTarget[]
  readonly awaitsBalancers?: boolean
  readonly isSteady: boolean
  readonly againAt?: number
}

export interface ServiceExplanation {
  readonly steadySince?: number
  /** Absent when the scheduler has not looked since the server started. */
  readonly plan?: LastPlan
}

/** Undefined from a server that does not have it, an older one. */
export const lastPlanOf = (
  client: ECSClient,
  clusterArn: string,
  serviceArn: string,
): Promise<ServiceExplanation | undefined> =>
  askServer(client, '/explain/service', { cluster: clusterArn, service: serviceArn })
