/**
 * What the store holds of services. A service says how many tasks there are to be; a service revision, which never changes, says what
 * they are; a deployment (or, with an EXTERNAL deployment controller, a task set) holds the tasks of one revision; a service deployment
 * is the passage from what ran before to a target revision, and stays as history.
 *
 * Shapes: Service, Deployment, ServiceRevision, ServiceDeployment, TaskSet, CapacityProvider in the ECS API reference.
 */
import type {
  AdvancedConfiguration,
  AutoScalingGroupProvider,
  AvailabilityZoneRebalancing,
  CapacityProviderStrategyItem,
  DeploymentConfiguration,
  DeploymentControllerType,
  DeploymentLifecycleHookDetail,
  NetworkConfiguration,
  PlacementConstraint,
  PlacementStrategy,
  PropagateTags,
  SchedulingStrategy,
  ServiceDeploymentLifecycleStage,
  ServiceDeploymentRollbackMonitorsStatus,
  ServiceDeploymentStatus,
} from '@aws-sdk/client-ecs'
import type { ExpressGateway } from './express-gateway.ts'
import type { Tag } from './records.ts'
import type { LaunchType } from './task-reservation.ts'

export type ServiceStatus = 'ACTIVE' | 'DRAINING' | 'INACTIVE'

/** What concerns the service as a whole. What its tasks are made of is in its revisions: that of the PRIMARY deployment is described. */
export interface ServiceRecord {
  readonly serviceArn: string
  readonly clusterArn: string
  readonly serviceName: string
  readonly status: ServiceStatus
  readonly schedulingStrategy: SchedulingStrategy
  readonly deploymentController: DeploymentControllerType
  /** As asked for; of a DAEMON service the number of instances that qualify, which its scheduler writes. */
  readonly desiredCount: number
  /** Complete: what the request left out has its default. */
  readonly deploymentConfiguration: DeploymentConfiguration & {
    readonly minimumHealthyPercent: number
    readonly maximumPercent: number
    readonly strategy: NonNullable<DeploymentConfiguration['strategy']>
  }
  readonly availabilityZoneRebalancing: AvailabilityZoneRebalancing
  readonly healthCheckGracePeriodSeconds?: number
  readonly placementConstraints: readonly PlacementConstraint[]
  readonly placementStrategy: readonly PlacementStrategy[]
  readonly enableECSManagedTags: boolean
  readonly propagateTags: PropagateTags
  readonly enableExecuteCommand: boolean
  readonly roleArn?: string
  readonly createdAt: number
  readonly createdBy?: string
  /** When it became INACTIVE. */
  readonly endedAt?: number
  /** The service deployment under way, or the last one. Absent with an EXTERNAL controller. */
  readonly currentServiceDeploymentArn?: string
  /** The service stood still with all its tasks running when it was last looked at; since then. */
  readonly steadySince?: number
  /** Of an Express service. */
  readonly express?: ExpressGateway
  readonly tags: readonly Tag[]
}

/** Immutable. `serviceRevisionId` is a number of 19 digits, the one in the id of its deployment. */
export interface ServiceRevisionRecord {
  readonly serviceRevisionArn: string
  readonly serviceArn: string
  readonly clusterArn: string
  readonly taskDefinitionArn: string
  /** What tasks count as that no capacity provider decides for. */
  readonly launchType: LaunchType
  /** Empty: the launch type decides. */
  readonly capacityProviderStrategy: readonly CapacityProviderStrategyItem[]
  /** Of Fargate tasks; never `LATEST`. */
  readonly platformVersion?: string
  /** The platform version was asked for as `LATEST`, as which the service is described. */
  readonly isLatestPlatform?: true
  readonly networkConfiguration?: NetworkConfiguration
  /** Absent where there are none. */
  readonly loadBalancers?: readonly RevisionLoadBalancer[]
  /** Of the images of containers that all tasks of the revision are to run alike, by name, as far as they are known. */
  readonly imageDigests?: Readonly<Record<string, string>>
  readonly createdAt: number
}

/** A port of a container that is registered in a target group for every task of the revision. */
export interface RevisionLoadBalancer {
  readonly targetGroupArn: string
  readonly containerName: string
  readonly containerPort: number
  readonly advancedConfiguration?: AdvancedConfiguration
  /** Of its two target groups the one that the revision's tasks are registered in; absent: the first. */
  readonly resolvedTargetGroupArn?: string
}

/** What the scheduler remembers of starts that failed. A new deployment begins anew. */
export interface StartFailures {
  /** Tasks that ended before they ran, or as soon as they did, in a row. A task that goes on RUNNING ends the row. */
  readonly consecutive: number
  readonly lastAt: number
  /** No task is started before. */
  readonly throttledUntil?: number
  /** The service event of the throttling was given. */
  readonly isAnnounced?: boolean
}

/** What holds tasks: its id is their `startedBy`. */
interface TaskHolder {
  readonly serviceArn: string
  readonly serviceRevisionArn: string
  readonly createdAt: number
  readonly updatedAt: number
  readonly startFailures?: StartFailures
}

/** Gone once its tasks are: only what still has tasks, or is to have some, is a deployment of the service. */
export interface DeploymentRecord extends TaskHolder {
  /** `ecs-svc/<19 digits>`. */
  readonly deploymentId: string
  readonly status: 'PRIMARY' | 'ACTIVE'
  /** Counted for the circuit breaker. */
  readonly failedTasks: number
  /** When the last of them ended. */
  readonly failedAt?: number
  /** A task of it was RUNNING at some time: what counts as a failure is different from then on. */
  readonly hasRun: boolean
  readonly rolloutState: 'COMPLETED' | 'FAILED' | 'IN_PROGRESS'
  readonly rolloutStateReason: string
}

export interface TaskSetRecord extends TaskHolder {
  /** `ecs-svc/<19 digits>`. */
  readonly taskSetId: string
  readonly clusterArn: string
  readonly status: 'PRIMARY' | 'ACTIVE' | 'DRAINING'
  /** Percent of the service's desired count. */
  readonly scalePercent: number
  readonly externalId?: string
  readonly startedBy?: string
  readonly stabilityStatus: 'STEADY_STATE' | 'STABILIZING'
  readonly stabilityStatusAt: number
  readonly tags: readonly Tag[]
}

/** A revision with the tasks that were asked of it when a service deployment began. */
export interface RevisionCount {
  readonly serviceRevisionArn: string
  readonly requestedTaskCount: number
}

export interface ServiceDeploymentRecord {
  readonly serviceDeploymentArn: string
  readonly serviceArn: string
  readonly clusterArn: string
  readonly status: ServiceDeploymentStatus
  readonly statusReason?: string
  readonly createdAt: number
  readonly startedAt?: number
  readonly updatedAt: number
  readonly stoppedAt?: number
  readonly finishedAt?: number
  readonly sourceServiceRevisions: readonly RevisionCount[]
  readonly targetServiceRevision: RevisionCount
  /** As the service had it when the deployment began. */
  readonly deploymentConfiguration: ServiceRecord['deploymentConfiguration']
  readonly lifecycleStage?: ServiceDeploymentLifecycleStage
  readonly lifecycleStageAt?: number
  readonly lifecycleHooks?: readonly LifecycleHookRecord[]
  /** Percent of production and test traffic that the target has; absent without a shift of traffic. */
  readonly productionTrafficPercent?: number
  readonly testTrafficPercent?: number
  /** Since when all of the target's tasks have run, or, where traffic is shifted in steps, since the last of them. */
  readonly bakingSince?: number
  readonly circuitBreaker: {
    readonly status: ServiceDeploymentRollbackMonitorsStatus
    readonly failureCount: number
    readonly threshold: number
  }
  readonly alarms?: {
    readonly status: ServiceDeploymentRollbackMonitorsStatus
    readonly alarmNames: readonly string[]
    readonly triggeredAlarmNames: readonly string[]
  }
  readonly rollback?: { readonly reason: string; readonly startedAt: number; readonly serviceRevisionArn: string }
}

/** A hook that was reached. `status` AWAITING_ACTION: ContinueServiceDeployment or `expiresAt` decides how it goes on. */
export interface LifecycleHookRecord extends Omit<DeploymentLifecycleHookDetail, 'expiresAt'> {
  readonly hookId: string
  readonly stage: string
  readonly expiresAt?: number
}

/** A service event; `action` is what EventBridge calls it, for events that it gets. */
export interface ServiceEventRecord {
  readonly eventId: string
  readonly serviceArn: string
  readonly createdAt: number
  readonly message: string
  readonly action?: ServiceAction
}

/** Source: "ECS service action events" in the ECS developer guide. */
export interface ServiceAction {
  readonly detailType: 'ECS Service Action' | 'ECS Deployment State Change'
  readonly eventType: 'INFO' | 'WARN' | 'ERROR'
  readonly eventName: string
  readonly reason?: string
  readonly deploymentId?: string
  readonly capacityProviderArns?: readonly string[]
  readonly containerInstanceArns?: readonly string[]
  readonly containerPort?: number
  readonly desiredCount?: number
}

export interface CapacityProviderRecord {
  readonly capacityProviderArn: string
  readonly name: string
  readonly status: 'ACTIVE' | 'INACTIVE'
  readonly updateStatus?: 'CREATE_COMPLETE' | 'UPDATE_COMPLETE' | 'DELETE_COMPLETE'
  /** Complete: what the request left out has its default. */
  readonly autoScalingGroupProvider: AutoScalingGroupProvider
  readonly createdAt: number
  /** When it became INACTIVE. */
  readonly deletedAt?: number
  readonly tags: readonly Tag[]
}
