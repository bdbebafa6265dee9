/** The agent's end of TCS: sends telemetry, each frame behind its own signature, and watches for acknowledgements. */
import { decodeEnvelope, frameWithHeaders } from './frames.ts'
import type { LinkOptions } from './link-options.ts'
import { linkUrl, socketUrl } from './link-url.ts'
import { ReconnectingLink } from './reconnecting-link.ts'
import type { SocketRequest } from './socket.ts'
import type { TelemetryRequest, TelemetryResponse } from './tcs-messages.ts'

const BACKOFF = { minMs: 1000, maxMs: 60_000, jitter: 0.2, multiplier: 2 }

/** Only these keep a connection alive. */
const ALIVE: ReadonlySet<string> = new Set<TelemetryResponse['type']>([
  'HeartbeatMessage',
  'AckPublishMetric',
  'AckPublishHealth',
  'AckPublishInstanceStatus',
])

export class TcsClient {
  readonly #options: LinkOptions
  readonly #link: ReconnectingLink
  /** Address of the present connection: every frame's signature is of it. */
  #url = ''

  constructor(options: LinkOptions) {
    this.#options = options
    this.#link = new ReconnectingLink({
      clock: options.clock,
      ids: options.ids,
      log: options.log.with({ link: 'TCS' }),
      openSocket: options.openSocket,
      backoff: BACKOFF,
      request: () => this.#request(),
      onFrame: (frame) => ALIVE.has(decodeEnvelope(frame)?.type ?? ''),
      onOpened: () => options.onConnected?.(),
      onEnded: () => {},
      onInactive: () => {},
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

  /** False if not connected: telemetry is of the moment, so it is not kept for later. */
  publish(request: TelemetryRequest): boolean {
    if (!this.#link.isOpen) return false
    const body = JSON.stringify(request)
    const headers = this.#options.sign({ method: 'GET', url: this.#url, headers: {}, body })
    return this.#link.send(frameWithHeaders(headers, body))
  }

  async #request(): Promise<SocketRequest> {
    const { agent, endpoint, sign } = this.#options
    this.#url = linkUrl(await endpoint(), {
      agentHash: agent.agentHash,
      agentVersion: agent.agentVersion,
      cluster: agent.cluster,
      containerInstance: agent.containerInstanceArn,
      dockerVersion: agent.dockerVersion,
    })
    return { url: socketUrl(this.#url), headers: sign({ method: 'GET', url: this.#url, headers: {} }) }
  }
}
