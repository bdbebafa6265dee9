/**
 * The messages of TCS, the websocket that carries telemetry from an agent to the control plane. The agent's frames are a block of
 * signed headers, an empty line and the JSON envelope; the server's are the plain envelope.
 */
import type { Envelope } from './acs-messages.ts'

export interface StatsSet {
  readonly min: number
  readonly max: number
  readonly sum: number
  readonly sampleCount: number
}

/** A 64-bit counter's statistics; what exceeds 63 bits stands in the overflow members. */
export interface CounterStatsSet extends StatsSet {
  readonly overflowMin?: number
  readonly overflowMax?: number
  readonly overflowSum?: number
}

export interface ContainerMetric {
  readonly containerName: string
  readonly containerArn?: string
  /** Percent of the whole host's CPU time. */
  readonly cpuStatsSet?: StatsSet
  /** MiB, page cache left out. */
  readonly memoryStatsSet?: StatsSet
  readonly networkStatsSet?: Readonly<Record<string, CounterStatsSet | StatsSet>>
  readonly storageStatsSet?: { readonly readSizeBytes: CounterStatsSet; readonly writeSizeBytes: CounterStatsSet }
  readonly restartStatsSet?: { readonly restartCount: number }
}

export interface TaskMetric {
  readonly taskArn: string
  readonly clusterArn?: string
  readonly taskDefinitionFamily: string
  readonly taskDefinitionVersion: string
  readonly containerMetrics: readonly ContainerMetric[]
}

interface MetricsMetadata {
  readonly cluster: string
  readonly containerInstance: string
  readonly messageId: string
  readonly idle?: boolean
  readonly fin: boolean
}

export interface ContainerHealth {
  readonly containerName: string
  readonly healthStatus: 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN'
  /** Epoch seconds. */
  readonly statusSince?: number
  readonly statusMessage?: string
}

export interface TaskHealth {
  readonly taskArn: string
  readonly clusterArn?: string
  readonly taskDefinitionFamily: string
  readonly taskDefinitionVersion: string
  readonly containers: readonly ContainerHealth[]
}

export interface InstanceStatus {
  readonly type: 'ContainerRuntime' | 'EBSDaemon' | 'Agent' | 'ACCELERATED_COMPUTE'
  readonly status: 'OK' | 'IMPAIRED' | 'INSUFFICIENT_DATA' | 'INITIALIZING'
  readonly statusReason?: string
  readonly lastUpdated?: number
  readonly lastStatusChange?: number
}

/** What an agent sends. Times are epoch seconds. */
export type TelemetryRequest =
  | Envelope<
      'PublishMetricsRequest',
      { readonly metadata: MetricsMetadata; readonly taskMetrics?: readonly TaskMetric[]; readonly timestamp: number }
    >
  | Envelope<
      'PublishHealthRequest',
      { readonly metadata: MetricsMetadata; readonly tasks: readonly TaskHealth[]; readonly timestamp: number }
    >
  | Envelope<
      'PublishInstanceStatusRequest',
      {
        readonly metadata: { readonly cluster: string; readonly containerInstance: string; readonly requestId: string }
        readonly statuses: readonly InstanceStatus[]
        readonly timestamp: number
      }
    >

/** What the control plane sends. */
export type TelemetryResponse =
  | Envelope<'HeartbeatMessage', { readonly healthy: boolean }>
  | Envelope<'AckPublishMetric' | 'AckPublishHealth' | 'AckPublishInstanceStatus', { readonly message: string }>
