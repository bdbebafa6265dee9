/**
 * The control plane's end of a websocket to agents, the same for ACS and TCS: upgrade, admission, at most one session per container
 * instance (the newest wins), heartbeats, and a bounded rate of new connections. Signatures are verified before a request comes here.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Clock } from '../kit/clock.ts'
import type { Ids } from '../kit/ids.ts'
import type { Log } from '../kit/log.ts'
import { AGENT_ACCEPTS_BURST, AGENT_ACCEPTS_PER_SECOND, AGENT_ACCEPTS_WAITING } from '../model/limits.ts'
import type { Principal } from '../model/principal.ts'
import { type AcceptLimits, AcceptQueue } from './accept-queue.ts'
import type { Envelope } from './acs-messages.ts'
import { encodeRejection, type LinkException } from './frames.ts'
import { HeartbeatWheel } from './heartbeat-wheel.ts'
import { Session, type SessionHandler, type SessionProtocol } from './session.ts'
import { CLOSE_GOING_AWAY, CLOSE_NORMAL, CLOSE_POLICY, type MessageSocket, type SocketListener } from './socket.ts'
import { WebSocketAcceptor } from './web-sockets.ts'

/** Whose key signed the request. Absent where signatures are not verified. */
export type Caller = Principal

/** Who opens a session, for as long as that is allowed: it is asked at each heartbeat. */
export interface Opener {
  readonly caller: Caller
  readonly mayStay: () => boolean
}

type AdmissionException =
  | 'InactiveInstanceException'
  | 'InvalidInstanceException'
  | 'InvalidClusterException'
  | 'AccessDeniedException'
  | 'ServerException'

export type Admission =
  | { readonly containerInstanceId: string }
  | (LinkException & { readonly exception: AdmissionException })

/** Decides who comes in, and is given a session for each who does. */
export interface SessionHost<Parameters, Incoming, Outgoing extends Envelope> {
  admit(parameters: Parameters, caller: Caller | undefined): Admission
  connected(session: Session<Parameters, Incoming, Outgoing>): SessionHandler<Incoming>
}

export interface SessionServerOptions<Parameters, Incoming, Outgoing extends Envelope> {
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly host: SessionHost<Parameters, Incoming, Outgoing>
  readonly acceptLimits?: AcceptLimits
}

/** Agents close a connection on which nothing came for 60 s. Source: the ECS agent's inactivity timer. */
const HEARTBEAT_MS = 45_000

const ACCEPT_LIMITS: AcceptLimits = {
  perSecond: AGENT_ACCEPTS_PER_SECOND,
  burst: AGENT_ACCEPTS_BURST,
  waiting: AGENT_ACCEPTS_WAITING,
}

const TOO_MANY = { exception: 'ServerException', message: 'Too many agents are connecting. Try again later.' } as const
const STOPPING = { exception: 'ServerException', message: 'The control plane is stopping. Try again later.' } as const

type Open = (listener: SocketListener) => MessageSocket

export class SessionServer<Parameters, Incoming, Outgoing extends Envelope> {
  readonly #protocol: SessionProtocol<Parameters, Incoming, Outgoing>
  readonly #options: SessionServerOptions<Parameters, Incoming, Outgoing>
  readonly #acceptor: WebSocketAcceptor
  readonly #queue: AcceptQueue
  readonly #wheel: HeartbeatWheel
  readonly #sessions = new Map<string, Session<Parameters, Incoming, Outgoing>>()
  #isClosed = false

  constructor(
    protocol: SessionProtocol<Parameters, Incoming, Outgoing>,
    options: SessionServerOptions<Parameters, Incoming, Outgoing>,
  ) {
    this.#protocol = protocol
    this.#options = options
    this.#acceptor = new WebSocketAcceptor(protocol.maxMessageBytes)
    this.#queue = new AcceptQueue(options.clock, options.acceptLimits ?? ACCEPT_LIMITS)
    this.#wheel = new HeartbeatWheel(options.clock, options.ids, HEARTBEAT_MS)
  }

  /** How many agents are connected. */
  get size(): number {
    return this.#sessions.size
  }

  /** Takes over an HTTP server's `upgrade`: answers 101 with a session, or 400 with the exception. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, opener?: Opener): void {
    const onError = (error: Error): void => {
      this.#options.log.debug('agent connection lost before its upgrade', { error: error.message })
      socket.destroy()
    }
    socket.on('error', onError)
    const accept = (): void => {
      if (socket.destroyed) return
      if (this.#isClosed) reject(socket, 503, STOPPING)
      else this.#upgrade(request, socket, head, opener)
      socket.off('error', onError)
    }
    if (!this.#queue.add(accept)) reject(socket, 503, TOO_MANY)
  }

  /** Lets an agent in that comes another way than HTTP, as those of a simulation do. Undefined if it was let in. */
  connect(query: URLSearchParams, open: Open, caller?: Caller): LinkException | undefined {
    if (this.#isClosed) return STOPPING
    const parameters = this.#protocol.parameters(query)
    const admission = this.#options.host.admit(parameters, caller)
    if ('exception' in admission) return admission
    this.#begin(admission.containerInstanceId, parameters, open)
    return undefined
  }

  /** Closes every session and lets nobody in any more. The agents come back by themselves, to whoever is there then. */
  close(): void {
    this.#isClosed = true
    this.#queue.stop()
    this.#wheel.stop()
    for (const session of this.#sessions.values()) session.close(CLOSE_GOING_AWAY, 'The control plane is stopping')
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, opener: Opener | undefined): void {
    const parameters = this.#protocol.parameters(new URL(request.url ?? '/', 'http://agent').searchParams)
    const admission = this.#options.host.admit(parameters, opener?.caller)
    if ('exception' in admission) {
      this.#options.log.info('agent refused', { ...admission })
      reject(socket, 400, admission)
      return
    }
    const { containerInstanceId } = admission
    this.#acceptor.accept(request, socket, head, (open) =>
      this.#begin(containerInstanceId, parameters, open, opener?.mayStay),
    )
  }

  #begin(containerInstanceId: string, parameters: Parameters, open: Open, mayStay = () => true): void {
    const older = this.#sessions.get(containerInstanceId)
    const session = new Session(this.#protocol, containerInstanceId, parameters, this.#options.log)
    const socket = open(session)
    const stopBeating = this.#wheel.add(() => {
      if (mayStay()) session.beat(this.#options.ids.uuid())
      // An agent is back at once, with the credentials that it has by now.
      else session.close(CLOSE_NORMAL, 'The credentials that opened the connection are not good any more')
    })
    this.#sessions.set(containerInstanceId, session)
    session.begin(socket, () => {
      stopBeating()
      if (this.#sessions.get(containerInstanceId) === session) this.#sessions.delete(containerInstanceId)
    })
    session.handleWith(this.#options.host.connected(session))
    // Not code 1000 or 1001, after which an agent is back at once: two agents with one identity would chase each other.
    older?.close(CLOSE_POLICY, 'The container instance has connected again')
  }
}

const STATUS_TEXT = { 400: 'Bad Request', 503: 'Service Unavailable' } as const

const reject = (socket: Duplex, status: keyof typeof STATUS_TEXT, exception: LinkException): void => {
  const body = encodeRejection({ exception: exception.exception, message: exception.message })
  socket.on('error', () => socket.destroy())
  socket.once('finish', () => socket.destroy())
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_TEXT[status]}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
