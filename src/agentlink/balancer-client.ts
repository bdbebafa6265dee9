/**
 * A balancer's end of its websocket: keeps it open, puts what it is told together to routing tables, and says what the balancer finds out.
 * Everything that still holds is said again after a connection was lost.
 */
import type { Clock } from '../kit/clock.ts'
import type { Ids } from '../kit/ids.ts'
import type { Log } from '../kit/log.ts'
import type { BalancerMessage, BalancerWelcome } from '../model/load-balancing/messages.ts'
import { decodeControlMessage } from './balancer-messages.ts'
import { linkUrl, socketUrl } from './link-url.ts'
import { type Completed, ReceivedTable } from './received-table.ts'
import { ReconnectingLink } from './reconnecting-link.ts'
import type { Signer } from './signer.ts'
import type { OpenSocket, SocketRequest } from './socket.ts'

export interface BalancerClientOptions {
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly openSocket: OpenSocket
  readonly sign: Signer
  /** Base URL of the control plane. */
  readonly endpoint: string
  readonly balancerId: string
  readonly version: string
  /** One consistent table is there. After a connection's first one, everything found out is to be said again. */
  readonly onTable: (told: Told) => void
  readonly onDisconnected?: () => void
}

export interface Told extends Completed {
  readonly revision: number
  readonly welcome: BalancerWelcome
}

const BACKOFF = { minMs: 250, maxMs: 15_000, jitter: 0.2, multiplier: 1.5 }

export class BalancerClient {
  readonly #options: BalancerClientOptions
  readonly #link: ReconnectingLink
  #received = new ReceivedTable()
  #welcome: BalancerWelcome = { cookieKey: '', suffix: '' }

  constructor(options: BalancerClientOptions) {
    this.#options = options
    this.#link = new ReconnectingLink({
      clock: options.clock,
      ids: options.ids,
      log: options.log.with({ link: 'balancer' }),
      openSocket: options.openSocket,
      backoff: BACKOFF,
      request: async () => this.#request(),
      onFrame: (frame) => this.#receive(frame),
      onOpened: () => this.#opened(),
      onEnded: () => options.onDisconnected?.(),
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
    this.#link.stop('The balancer is stopping')
  }

  /** False if not connected; it is to be said after the next connection's first table then. */
  send(message: BalancerMessage): boolean {
    return this.#link.send(JSON.stringify(message))
  }

  #request(): SocketRequest {
    const { endpoint, sign } = this.#options
    const url = linkUrl(`${endpoint.replace(/\/+$/, '')}/balancer`, {})
    return { url: socketUrl(url), headers: sign({ method: 'GET', url, headers: {} }) }
  }

  #opened(): void {
    const { balancerId, version } = this.#options
    this.#received = new ReceivedTable()
    this.send({ type: 'hello', balancerId, version })
  }

  #receive(frame: string): boolean {
    const message = decodeControlMessage(frame)
    if (message === undefined) return false
    if (message.type === 'heartbeat') this.send(message)
    else if (message.type === 'welcome') this.#welcome = { cookieKey: message.cookieKey, suffix: message.suffix }
    else if (message.type !== 'ready') this.#received.apply(message)
    else {
      const { revision } = message
      this.#options.onTable({ ...this.#received.complete(), revision, welcome: this.#welcome })
    }
    return true
  }
}
