/** What the agent needs of the control plane. `agentlink/` has the real ones; thousands of simulated agents share cheaper ones. */
import type { RegisterContainerInstanceRequest } from '@aws-sdk/client-ecs'
import type { AgentMessage, ServerMessage } from '../agentlink/acs-messages.ts'
import type { TelemetryRequest } from '../agentlink/tcs-messages.ts'
import type { ReportReceiver } from './reporting/status-reporter.ts'

/** Calls reject with `ControlApiError`. */
export interface AgentControl extends ReportReceiver {
  registerContainerInstance(
    request: RegisterContainerInstanceRequest & { readonly clientToken: string },
    signal?: AbortSignal,
  ): Promise<{
    readonly containerInstanceArn: string
    readonly attributes: readonly { readonly name?: string | undefined; readonly value?: string | undefined }[]
  }>
  createCluster(clusterName: string): Promise<string>
}

/** Who connects. */
export interface LinkIdentity {
  /** Name or ARN, as configured. */
  readonly cluster: string
  readonly containerInstanceArn: string
  readonly dockerVersion: string
}

export interface AcsListener {
  readonly onMessage: (message: ServerMessage) => void
  readonly onConnected: () => void
  /** The container instance is deregistered. */
  readonly onInactive: () => void
}

export interface AcsLink {
  start(): void
  stop(): void
  /** False if there is no connection. */
  send(message: AgentMessage): boolean
}

export interface TcsLink {
  start(): void
  stop(): void
  /** False if there is no connection. */
  publish(request: TelemetryRequest): boolean
}

export interface AgentLinks {
  readonly control: AgentControl
  acs(identity: LinkIdentity, listener: AcsListener): AcsLink
  tcs(identity: LinkIdentity, onConnected: () => void): TcsLink
}
