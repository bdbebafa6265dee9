/** The control plane's end of TCS. Every request is acknowledged at once: an agent takes silence for a dead connection. */
import { TCS_MESSAGE_BYTES } from '../model/limits.ts'
import { decodeEnvelope, withoutHeaders } from './frames.ts'
import type { Session, SessionProtocol } from './session.ts'
import { type SessionHost, SessionServer, type SessionServerOptions } from './session-server.ts'
import type { TelemetryRequest, TelemetryResponse } from './tcs-messages.ts'

export interface TcsParameters {
  readonly agentHash: string
  readonly agentVersion: string
  /** Name or ARN, as the agent is configured. */
  readonly cluster: string
  readonly containerInstance: string
  readonly dockerVersion: string
}

export type TcsSession = Session<TcsParameters, TelemetryRequest, TelemetryResponse>
export type TcsHost = SessionHost<TcsParameters, TelemetryRequest, TelemetryResponse>
export type TcsServer = SessionServer<TcsParameters, TelemetryRequest, TelemetryResponse>

const ackOf = {
  PublishMetricsRequest: 'AckPublishMetric',
  PublishHealthRequest: 'AckPublishHealth',
  PublishInstanceStatusRequest: 'AckPublishInstanceStatus',
} as const

type Fields = Readonly<Record<string, unknown>>

/** Whether the value is a list of objects that all pass. */
const listOf =
  (passes: (item: Fields) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null && passes(item as Fields))

const taskWith =
  (list: string) =>
  (task: Fields): boolean =>
    typeof task.taskArn === 'string' && listOf((container) => typeof container.containerName === 'string')(task[list])

/** Whether a request has what its handler reads. */
const wellFormed: Readonly<Record<TelemetryRequest['type'], (message: Fields) => boolean>> = {
  PublishMetricsRequest: ({ taskMetrics }) =>
    taskMetrics === undefined || listOf(taskWith('containerMetrics'))(taskMetrics),
  PublishHealthRequest: ({ tasks }) => listOf(taskWith('containers'))(tasks),
  PublishInstanceStatusRequest: ({ statuses }) =>
    listOf(({ type, status }) => typeof type === 'string' && typeof status === 'string')(statuses),
}

const decodeTelemetry = (frame: string): TelemetryRequest | undefined => {
  const envelope = decodeEnvelope(withoutHeaders(frame))
  if (envelope === undefined || !Object.hasOwn(wellFormed, envelope.type)) return undefined
  const type = envelope.type as TelemetryRequest['type']
  return wellFormed[type](envelope.message) ? (envelope as unknown as TelemetryRequest) : undefined
}

/** What the acknowledgement says: which request it is for. */
const requestId = (request: TelemetryRequest): string => {
  const metadata = request.message.metadata as { readonly messageId?: string; readonly requestId?: string } | undefined
  return metadata?.messageId ?? metadata?.requestId ?? ''
}

const tcsProtocol: SessionProtocol<TcsParameters, TelemetryRequest, TelemetryResponse> = {
  parameters: (query) => ({
    agentHash: query.get('agentHash') ?? '',
    agentVersion: query.get('agentVersion') ?? '',
    cluster: query.get('cluster') ?? '',
    containerInstance: query.get('containerInstance') ?? '',
    dockerVersion: query.get('dockerVersion') ?? '',
  }),
  decode: decodeTelemetry,
  reply: (request) => ({ type: ackOf[request.type], message: { message: requestId(request) } }),
  heartbeat: () => ({ type: 'HeartbeatMessage', message: { healthy: true } }),
  isHeartbeatAck: () => false,
  requiresHeartbeatAcks: () => false,
  maxMessageBytes: TCS_MESSAGE_BYTES,
}

export const tcsServer = (
  options: SessionServerOptions<TcsParameters, TelemetryRequest, TelemetryResponse>,
): TcsServer => new SessionServer(tcsProtocol, options)
