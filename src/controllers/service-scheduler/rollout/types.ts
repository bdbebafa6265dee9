/**
 * The state machine of deployments: what it is shown of a service, and one step of it. Pure data. The step says which deployments there
 * are and what each is to have; the plans of the task groups say which tasks start and stop for it.
 */
import type {
  DeploymentRecord,
  ServiceAction,
  ServiceDeploymentRecord,
  ServiceRecord,
  ServiceRevisionRecord,
} from '../../../model/service-records.ts'

/** Tasks of one deployment that have not STOPPED. */
export interface TaskCounts {
  readonly starting: number
  readonly running: number
  /** Of those running: with a health check HEALTHY, without one simply RUNNING. */
  readonly healthy: number
  readonly stopping: number
}

export interface RolloutState {
  readonly service: ServiceRecord
  /** All that the service has; one is PRIMARY. */
  readonly deployments: readonly DeploymentRecord[]
  readonly counts: ReadonlyMap<string, TaskCounts>
  /** The current one. */
  readonly serviceDeployment: ServiceDeploymentRecord | undefined
  /** The revision of the last service deployment that succeeded, if it is another than the target's and still known. */
  readonly lastCompletedRevision: ServiceRevisionRecord | undefined
  readonly alarms: AlarmStates
  readonly traffic: TrafficShifter
  readonly now: number
}

/** What is known of alarms. Without a source of alarms none is ever in ALARM. */
export interface AlarmStates {
  /** Those of the names whose state is ALARM. */
  readonly inAlarm: (names: readonly string[], serviceArn: string) => readonly string[]
}

/**
 * Whoever carries a service's traffic. It is told what is wanted, as often as the step is taken, and answers true once it is so.
 * A service without a load balancer has no traffic to shift, and everything wanted is so at once.
 */
export interface TrafficShifter {
  readonly isShifted: (shift: TrafficShift) => boolean
}

export interface TrafficShift {
  readonly serviceArn: string
  readonly sourceRevisionArn: string | undefined
  readonly targetRevisionArn: string
  readonly kind: 'production' | 'test'
  /** Of the target. */
  readonly percent: number
}

/** A group of tasks that is planned for by itself. */
export interface GroupTarget {
  readonly holderId: string
  readonly desiredCount: number
  /** Deployments whose tasks this group replaces. */
  readonly replacedIds: readonly string[]
  readonly mayStart: boolean
}

export interface RolloutEvent {
  /** ECS's words, `(service <name>) ` in front included. */
  readonly message: string
  readonly action?: ServiceAction
}

export interface RolloutStep {
  readonly groups: readonly GroupTarget[]
  /** Changed rows, whole. */
  readonly deployments: readonly DeploymentRecord[]
  readonly removedDeploymentIds: readonly string[]
  readonly serviceDeployment?: ServiceDeploymentRecord
  /** A row to insert: a roll-back to a revision that has no deployment any more. It is PRIMARY. */
  readonly begun?: DeploymentRecord
  /** The service is as its owner wants it: one deployment, complete, and nothing to do. */
  readonly isSteady: boolean
  readonly events: readonly RolloutEvent[]
  readonly againAt?: number
}
