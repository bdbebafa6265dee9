/**
 * The agent's end of a session's data channel: the protocol over whichever connection there is, with a wait for room where more would be sent
 * than the client takes. A connection that is lost leaves everything as it is; the control plane gives another address and token.
 */
import type { DataSocket, OpenDataSocket } from '../../agentlink/data-socket.ts'
import { CLOSE_NORMAL } from '../../agentlink/socket.ts'
import type { Clock, Timer } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import type { Log } from '../../kit/log.ts'
import { channelClosed } from '../../model/data-channel/channel-closed.ts'
import { ChannelEnd } from '../../model/data-channel/channel-end.ts'
import { DataChannelError } from '../../model/data-channel/data-channel-error.ts'
import type { ChannelMessage } from '../../model/data-channel/frame.ts'
import { encodeOpening } from '../../model/data-channel/opening.ts'
import { DATA_CHANNEL_PING_MS, DATA_CHANNEL_SILENT_TURNS, DATA_CHANNEL_SOCKET_BYTES } from '../../model/exec-limits.ts'

const SILENT_TURNS = DATA_CHANNEL_SILENT_TURNS + 2

export interface ChannelAddress {
  /** `ws:` or `wss:`. */
  readonly dataChannelUrl: string
  /** Good once. */
  readonly tokenValue: string
}

export interface ChannelListener {
  /** A message of the client's, each once and in order. False: it is given again by `drain`. */
  received(message: ChannelMessage): boolean
  /** From now on somebody reads what is sent. */
  clientCame(): void
  /** Nobody does any more, until `clientCame`. */
  clientGone(): void
  /** The control plane, or the client, has ended the session. */
  closed(): void
}

export interface SessionChannelOptions {
  readonly sessionId: string
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly openDataSocket: OpenDataSocket
  readonly listener: ChannelListener
}

export class SessionChannel {
  readonly #options: SessionChannelOptions
  readonly #end: ChannelEnd
  readonly #waiting: (() => void)[] = []
  #socket: DataSocket | undefined
  #pings: Timer | undefined
  #silentTurns = 0
  #hasClient = false

  constructor(options: SessionChannelOptions) {
    const { clock, ids, listener } = options
    this.#options = options
    this.#end = new ChannelEnd({
      clock,
      ids,
      side: 'agent',
      transmit: (frame) => this.#socket?.send(frame),
      isCongested: () => (this.#socket?.bufferedBytes ?? 0) > DATA_CHANNEL_SOCKET_BYTES,
      listener: {
        received: (message) => listener.received(message),
        told: (message) => this.#told(message),
        acknowledged: () => this.#wake(),
        gaveUp: () => listener.closed(),
      },
    })
  }

  get hasClient(): boolean {
    return this.#hasClient
  }

  /** Whoever sends has to wait. */
  get isFull(): boolean {
    return this.#end.isFull
  }

  /** Everything that was sent has arrived. */
  get isAcknowledged(): boolean {
    return this.#end.isAcknowledged
  }

  /** Takes the place of any connection before. */
  connect({ dataChannelUrl: url, tokenValue }: ChannelAddress): void {
    const { ids, openDataSocket } = this.#options
    const before = this.#socket
    this.#detach()
    const socket: DataSocket = openDataSocket(
      { url, headers: {} },
      {
        opened: () => socket.send(encodeOpening({ requestId: ids.uuid(), tokenValue, clientId: ids.uuid() })),
        text: () => {},
        frame: (frame) => {
          if (this.#socket === socket) this.#take(frame)
        },
        drained: () => {},
        alive: () => (this.#silentTurns = 0),
        ended: () => {
          if (this.#socket === socket) this.#detach()
        },
      },
    )
    this.#socket = socket
    before?.close(CLOSE_NORMAL, 'Another connection takes its place')
    this.#watch(socket)
  }

  /** Resolves when the message is on its way: not before there is room for it. */
  async send(payloadType: number, payload: Uint8Array): Promise<void> {
    while (this.#end.isFull) await this.acknowledgement()
    this.#end.send(payloadType, payload)
  }

  /** Resolves at the next acknowledgement that makes room. */
  acknowledgement(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Gives the messages that could not be taken before. */
  drain(): void {
    this.#end.drain()
  }

  /** The end, for both sides; `output` is a sentence for the user. */
  close(output: string): void {
    const { sessionId, clock, ids } = this.#options
    const socket = this.#socket
    this.#end.stop()
    this.#detach()
    socket?.send(channelClosed({ sessionId, output }, { messageId: ids.uuid(), now: clock.now() }))
    socket?.close(CLOSE_NORMAL, 'The session has ended')
  }

  #take(frame: Uint8Array): void {
    try {
      this.#end.take(frame)
    } catch (error) {
      if (!(error instanceof DataChannelError)) throw error
      const { log, sessionId } = this.#options
      log.debug('frame of a data channel dropped', { sessionId, error: error.message })
    }
  }

  #told({ messageType }: ChannelMessage): void {
    const { listener } = this.#options
    if (messageType === 'channel_closed') return listener.closed()
    if (messageType === 'pause_publication') return this.#clientGone()
    if (messageType !== 'start_publication') return
    this.#hasClient = true
    this.#end.resume()
    listener.clientCame()
  }

  #clientGone(): void {
    if (!this.#hasClient) return
    this.#hasClient = false
    this.#end.pause()
    this.#options.listener.clientGone()
  }

  #detach(): void {
    this.#socket = undefined
    this.#pings?.cancel()
    this.#clientGone()
  }

  /**
   * One that is silent for minutes is gone. Not sooner: while the client stands still, the control plane reads nothing, and answers nothing. It
   * gives up the client before, and reads again then.
   */
  #watch(socket: DataSocket): void {
    this.#silentTurns = 0
    const turn = (): void => {
      if (this.#silentTurns++ >= SILENT_TURNS) return socket.terminate()
      socket.ping()
      this.#pings = this.#options.clock.setTimer(DATA_CHANNEL_PING_MS, turn)
    }
    this.#pings = this.#options.clock.setTimer(DATA_CHANNEL_PING_MS, turn)
  }

  #wake(): void {
    for (const resume of this.#waiting.splice(0)) resume()
  }
}
