/**
 * The control plane's end of the websockets of balancers: who is there, heartbeats, and the end of those that take nothing any more. What
 * the messages mean is for the host. Signatures are verified before a request comes here.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Clock, Timer } from '../kit/clock.ts'
import type { Ids } from '../kit/ids.ts'
import type { Log } from '../kit/log.ts'
import { SOCKET_BUFFER_BYTES } from '../model/limits.ts'
import { BALANCER_REPORT_MESSAGE_BYTES, BALANCER_STALL_MS } from '../model/load-balancing/balancer-limits.ts'
import type { BalancerMessage, ControlMessage } from '../model/load-balancing/messages.ts'
import { decodeBalancerMessage } from './balancer-messages.ts'
import { HeartbeatWheel } from './heartbeat-wheel.ts'
import { CLOSE_GOING_AWAY, CLOSE_NORMAL, CLOSE_POLICY, type MessageSocket, type SocketListener } from './socket.ts'
import { WebSocketAcceptor } from './web-sockets.ts'

/** What is left to the host of what a balancer says. */
export type BalancerReport = Exclude<BalancerMessage, { readonly type: 'hello' | 'heartbeat' }>

/** Hears of one session. `closed` comes exactly once, and nothing after it. */
export interface BalancerHandler {
  message(message: BalancerReport): void
  /** The session took no more for a while and can be written again. */
  drained(): void
  closed(): void
}

export interface BalancerHost {
  connected(session: BalancerSession): BalancerHandler
}

export interface BalancerServerOptions {
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly host: BalancerHost
}

const HEARTBEAT_MS = 15_000
/** Heartbeats in a row without an answer after which a session is closed. */
const UNANSWERED_HEARTBEATS = 2

type Open = (listener: SocketListener) => MessageSocket

export class BalancerServer {
  readonly #options: BalancerServerOptions
  readonly #acceptor = new WebSocketAcceptor(BALANCER_REPORT_MESSAGE_BYTES)
  readonly #wheel: HeartbeatWheel
  readonly #open = new Set<BalancerSession>()
  /** Those that have said who they are. */
  readonly #sessions = new Map<string, BalancerSession>()

  constructor(options: BalancerServerOptions) {
    this.#options = options
    this.#wheel = new HeartbeatWheel(options.clock, options.ids, HEARTBEAT_MS)
  }

  /** Takes over an HTTP server's `upgrade`. `mayStay` is asked at each heartbeat. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, mayStay?: () => boolean): void {
    this.#acceptor.accept(request, socket, head, (open) => this.connect(open, mayStay))
  }

  /** Begins a session; also for those that come another way than HTTP. */
  connect(open: Open, mayStay = () => true): void {
    const session = new BalancerSession(this.#options, (balancerId) => this.#introduced(session, balancerId))
    session.begin(open(session), () => {
      stopBeating()
      this.#open.delete(session)
      if (this.#sessions.get(session.balancerId) === session) this.#sessions.delete(session.balancerId)
    })
    this.#open.add(session)
    const stopBeating = this.#wheel.add(() => {
      if (mayStay()) session.beat()
      else session.close(CLOSE_NORMAL, 'The credentials that opened the connection are not good any more')
    })
  }

  /** Closes every session. The balancers come back by themselves, to whoever is there then. */
  close(): void {
    this.#wheel.stop()
    for (const session of this.#open) session.close(CLOSE_GOING_AWAY, 'The control plane is stopping')
  }

  #introduced(session: BalancerSession, balancerId: string): BalancerHandler {
    // Not a code after which it is back at once: two balancers with one identity would chase each other.
    this.#sessions.get(balancerId)?.close(CLOSE_POLICY, 'The balancer has connected again')
    this.#sessions.set(balancerId, session)
    return this.#options.host.connected(session)
  }
}

export class BalancerSession implements SocketListener {
  /** Empty until the balancer has said who it is. */
  balancerId = ''
  readonly #clock: Clock
  readonly #log: Log
  readonly #introduced: (balancerId: string) => BalancerHandler
  #socket: MessageSocket | undefined
  #handler: BalancerHandler | undefined
  #onEnd: (() => void) | undefined
  #unanswered = 0
  /** Runs while nothing more is taken. */
  #stalled: Timer | undefined

  constructor({ clock, log }: BalancerServerOptions, introduced: (balancerId: string) => BalancerHandler) {
    this.#clock = clock
    this.#log = log
    this.#introduced = introduced
  }

  /** For the server that made the session. */
  begin(socket: MessageSocket, onEnd: () => void): void {
    this.#socket = socket
    this.#onEnd = onEnd
  }

  /** The balancer does not take what was sent; send no more until `drained`. */
  get isCongested(): boolean {
    return this.#stalled !== undefined
  }

  /** Sends; a message to a session that has ended is lost, as it would be on the wire. */
  send(message: ControlMessage): void {
    const socket = this.#socket
    if (socket === undefined) return
    socket.send(JSON.stringify(message))
    if (socket.bufferedBytes > SOCKET_BUFFER_BYTES)
      this.#stalled ??= this.#clock.setTimer(BALANCER_STALL_MS, () => this.#cutOff(socket))
  }

  close(code: number, reason: string): void {
    const socket = this.#socket
    this.ended()
    socket?.close(code, reason)
  }

  /** One turn of the heartbeat wheel. */
  beat(): void {
    if (this.balancerId === '') return this.close(CLOSE_POLICY, 'The balancer has not said who it is')
    if (this.#unanswered >= UNANSWERED_HEARTBEATS) return this.close(CLOSE_GOING_AWAY, 'Heartbeats were not answered')
    this.#unanswered++
    this.send({ type: 'heartbeat' })
  }

  message(text: string): void {
    const message = this.#socket === undefined ? undefined : decodeBalancerMessage(text)
    if (message === undefined) return
    this.#unanswered = 0
    if (message.type === 'hello') this.#introduce(message.balancerId)
    else if (message.type !== 'heartbeat') this.#tell((handler) => handler.message(message))
  }

  drained(): void {
    this.#stalled?.cancel()
    this.#stalled = undefined
    this.#tell((handler) => handler.drained())
  }

  ended(): void {
    const onEnd = this.#onEnd
    this.#stalled?.cancel()
    this.#socket = undefined
    this.#onEnd = undefined
    onEnd?.()
    this.#tell((handler) => handler.closed())
    this.#handler = undefined
  }

  #introduce(balancerId: string): void {
    if (this.balancerId !== '') return
    this.balancerId = balancerId
    this.#handler = this.#introduced(balancerId)
  }

  #cutOff(socket: MessageSocket): void {
    this.#log.warn('a balancer that takes nothing is cut off', { balancerId: this.balancerId })
    this.ended()
    socket.terminate()
  }

  /** A mistake with one message must not take the process, and with it every other session, down. */
  #tell(what: (handler: BalancerHandler) => void): void {
    if (this.#handler === undefined) return
    try {
      what(this.#handler)
    } catch (error) {
      this.#log.error('handling a balancer failed', { balancerId: this.balancerId, error })
    }
  }
}
