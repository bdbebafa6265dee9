/**
 * One agent's connection as the control plane sees it: typed messages out and in, heartbeats, and one notice of its end.
 * What the messages mean is for the handler; which messages there are is for the protocol (`acs-server.ts`, `tcs-server.ts`).
 */
import type { Log } from '../kit/log.ts'
import { SOCKET_BUFFER_BYTES } from '../model/limits.ts'
import type { Envelope } from './acs-messages.ts'
import { CLOSE_GOING_AWAY, type MessageSocket, type SocketListener } from './socket.ts'

/** What differs between ACS and TCS. */
export interface SessionProtocol<Parameters, Incoming, Outgoing extends Envelope> {
  /** What the agent says of itself in the query of its upgrade. */
  readonly parameters: (query: URLSearchParams) => Parameters
  /** The message in a frame, or undefined if it is none that this protocol knows. */
  readonly decode: (frame: string) => Incoming | undefined
  /** The answer that every such message gets at once, if any. */
  readonly reply: (message: Incoming) => Outgoing | undefined
  readonly heartbeat: (messageId: string) => Outgoing
  readonly isHeartbeatAck: (message: Incoming) => boolean
  /** Whether a session whose heartbeats stay unacknowledged is closed. */
  readonly requiresHeartbeatAcks: (parameters: Parameters) => boolean
  readonly maxMessageBytes: number
}

/** Hears of one session. `closed` comes exactly once, and nothing after it. */
export interface SessionHandler<Incoming> {
  message(message: Incoming): void
  /** The session took no more for a while and can be written again. */
  drained(): void
  closed(): void
}

/** Heartbeats in a row without acknowledgement after which a session is closed. */
const UNACKED_HEARTBEATS = 2

export class Session<Parameters, Incoming, Outgoing extends Envelope> implements SocketListener {
  readonly containerInstanceId: string
  readonly parameters: Parameters
  readonly #protocol: SessionProtocol<Parameters, Incoming, Outgoing>
  #socket: MessageSocket | undefined
  #handler: SessionHandler<Incoming> | undefined
  #onEnd: (() => void) | undefined
  #unackedHeartbeats = 0
  readonly #log: Log

  constructor(
    protocol: SessionProtocol<Parameters, Incoming, Outgoing>,
    containerInstanceId: string,
    parameters: Parameters,
    log: Log,
  ) {
    this.#protocol = protocol
    this.#log = log
    this.containerInstanceId = containerInstanceId
    this.parameters = parameters
  }

  /** For the server that made the session, before anyone else sees it. */
  begin(socket: MessageSocket, onEnd: () => void): void {
    this.#socket = socket
    this.#onEnd = onEnd
  }

  /** For the server: who hears of the session from now on. */
  handleWith(handler: SessionHandler<Incoming>): void {
    if (this.isOpen) this.#handler = handler
    else handler.closed()
  }

  get isOpen(): boolean {
    return this.#socket !== undefined
  }

  /** The agent does not take what was sent; send no more until `drained`. */
  get isCongested(): boolean {
    return (this.#socket?.bufferedBytes ?? 0) > SOCKET_BUFFER_BYTES
  }

  /** Sends; a message to a session that has ended is lost, as it would be on the wire. */
  send(message: Outgoing): void {
    this.#socket?.send(JSON.stringify(message))
  }

  close(code: number, reason: string): void {
    const socket = this.#socket
    this.#end()
    socket?.close(code, reason)
  }

  /** One turn of the heartbeat wheel. */
  beat(messageId: string): void {
    const mustAck = this.#protocol.requiresHeartbeatAcks(this.parameters)
    if (mustAck && this.#unackedHeartbeats >= UNACKED_HEARTBEATS) {
      this.close(CLOSE_GOING_AWAY, 'Heartbeats were not acknowledged')
      return
    }
    this.#unackedHeartbeats++
    this.send(this.#protocol.heartbeat(messageId))
  }

  message(frame: string): void {
    const message = this.#socket === undefined ? undefined : this.#protocol.decode(frame)
    if (message === undefined) return
    if (this.#protocol.isHeartbeatAck(message)) {
      this.#unackedHeartbeats = 0
      return
    }
    const reply = this.#protocol.reply(message)
    if (reply !== undefined) this.send(reply)
    this.#tell((handler) => handler.message(message))
  }

  drained(): void {
    this.#tell((handler) => handler.drained())
  }

  ended(): void {
    this.#end()
  }

  #end(): void {
    const onEnd = this.#onEnd
    this.#socket = undefined
    this.#onEnd = undefined
    onEnd?.()
    this.#tell((handler) => handler.closed())
    this.#handler = undefined
  }

  /** A handler's mistake with one message must not take the process, and with it every other session, down. */
  #tell(what: (handler: SessionHandler<Incoming>) => void): void {
    if (this.#handler === undefined) return
    try {
      what(this.#handler)
    } catch (error) {
      this.#log.error('handling an agent failed', { containerInstanceId: this.containerInstanceId, error })
    }
  }
}
