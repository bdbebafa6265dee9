/** What is answered to who asks what a cluster uses (`GET /telemetry/usage`), as the server and the command have it. */

/** What can be asked for by what. */
export const USAGE_KINDS = ['cluster', 'service', 'task', 'instance'] as const

export type UsageKind = (typeof USAGE_KINDS)[number]

/** Together; what is not known of any task is absent. */
export interface Usage {
  readonly cpuUnits?: number
  readonly memoryMiB?: number
  readonly networkRxBytesPerSecond?: number
  readonly networkTxBytesPerSecond?: number
  readonly storageReadBytesPerSecond?: number
  readonly storageWriteBytesPerSecond?: number
}

export interface UsageRow {
  /** The name of a cluster, service or family, or the id of a task or container instance. */
  readonly name: string
  readonly runningTasks: number
  /** Of the RUNNING tasks: those whose use is known. */
  readonly reportedTasks: number
  readonly usage: Usage
  /** What the tasks reserve; of an instance and a cluster what there is. */
  readonly reserved: { readonly cpuUnits: number; readonly memoryMiB: number }
  /** As ECS defines utilisation: of what those tasks reserve whose use is known; of an instance and a cluster of what there is. */
  readonly cpuPercent?: number
  readonly memoryPercent?: number
  /** Of a service. */
  readonly desiredTasks?: number
  /** Of a task. */
  readonly service?: string
  readonly family?: string
  readonly healthStatus?: string
  readonly containerInstanceId?: string
  readonly startedAt?: number
  /** Of a container instance. */
  readonly status?: string
  readonly agentConnected?: boolean
  /** If it was asked for. */
  readonly history?: UsageHistory
}

/** Of the last minutes, the oldest first; null where nothing is known. */
export interface UsageHistory {
  readonly cpuPercent: readonly (number | null)[]
  readonly memoryPercent: readonly (number | null)[]
}

export interface SilentInstance {
  readonly containerInstanceId: string
  readonly agentConnected: boolean
  readonly runningTasks: number
}

/** Times are milliseconds since the epoch. */
export interface ClusterUsage {
  readonly clusterArn: string
  readonly at: number
  readonly by: UsageKind
  readonly cluster: UsageRow
  readonly rows: readonly UsageRow[]
  /** Container instances with RUNNING tasks of whose use their agent says nothing. */
  readonly silentInstances: readonly SilentInstance[]
}
