/**
 * The agent's end of ACS. Acknowledges heartbeats itself; what the other messages ask for, and acknowledging them, is for the engine.
 */
import type { AgentMessage, ServerMessage } from './acs-messages.ts'
import { decodeEnvelope } from './frames.ts'
import type { LinkOptions } from './link-options.ts'
import { linkUrl, socketUrl } from './link-url.ts'
import { ReconnectingLink } from './reconnecting-link.ts'
import type { SocketRequest } from './socket.ts'

export interface AcsClientOptions extends LinkOptions {
  readonly onMessage: (message: ServerMessage) => void
  readonly onDisconnected?: () => void
  /** The container instance is deregistered; the next attempt is in an hour. */
  readonly onInactive?: () => void
}

const BACKOFF = { minMs: 250, maxMs: 120_000, jitter: 0.2, multiplier: 1.5 }

/** The server closes a connection whose heartbeats are not acknowledged. */
const PROTOCOL_VERSION = '2'

const SERVER_MESSAGES: ReadonlySet<string> = new Set<ServerMessage['type']>([
  'PayloadMessage',
  'TaskManifestMessage',
  'TaskStopVerificationAck',
  'IAMRoleCredentialsMessage',
  'HeartbeatMessage',
  'CloseMessage',
  'StageUpdateMessage',
  'PerformUpdateMessage',
  'StartSessionMessage',
  'ResumeSessionMessage',
])

export class AcsClient {
  readonly #options: AcsClientOptions
  readonly #link: ReconnectingLink
  /** Until the first connection: the engine then holds no credentials of the tasks that it restored. */
  #needsCredentials = true

  constructor(options: AcsClientOptions) {
    this.#options = options
    this.#link = new ReconnectingLink({
      clock: options.clock,
      ids: options.ids,
      log: options.log.with({ link: 'ACS' }),
      openSocket: options.openSocket,
      backoff: BACKOFF,
      request: () => this.#request(),
      onFrame: (frame) => this.#receive(frame),
      onOpened: () => {
        this.#needsCredentials = false
        options.onConnected?.()
      },
      onEnded: () => options.onDisconnected?.(),
      onInactive: () => options.onInactive?.(),
    })
  }

  get isConnected(): boolean {
    return this.#link.isOpen
  }

  start(): void {
    this.#link.start()
  }

  stop(): void {
    this.#link.stop('The agent is stopping')
  }

  /** False if not connected; the server repeats what was not acknowledged. */
  send(message: AgentMessage): boolean {
    return this.#link.send(JSON.stringify(message))
  }

  async #request(): Promise<SocketRequest> {
    const { agent, endpoint, sign } = this.#options
    const url = linkUrl(await endpoint(), {
      agentHash: agent.agentHash,
      agentVersion: agent.agentVersion,
      clusterArn: agent.cluster,
      containerInstanceArn: agent.containerInstanceArn,
      dockerVersion: `DockerVersion: ${agent.dockerVersion}`,
      protocolVersion: PROTOCOL_VERSION,
      seqNum: '1',
      sendCredentials: String(this.#needsCredentials),
    })
    return { url: socketUrl(url), headers: sign({ method: 'GET', url, headers: {} }) }
  }

  #receive(frame: string): boolean {
    const envelope = decodeEnvelope(frame)
    if (envelope === undefined || !SERVER_MESSAGES.has(envelope.type)) {
      this.#options.log.debug('unknown message ignored', { type: envelope?.type })
      return false
    }
    const message = envelope as unknown as ServerMessage
    if (message.type === 'HeartbeatMessage') {
      this.send({ type: 'HeartbeatAckRequest', message: { messageId: message.message.messageId } })
    }
    this.#options.onMessage(message)
    return true
  }
}
