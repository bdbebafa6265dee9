/**
 * What an agent's session sees of the world: a gateway that it connects to, and a client behind that. Both do what the test tells them; the
 * client follows the protocol, acknowledgements included.
 */
import type { ClientDataSocketListener, DataSocket, OpenDataSocket } from '../../src/agentlink/data-socket.ts'
import { CLOSE_LOST } from '../../src/agentlink/socket.ts'
import type { Clock } from '../../src/kit/clock.ts'
import type { Ids } from '../../src/kit/ids.ts'
import { decodeChannelClosed } from '../../src/model/data-channel/channel-closed.ts'
import { ChannelEnd } from '../../src/model/data-channel/channel-end.ts'
import { type ChannelMessage, decodeFrame, messageTypeOf } from '../../src/model/data-channel/frame.ts'
import { encodeHandshakeResponse } from '../../src/model/data-channel/handshake.ts'
import { decodeExitCode } from '../../src/model/data-channel/own-client.ts'
import { PAYLOAD_TYPE } from '../../src/model/data-channel/payload-types.ts'
import { publication } from '../../src/model/data-channel/publication.ts'
import { encodeWindowSize } from '../../src/model/data-channel/window-size.ts'

interface Connection {
  readonly listener: ClientDataSocketListener
  isOpen: boolean
}

export class AgentDataChannel {
  readonly client: ChannelEnd
  /** Tokens of the connections, in order. */
  readonly tokens: string[] = []
  stdout = ''
  stderr = ''
  exitCode: number | undefined
  /** The sentence of the end; undefined until there is one. */
  farewell: string | undefined
  /** In the handshake. */
  clientVersion = '1.2.707.0'
  /** False for a client that does not read. */
  isReading = true
  /** So many acknowledgements are lost on their way. */
  lostAcknowledgements = 0
  readonly #clock: Clock
  readonly #ids: Ids
  #connection: Connection | undefined
  /** What waits in the agent while the gateway does not read it. */
  #held: (string | Uint8Array)[] | undefined

  constructor(clock: Clock, ids: Ids) {
    this.#clock = clock
    this.#ids = ids
    this.client = new ChannelEnd({
      clock,
      ids,
      side: 'client',
      transmit: (frame) => this.#transmit(frame),
      listener: { received: (message) => this.received(message), told: () => {} },
    })
  }

  readonly open: OpenDataSocket = (_request, listener): DataSocket => {
    const connection: Connection = { listener, isOpen: true }
    this.#connection = connection
    queueMicrotask(() => listener.opened())
    const heldBytes = (): number => this.heldBytes
    return {
      get bufferedBytes() {
        return heldBytes()
      },
      send: (frame) => {
        if (this.#held === undefined) this.#sent(connection, frame)
        else this.#held.push(frame)
      },
      pause: () => {},
      resume: () => {},
      ping: () => queueMicrotask(() => this.#held ?? listener.alive?.()),
      close: () => this.#end(connection),
      terminate: () => this.#end(connection),
    }
  }

  /** The gateway says that a client is there, or none. */
  attach(): void {
    this.#deliver(publication('start_publication', this.#stamp()))
    this.client.resume()
  }

  detach(): void {
    this.client.pause()
    this.#deliver(publication('pause_publication', this.#stamp()))
  }

  /** The gateway says something. */
  tell(frame: Uint8Array): void {
    this.#deliver(frame)
  }

  /** The gateway does not read the agent until `release`: it answers no pings either. */
  hold(): void {
    this.#held = []
  }

  release(): void {
    const [held, connection] = [this.#held ?? [], this.#connection]
    this.#held = undefined
    if (connection !== undefined) for (const frame of held) this.#sent(connection, frame)
  }

  get heldBytes(): number {
    return (this.#held ?? []).reduce((sum, { length }) => sum + length, 0)
  }

  /** The connection breaks. */
  lose(): void {
    if (this.#connection !== undefined) this.#end(this.#connection)
  }

  get isConnected(): boolean {
    return this.#connection?.isOpen === true
  }

  type(text: string): void {
    this.client.send(PAYLOAD_TYPE.output, Buffer.from(text))
  }

  resize(columns: number, rows: number): void {
    this.client.send(PAYLOAD_TYPE.size, encodeWindowSize({ columns, rows }))
  }

  received({ payloadType, payload }: ChannelMessage): boolean {
    const text = Buffer.from(payload).toString()
    if (payloadType === PAYLOAD_TYPE.handshakeRequest) this.#answerHandshake()
    if (payloadType === PAYLOAD_TYPE.output) this.stdout += text
    if (payloadType === PAYLOAD_TYPE.standardError) this.stderr += text
    if (payloadType === PAYLOAD_TYPE.exitCode) this.exitCode = decodeExitCode(payload)
    return true
  }

  #answerHandshake(): void {
    const { clientVersion } = this
    const actions = [{ actionType: 'SessionType', status: 1 }]
    this.client.send(PAYLOAD_TYPE.handshakeResponse, encodeHandshakeResponse({ clientVersion, actions }))
  }

  #sent(connection: Connection, frame: string | Uint8Array): void {
    if (!connection.isOpen) return
    if (typeof frame === 'string') {
      this.tokens.push((JSON.parse(frame) as { TokenValue: string }).TokenValue)
      return
    }
    const copy = Buffer.from(frame)
    queueMicrotask(() => this.#read(copy))
  }

  #read(frame: Buffer): void {
    const message = decodeFrame(frame)
    if (message.messageType === 'channel_closed') this.farewell = decodeChannelClosed(message).output
    else if (this.isReading) this.client.take(frame)
  }

  #transmit(frame: Uint8Array): void {
    const isLost = this.lostAcknowledgements > 0 && messageTypeOf(frame) === 'acknowledge'
    if (isLost) this.lostAcknowledgements--
    else this.#deliver(frame)
  }

  #deliver(frame: Uint8Array): void {
    const connection = this.#connection
    const copy = Buffer.from(frame)
    queueMicrotask(() => {
      if (connection?.isOpen === true) connection.listener.frame(copy)
    })
  }

  #end(connection: Connection): void {
    if (!connection.isOpen) return
    connection.isOpen = false
    this.client.pause()
    queueMicrotask(() => connection.listener.ended({ kind: 'closed', code: CLOSE_LOST, reason: '' }))
  }

  #stamp(): { readonly messageId: string; readonly now: number } {
    return { messageId: this.#ids.uuid(), now: this.#clock.now() }
  }
}
