/** The control plane's end of ACS: what an agent says of itself when it connects, and which of its messages are well formed. */
import { ACS_MESSAGE_BYTES } from '../model/limits.ts'
import type { AgentMessage, ServerMessage } from './acs-messages.ts'
import { decodeEnvelope } from './frames.ts'
import type { Session, SessionProtocol } from './session.ts'
import { type SessionHost, SessionServer, type SessionServerOptions } from './session-server.ts'

export interface AcsParameters {
  readonly agentHash: string
  readonly agentVersion: string
  /** Name or ARN, as the agent is configured. */
  readonly clusterArn: string
  readonly containerInstanceArn: string
  /** As sent: `DockerVersion: 20.10.24`. */
  readonly dockerVersion: string
  readonly protocolVersion: number
  /** The agent has no credentials of its tasks and wants them all. */
  readonly sendCredentials: boolean
}

export type AcsSession = Session<AcsParameters, AgentMessage, ServerMessage>
export type AcsHost = SessionHost<AcsParameters, AgentMessage, ServerMessage>
export type AcsServer = SessionServer<AcsParameters, AgentMessage, ServerMessage>

/** From this protocol version on, an agent acknowledges heartbeats and accepts being disconnected if it does not. */
const HEARTBEAT_ACK_VERSION = 2

const textMember = (message: Readonly<Record<string, unknown>>, name: string): boolean =>
  typeof message[name] === 'string'

const isManifestTasks = (value: unknown): boolean =>
  Array.isArray(value) && value.every((task: unknown) => typeof (task as { taskArn?: unknown })?.taskArn === 'string')

/** Whether a message has what its handler reads. */
const wellFormed: Readonly<Record<AgentMessage['type'], (message: Readonly<Record<string, unknown>>) => boolean>> = {
  AckRequest: (message) => textMember(message, 'messageId'),
  NackRequest: (message) => textMember(message, 'messageId'),
  IAMRoleCredentialsAckRequest: (message) => textMember(message, 'messageId'),
  HeartbeatAckRequest: () => true,
  TaskStopVerificationMessage: (message) => textMember(message, 'messageId') && isManifestTasks(message.stopCandidates),
}

const decodeAgentMessage = (frame: string): AgentMessage | undefined => {
  const envelope = decodeEnvelope(frame)
  if (envelope === undefined || !Object.hasOwn(wellFormed, envelope.type)) return undefined
  const type = envelope.type as AgentMessage['type']
  return wellFormed[type](envelope.message) ? (envelope as unknown as AgentMessage) : undefined
}

const acsProtocol: SessionProtocol<AcsParameters, AgentMessage, ServerMessage> = {
  parameters: (query) => ({
    agentHash: query.get('agentHash') ?? '',
    agentVersion: query.get('agentVersion') ?? '',
    clusterArn: query.get('clusterArn') ?? '',
    containerInstanceArn: query.get('containerInstanceArn') ?? '',
    dockerVersion: query.get('dockerVersion') ?? '',
    protocolVersion: Number(query.get('protocolVersion') ?? '1'),
    sendCredentials: query.get('sendCredentials') === 'true',
  }),
  decode: decodeAgentMessage,
  reply: () => undefined,
  heartbeat: (messageId) => ({ type: 'HeartbeatMessage', message: { messageId, healthy: true } }),
  isHeartbeatAck: (message) => message.type === 'HeartbeatAckRequest',
  requiresHeartbeatAcks: ({ protocolVersion }) => protocolVersion >= HEARTBEAT_ACK_VERSION,
  maxMessageBytes: ACS_MESSAGE_BYTES,
}

export const acsServer = (options: SessionServerOptions<AcsParameters, AgentMessage, ServerMessage>): AcsServer =>
  new SessionServer(acsProtocol, options)
