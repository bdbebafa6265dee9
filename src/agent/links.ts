/** What the agent needs of the control plane. `agentlink/` has the real ones; thousands of simulated agents share cheaper ones. */
import type { RegisterContainerInstanceRequest } from '@aws-sdk/client-ecs'
import type { AgentMessage, ServerMessage } from '../agentlink/acs-messages.ts'
import type { ReadParameter, SecretCaller, SecretVersion } from '../agentlink/secrets-api.ts'
import type { OpenDataSocket } from '../agentlink/data-socket.ts'
import type { EcrPassword } from '../agentlink/ecr-api.ts'
import type { SessionApi } from '../agentlink/session-api.ts'
import type { TelemetryRequest } from '../agentlink/tcs-messages.ts'
import type { SigningCredentials } from '../model/signature-v4.ts'
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

/** Reads secrets on behalf of tasks. Calls reject with `ControlApiError`; what might have passed was tried again by then. */
export interface SecretReader {
  /** Up to ten parameters; those that are not there are left out. */
  parameters(caller: SecretCaller, names: readonly string[]): Promise<readonly ReadParameter[]>
  /** Undefined if the secret is not a text. */
  secretValue(caller: SecretCaller, version: SecretVersion): Promise<string | undefined>
}

/** Asks for passwords of the container registry. Calls reject with `ControlApiError`. */
export interface EcrReader {
  /** With the agent's own credentials unless given others. */
  password(region: string, registryId: string, credentials?: SigningCredentials): Promise<EcrPassword>
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

/** What sessions of ECS Exec need. */
export interface ExecLink {
  readonly openDataSocket: OpenDataSocket
  readonly api: Pick<SessionApi, 'createLogStream' | 'putLogEvents' | 'decryptDataKey'>
}

export interface AgentLinks {
  readonly control: AgentControl
  readonly secrets: SecretReader
  /** Absent where images are not really pulled. */
  readonly ecr?: EcrReader
  /** Made when it is needed; absent where there are no sessions. */
  readonly exec?: () => Promise<ExecLink>
  acs(identity: LinkIdentity, listener: AcsListener): AcsLink
  tcs(identity: LinkIdentity, onConnected: () => void): TcsLink
}
