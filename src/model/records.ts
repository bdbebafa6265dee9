/**
 * What the store holds: one frozen record per resource. `XRecord` is stored; `X` is the SDK's shape that clients see.
 * Times are milliseconds since the epoch. Members that are not set are absent, never undefined: a million tasks fit in memory.
 */
import type {
  Attachment,
  CapacityProviderStrategyItem,
  ClusterConfiguration,
  ClusterServiceConnectDefaults,
  ClusterSetting,
  ContainerDefinition,
  EphemeralStorage,
  InferenceAccelerator,
  ManagedAgentName,
  NetworkBinding,
  PlacementConstraint,
  PlacementStrategy,
  ProxyConfiguration,
  RegisterTaskDefinitionRequest,
  Resource,
  RuntimePlatform,
  TaskDefinitionPlacementConstraint,
  TaskOverride,
  TaskVolumeConfiguration,
  VersionInfo,
  Volume,
} from '@aws-sdk/client-ecs'
import type { Sealed } from '../kit/sealing.ts'

export interface Tag {
  readonly key: string
  readonly value: string
}

/** A name and, unless it is a bare capability, a value. */
export interface AttributeRecord {
  readonly name: string
  readonly value?: string
}

export type ClusterStatus = 'ACTIVE' | 'INACTIVE'

export interface ClusterRecord {
  readonly clusterArn: string
  readonly clusterName: string
  readonly status: ClusterStatus
  readonly createdAt: number
  readonly settings: readonly ClusterSetting[]
  readonly configuration?: ClusterConfiguration
  readonly serviceConnectDefaults?: ClusterServiceConnectDefaults
  readonly capacityProviders: readonly string[]
  readonly defaultCapacityProviderStrategy: readonly CapacityProviderStrategyItem[]
  readonly attachments?: readonly Attachment[]
  readonly tags: readonly Tag[]
}

export type TaskDefinitionStatus = 'ACTIVE' | 'INACTIVE' | 'DELETE_IN_PROGRESS'

/** Immutable but for `status`, its times and `tags`. */
export interface TaskDefinitionRecord {
  readonly taskDefinitionArn: string
  readonly family: string
  readonly revision: number
  readonly status: TaskDefinitionStatus
  readonly registeredAt: number
  readonly registeredBy?: string
  readonly deregisteredAt?: number
  readonly deleteRequestedAt?: number
  readonly containerDefinitions: readonly ContainerDefinition[]
  readonly volumes: readonly Volume[]
  readonly networkMode?: RegisterTaskDefinitionRequest['networkMode']
  readonly taskRoleArn?: string
  readonly executionRoleArn?: string
  readonly placementConstraints: readonly TaskDefinitionPlacementConstraint[]
  readonly requiresCompatibilities?: readonly string[]
  readonly compatibilities: readonly string[]
  readonly requiresAttributes: readonly AttributeRecord[]
  readonly cpu?: string
  readonly memory?: string
  readonly pidMode?: RegisterTaskDefinitionRequest['pidMode']
  readonly ipcMode?: RegisterTaskDefinitionRequest['ipcMode']
  readonly proxyConfiguration?: ProxyConfiguration
  readonly inferenceAccelerators?: readonly InferenceAccelerator[]
  readonly ephemeralStorage?: EphemeralStorage
  readonly runtimePlatform?: RuntimePlatform
  readonly enableFaultInjection?: boolean
  readonly tags: readonly Tag[]
}

/** The highest revision a family ever had, so that a number is never used twice. Key: ARN of the family without revision. */
export interface TaskDefinitionFamilyRecord {
  readonly familyArn: string
  readonly latestRevision: number
}

export type ContainerInstanceStatus = 'ACTIVE' | 'DRAINING' | 'INACTIVE'

export interface ContainerInstanceRecord {
  readonly containerInstanceId: string
  readonly clusterArn: string
  readonly status: ContainerInstanceStatus
  readonly statusReason?: string
  readonly agentConnected: boolean
  /** Since when there has been no connection; absent while there is one, and before the first. */
  readonly agentDisconnectedAt?: number
  readonly registeredAt: number
  /** ARN of the principal that registered it last; absent if nobody was known. */
  readonly registeredBy?: string
  readonly deregisteredAt?: number
  readonly ec2InstanceId?: string
  /** Where other machines reach its host ports: what its identity document says, else where its agent called from. */
  readonly privateIpAddress?: string
  readonly capacityProviderName?: string
  /** As registered, GPU included. */
  readonly registeredResources: readonly Resource[]
  readonly gpuIds: readonly string[]
  /** Capabilities, platform and custom attributes, those the service adds included. */
  readonly attributes: readonly AttributeRecord[]
  readonly versionInfo: VersionInfo
  readonly agentUpdateStatus?: 'PENDING' | 'STAGING' | 'STAGED' | 'UPDATING' | 'UPDATED' | 'FAILED'
  readonly healthStatus?: {
    readonly type: string
    readonly status: string
    readonly lastUpdated: number
    readonly lastStatusChange: number
  }
  /** Counts the changes of this record. */
  readonly version: number
  readonly clientToken?: string
  readonly tags: readonly Tag[]
}

/** Where a task is on its way. `DEPROVISIONING` and `DEACTIVATING` come with network interfaces and load balancers. */
export type TaskStatus =
  | 'PROVISIONING'
  | 'PENDING'
  | 'ACTIVATING'
  | 'RUNNING'
  | 'DEACTIVATING'
  | 'STOPPING'
  | 'DEPROVISIONING'
  | 'STOPPED'
  | 'DELETED'

export type DesiredStatus = 'RUNNING' | 'STOPPED'
export type HealthStatus = 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN'

/** The agent of ECS Exec inside a container. */
export interface ManagedAgentRecord {
  readonly name: ManagedAgentName
  readonly lastStatus: string
  readonly reason?: string
  readonly lastStartedAt?: number
}

export interface TaskContainerRecord {
  /** Last part of the container's ARN. */
  readonly containerId: string
  readonly name: string
  readonly image: string
  readonly lastStatus: string
  readonly imageDigest?: string
  readonly runtimeId?: string
  readonly exitCode?: number
  readonly reason?: string
  readonly networkBindings?: readonly NetworkBinding[]
  readonly healthStatus?: HealthStatus
  readonly managedAgents?: readonly ManagedAgentRecord[]
  readonly gpuIds?: readonly string[]
}

export interface TaskRecord {
  readonly taskId: string
  readonly clusterArn: string
  readonly taskDefinitionArn: string
  /** Absent for FARGATE: the instance that runs it is an implementation detail then, kept in `hostInstanceId`. */
  readonly containerInstanceId?: string
  /** The instance whose agent runs a FARGATE task. */
  readonly hostInstanceId?: string
  /** Only while the task waits for capacity. Not described. */
  readonly waiting?: WaitingTask
  readonly lastStatus: TaskStatus
  readonly desiredStatus: DesiredStatus
  readonly launchType: 'EC2' | 'FARGATE' | 'EXTERNAL'
  readonly capacityProviderName?: string
  readonly group: string
  readonly startedBy?: string
  /** Resources taken on the instance, overrides applied. */
  readonly reservation: TaskReservation
  /** Task-level values as described, absent if neither the definition nor the override has them. */
  readonly cpu?: string
  readonly memory?: string
  readonly containers: readonly TaskContainerRecord[]
  readonly overrides?: TaskOverride
  readonly attachments?: readonly Attachment[]
  readonly availabilityZone?: string
  /** Of the instance; absent if it does not say. */
  readonly cpuArchitecture?: string
  readonly platformVersion?: string
  readonly ephemeralStorage?: EphemeralStorage
  readonly enableExecuteCommand?: boolean
  readonly volumeConfigurations?: readonly TaskVolumeConfiguration[]
  readonly referenceId?: string
  /** Absent until a health-checked container reported. */
  readonly healthStatus?: HealthStatus
  readonly createdAt: number
  readonly connectivityAt?: number
  readonly pullStartedAt?: number
  readonly pullStoppedAt?: number
  readonly startedAt?: number
  readonly executionStoppedAt?: number
  readonly stoppingAt?: number
  readonly stoppedAt?: number
  readonly stopCode?: string
  readonly stoppedReason?: string
  /** Protected from scale-in and deployments until then. */
  readonly protectedUntil?: number
  /** Of a service's task that stopped: its scheduler has taken note. Not described. */
  readonly isSettled?: true
  /** Counts the changes of this record, as described. */
  readonly version: number
  readonly tags?: readonly Tag[]
}

/** How a task that waits for capacity is to be placed: checked input of its launch, without what its definition says. */
export interface WaitingTask {
  readonly placementConstraints: readonly PlacementConstraint[]
  readonly placementStrategy: readonly PlacementStrategy[]
}

/** What a task takes from its instance. Shared between the tasks of one definition where they are equal. */
export interface TaskReservation {
  /** CPU units, 1024 per core. */
  readonly cpuUnits: number
  readonly memoryMiB: number
  /** Static host ports only. */
  readonly tcpPorts: readonly number[]
  readonly udpPorts: readonly number[]
  readonly gpuCount: number
}

export interface AccountSettingRecord {
  /** `<region>/<name>/<principal ARN>`; what is set for the root user is the account's default. */
  readonly key: string
  readonly name: string
  readonly value: string
  readonly principalArn: string
}

export interface ClientTokenRecord {
  /** `<region>/<operation>/<scope>/<token>`. */
  readonly key: string
  /** Hash of the request without its token: the same token with another request is a conflict. */
  readonly requestHash: string
  /** The answer that was given, encoded. */
  readonly response: string
  readonly createdAt: number
}

export interface AccessKeyRecord {
  readonly accessKeyId: string
  /** The secret access key, sealed for `accessKey/<access key id>`. */
  readonly sealedSecret: Sealed
  readonly account: string
  /** ARN of the identity that the key belongs to, e.g. `arn:aws:iam::000000000000:root`. */
  readonly principalArn: string
  readonly userId: string
  readonly status: 'Active' | 'Inactive'
  readonly createdAt: number
  /** To the nearest few minutes; absent if it was never used. `service` is a name such as `ecs`. */
  readonly lastUsed?: { readonly at: number; readonly region: string; readonly service: string }
}

/** A key that the installation made for itself, e.g. the one of pagination tokens; sealed for its name. */
export interface InstallationKeyRecord {
  readonly name: string
  readonly sealedKey: Sealed
}

/** Small facts of the installation. */
export interface SettingRecord {
  readonly name: string
  readonly value: string
}
