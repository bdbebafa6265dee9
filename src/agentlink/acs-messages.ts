/**
 * The messages of ACS, the websocket that carries work from the control plane to an agent: names and casing as the ECS agent has them.
 * Every frame is `{"type": <name>, "message": {...}}`. Members are absent, never null.
 */

import type { ResumeSessionMessage, StartSessionMessage } from './exec-messages.ts'

export interface Envelope<Type extends string = string, Message = unknown> {
  readonly type: Type
  readonly message: Message
}

export interface IAMRoleCredentials {
  readonly credentialsId: string
  readonly roleArn: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  /** RFC 3339. */
  readonly expiration: string
}

export interface PayloadPortMapping {
  readonly containerPort?: number
  /** 0: the agent picks a free one. */
  readonly hostPort?: number
  readonly containerPortRange?: string
  readonly protocol: 'tcp' | 'udp'
}

export type DependencyCondition = 'START' | 'COMPLETE' | 'SUCCESS' | 'HEALTHY'

export interface PayloadContainer {
  readonly name: string
  readonly image: string
  readonly containerArn: string
  /** CPU units. */
  readonly cpu: number
  /** Hard limit in MiB; 0 for none. */
  readonly memory: number
  readonly essential: boolean
  readonly command?: readonly string[]
  readonly entryPoint?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly environmentFiles?: readonly { readonly value: string; readonly type: string }[]
  readonly portMappings?: readonly PayloadPortMapping[]
  readonly links?: readonly string[]
  readonly mountPoints?: readonly {
    readonly sourceVolume: string
    readonly containerPath: string
    readonly readOnly: boolean
  }[]
  readonly volumesFrom?: readonly { readonly sourceContainer: string; readonly readOnly: boolean }[]
  readonly dependsOn?: readonly { readonly containerName: string; readonly condition: DependencyCondition }[]
  /** Seconds; absent for the agent's default. */
  readonly startTimeout?: number
  readonly stopTimeout?: number
  readonly healthCheckType?: 'docker'
  readonly restartPolicy?: {
    readonly enabled: boolean
    readonly ignoredExitCodes?: readonly number[]
    /** Seconds. */
    readonly restartAttemptPeriod?: number
  }
  /** JSON text; only `command` is read. */
  readonly overrides: string
  /** `config` and `hostConfig` are JSON texts in the shape of the Docker Engine API, laid over what the other members give. */
  readonly dockerConfig: { readonly version?: string; readonly config?: string; readonly hostConfig?: string }
  readonly managedAgents?: readonly { readonly name: string; readonly properties?: Readonly<Record<string, string>> }[]
  readonly secrets?: readonly PayloadSecret[]
  /** `ExecutionRole`: the awslogs driver uses the execution role's credentials. */
  readonly logsAuthStrategy?: 'ExecutionRole'
  readonly firelensConfiguration?: { readonly type: string; readonly options?: Readonly<Record<string, string>> }
  readonly registryAuthentication?: RegistryAuthentication
  readonly credentialSpecs?: readonly string[]
}

export interface PayloadSecret {
  readonly name: string
  readonly valueFrom: string
  readonly region: string
  readonly provider: 'ssm' | 'asm'
  readonly type: 'ENVIRONMENT_VARIABLE' | 'BOOTSTRAP'
  readonly target: 'CONTAINER' | 'LOG_DRIVER'
}

export type RegistryAuthentication =
  | {
      readonly type: 'ecr'
      readonly ecrAuthData: EcrAuthData
    }
  | {
      readonly type: 'asm'
      readonly asmAuthData: { readonly credentialsParameter: string; readonly region: string }
    }

export interface EcrAuthData {
  readonly registryId: string
  readonly region: string
  /** Where the ECR API is; for agents that would ask AWS. */
  readonly endpointOverride?: string
  readonly useExecutionRole: boolean
}

export interface PayloadVolume {
  readonly name: string
  /** Absent for a volume that the task's attachment brings. */
  readonly type?: 'host' | 'docker' | 'efs' | 'fsxWindowsFileServer'
  /** Of a `host` volume: an empty `sourcePath` is a volume of the task's own. */
  readonly host?: { readonly sourcePath?: string }
  readonly dockerVolumeConfiguration?: {
    readonly scope?: 'task' | 'shared'
    readonly autoprovision?: boolean
    readonly driver?: string
    readonly driverOpts?: Readonly<Record<string, string>>
    readonly labels?: Readonly<Record<string, string>>
  }
  readonly efsVolumeConfiguration?: {
    readonly fileSystemId: string
    readonly rootDirectory?: string
    readonly transitEncryption?: string
    readonly transitEncryptionPort?: number
    readonly authorizationConfig?: { readonly accessPointId?: string; readonly iam?: string }
  }
  readonly fsxWindowsFileServerVolumeConfiguration?: {
    readonly fileSystemId: string
    readonly rootDirectory: string
    readonly authorizationConfig: { readonly credentialsParameter: string; readonly domain: string }
  }
}

export interface PayloadTask {
  readonly arn: string
  readonly taskClusterArn?: string
  readonly family?: string
  readonly version?: string
  readonly desiredStatus: 'RUNNING' | 'STOPPED'
  readonly containers?: readonly PayloadContainer[]
  readonly volumes?: readonly PayloadVolume[]
  readonly roleCredentials?: IAMRoleCredentials
  readonly executionRoleCredentials?: IAMRoleCredentials
  readonly networkMode?: 'awsvpc' | 'bridge' | 'host' | 'none'
  /** vCPUs, not units; absent or 0 for no limit. */
  readonly cpu?: number
  /** MiB. */
  readonly memory?: number
  readonly pidMode?: string
  readonly ipcMode?: string
  readonly associations?: readonly {
    readonly name: string
    readonly type: 'gpu' | 'elastic-inference'
    readonly containers: readonly string[]
    readonly content: { readonly encoding: string; readonly value: string }
  }[]
  readonly launchType?: string
  readonly serviceName?: string
  readonly group?: string
  readonly enableFaultInjection?: boolean
  readonly proxyConfiguration?: {
    readonly type: string
    readonly containerName: string
    readonly properties: Readonly<Record<string, string>>
  }
}

export interface PayloadMessage {
  readonly clusterArn: string
  readonly containerInstanceArn: string
  readonly messageId: string
  readonly seqNum: number
  readonly generatedAt: number
  readonly timeline?: number
  readonly tasks: readonly PayloadTask[]
}

export interface ManifestTask {
  readonly taskArn: string
  readonly taskClusterArn: string
  readonly desiredStatus: 'RUNNING' | 'STOPPED'
}

export interface TaskManifestMessage {
  readonly clusterArn: string
  readonly containerInstanceArn: string
  readonly messageId: string
  readonly generatedAt: number
  readonly timeline: number
  readonly tasks: readonly ManifestTask[]
}

interface TaskStopVerificationMessage {
  /** Id of the manifest that this answers. */
  readonly messageId: string
  readonly stopCandidates: readonly ManifestTask[]
}

export interface TaskStopVerificationAck {
  readonly messageId: string
  readonly generatedAt: number
  readonly stopTasks: readonly ManifestTask[]
}

export interface IAMRoleCredentialsMessage {
  readonly messageId: string
  readonly taskArn: string
  readonly taskClusterArn: string
  readonly roleType: 'TaskApplication' | 'TaskExecution'
  readonly roleCredentials: IAMRoleCredentials
}

/** What the control plane sends. */
export type ServerMessage =
  | Envelope<'PayloadMessage', PayloadMessage>
  | Envelope<'TaskManifestMessage', TaskManifestMessage>
  | Envelope<'TaskStopVerificationAck', TaskStopVerificationAck>
  | Envelope<'IAMRoleCredentialsMessage', IAMRoleCredentialsMessage>
  | Envelope<'HeartbeatMessage', { readonly messageId: string; readonly healthy: boolean }>
  | Envelope<'CloseMessage', { readonly message: string }>
  | Envelope<'StageUpdateMessage' | 'PerformUpdateMessage', UpdateMessage>
  | Envelope<'StartSessionMessage', StartSessionMessage>
  | Envelope<'ResumeSessionMessage', ResumeSessionMessage>

export interface UpdateMessage {
  readonly clusterArn: string
  readonly containerInstanceArn: string
  readonly messageId: string
  readonly updateInfo: { readonly location: string; readonly signature: string }
}

/** What an agent sends. */
export type AgentMessage =
  | Envelope<'AckRequest', { readonly cluster: string; readonly containerInstance: string; readonly messageId: string }>
  | Envelope<
      'NackRequest',
      {
        readonly cluster: string
        readonly containerInstance: string
        readonly messageId: string
        readonly reason: string
      }
    >
  | Envelope<
      'IAMRoleCredentialsAckRequest',
      { readonly messageId: string; readonly expiration: string; readonly credentialsId: string }
    >
  | Envelope<'HeartbeatAckRequest', { readonly messageId: string }>
  | Envelope<'TaskStopVerificationMessage', TaskStopVerificationMessage>
