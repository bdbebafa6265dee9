/**
 * The way to the data channels of sessions: what leads to their gateway, which is loaded when the first websocket comes. Nobody has to be
 * signed in for it, so the websockets of web pages are refused, unless the page is of this server.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import type { DataChannelGateway } from './data-channel-gateway.ts'
import type { ExecSessions } from './exec-sessions.ts'

export interface DataChannelsOptions {
  readonly clock: Clock
  readonly log: Log
  readonly sessions: ExecSessions
}

/** Why a websocket is refused, as HTTP has it. */
export interface ChannelRefusal {
  readonly status: number
  readonly message: string
}

const PATH = /^\/v1\/data-channel\/(?<sessionId>[a-zA-Z0-9-]{1,96})$/

export class DataChannels {
  readonly #options: DataChannelsOptions
  #gateway: Promise<DataChannelGateway> | undefined
  #isClosed = false

  constructor(options: DataChannelsOptions) {
    this.#options = options
  }

  /** The session whose data channel a request is for; undefined if it is for something else. Paths are taken as they are written. */
  sessionOf({ url = '/' }: IncomingMessage): string | undefined {
    return PATH.exec(url.split('?', 1)[0] ?? '')?.groups?.sessionId
  }

  /** Takes over an HTTP server's `upgrade`, or leaves it to the caller to refuse it. */
  handleUpgrade(
    sessionId: string,
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    refuse: (refusal: ChannelRefusal) => void,
  ): void {
    const refusal = refusalOf(request)
    if (refusal !== undefined) return refuse(refusal)
    const onError = (): void => void socket.destroy()
    socket.on('error', onError)
    const accepted = this.#load().then((gateway) => {
      if (socket.destroyed) return
      if (gateway.hasRoom) gateway.handleUpgrade(sessionId, request, socket, head)
      else refuse({ status: 503, message: 'Too many data channels are being opened. Try again later.' })
      socket.off('error', onError)
    })
    accepted.catch((error: unknown) => {
      this.#options.log.error('opening a data channel failed', { sessionId, error })
      socket.destroy()
    })
  }

  /** Lets nobody in any more, and closes what is open. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#options.sessions.close()
    if (this.#gateway !== undefined) (await this.#gateway).close()
  }

  #load(): Promise<DataChannelGateway> {
    this.#gateway ??= this.#make()
    return this.#gateway
  }

  async #make(): Promise<DataChannelGateway> {
    const module = await import('./data-channel-gateway.ts')
    const { sessions, clock, log } = this.#options
    const gateway = new module.DataChannelGateway({
      clock,
      log,
      admit: (arrival) => sessions.admit(arrival),
    })
    if (this.#isClosed) gateway.close()
    return gateway
  }
}

const refusalOf = ({ headers, url = '/' }: IncomingMessage): ChannelRefusal | undefined => {
  const query = new URLSearchParams(url.slice(url.indexOf('?') + 1))
  if (query.get('role') !== 'publish_subscribe')
    return { status: 400, message: 'The role of a data channel is publish_subscribe.' }
  const { origin, host } = headers
  // Programs have no origin. What a web page has is written by the browser.
  if (origin !== undefined && URL.parse(origin)?.host !== host)
    return { status: 403, message: 'Web pages of other origins cannot open data channels.' }
  return undefined
}
