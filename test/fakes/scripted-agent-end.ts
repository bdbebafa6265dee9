/**
 * An agent's end of a data channel that does what a test says: it makes the handshake, keeps what it is sent, and writes and ends when it is
 * told to. There is no container behind it.
 */
import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'
import { type Clock, SystemClock } from '../../src/kit/clock.ts'
import { SystemIds } from '../../src/kit/ids.ts'
import { channelClosed, decodeChannelClosed } from '../../src/model/data-channel/channel-closed.ts'
import { ChannelEnd } from '../../src/model/data-channel/channel-end.ts'
import { DataChannelError } from '../../src/model/data-channel/data-channel-error.ts'
import type { ChannelMessage } from '../../src/model/data-channel/frame.ts'
import { encodeHandshakeComplete, encodeHandshakeRequest } from '../../src/model/data-channel/handshake.ts'
import { encodeOpening } from '../../src/model/data-channel/opening.ts'
import { PAYLOAD_TYPE } from '../../src/model/data-channel/payload-types.ts'
import { decodeWindowSize, type WindowSize } from '../../src/model/data-channel/window-size.ts'

export interface Reached {
  readonly sessionId: string
  readonly dataChannelUrl: string
  readonly tokenValue: string
}

const CHUNK_BYTES = 1024

export class ScriptedAgentEnd {
  /** What the client typed. */
  input = ''
  readonly sizes: WindowSize[] = []
  /** What the gateway said, in order, streams and acknowledgements not counted. */
  readonly told: string[] = []
  /** What the gateway gave as the reason of the session's end. */
  farewell: string | undefined
  closeCode: number | undefined
  /** Frames that came and made no sense. */
  badFrames = 0
  readonly #clock: Clock = new SystemClock()
  readonly #ids = new SystemIds()
  readonly #end: ChannelEnd
  readonly #waiting = new Set<() => void>()
  readonly #unsent: Buffer[] = []
  readonly #sessionId: string
  #socket: WebSocket | undefined
  #hasBegun = false
  #isReady = false

  constructor({ sessionId }: Reached) {
    this.#sessionId = sessionId
    this.#end = new ChannelEnd({
      clock: this.#clock,
      ids: this.#ids,
      side: 'agent',
      transmit: (frame) => this.#socket?.readyState === WebSocket.OPEN && this.#socket.send(frame),
      listener: {
        received: (message) => this.#received(message),
        told: (message) => this.#heard(message),
        acknowledged: () => this.#flush(),
      },
    })
  }

  /** Connects, or connects again with another token. */
  async connect({ dataChannelUrl, tokenValue }: Reached): Promise<this> {
    const socket = new WebSocket(dataChannelUrl)
    this.#socket = socket
    socket.on('message', (data: Buffer) => {
      this.#take(data)
      this.#happened()
    })
    socket.on('close', (code) => {
      this.closeCode = code
      this.#end.pause()
      this.#happened()
    })
    await new Promise<void>((resolve, reject) => {
      socket.on('error', reject)
      socket.on('open', () => resolve())
    })
    socket.send(encodeOpening({ requestId: randomUUID(), clientId: randomUUID(), tokenValue }))
    return this
  }

  /** Output of the command. */
  write(text: string | Uint8Array): void {
    const bytes = Buffer.from(text)
    for (let from = 0; from < bytes.length; from += CHUNK_BYTES)
      this.#unsent.push(bytes.subarray(from, from + CHUNK_BYTES))
    this.#flush()
  }

  /** Bytes of output that the client has not taken. */
  get unsentBytes(): number {
    return this.#unsent.reduce((sum, { length }) => sum + length, 0)
  }

  get isAcknowledged(): boolean {
    return this.#unsent.length === 0 && this.#end.isAcknowledged
  }

  /** The command is over. */
  finish(output = ''): void {
    const now = this.#clock.now()
    this.#socket?.send(channelClosed({ sessionId: this.#sessionId, output }, { messageId: this.#ids.uuid(), now }))
  }

  /** The connection breaks. */
  drop(): void {
    this.#socket?.terminate()
  }

  sendRaw(bytes: Uint8Array): void {
    this.#socket?.send(bytes)
  }

  stop(): void {
    this.#end.stop()
    this.#socket?.terminate()
  }

  /** Resolves when the condition holds; it is looked at whenever something happened. */
  until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve()
    return new Promise((resolve) => {
      const look = (): void => {
        if (!condition()) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
    })
  }

  #take(frame: Uint8Array): void {
    try {
      this.#end.take(frame)
    } catch (error) {
      if (!(error instanceof DataChannelError)) throw error
      this.badFrames++
    }
  }

  #happened(): void {
    for (const look of this.#waiting) look()
  }

  #heard(message: ChannelMessage): void {
    this.told.push(message.messageType)
    if (message.messageType === 'pause_publication') this.#end.pause()
    if (message.messageType === 'start_publication') this.#start()
    if (message.messageType === 'channel_closed') this.farewell = decodeChannelClosed(message).output
  }

  #start(): void {
    this.#end.resume()
    if (this.#hasBegun) return
    this.#hasBegun = true
    const request = encodeHandshakeRequest({ agentVersion: '3.3.0.0', sessionType: 'InteractiveCommands' })
    this.#end.send(PAYLOAD_TYPE.handshakeRequest, request)
  }

  #received({ payloadType, payload }: ChannelMessage): void {
    if (payloadType === PAYLOAD_TYPE.output) this.input += Buffer.from(payload).toString()
    if (payloadType === PAYLOAD_TYPE.size) this.sizes.push(decodeWindowSize(payload))
    if (payloadType !== PAYLOAD_TYPE.handshakeResponse) return
    this.#end.send(PAYLOAD_TYPE.handshakeComplete, encodeHandshakeComplete({ handshakeMs: 1, customerMessage: '' }))
    this.#isReady = true
    this.#flush()
  }

  #flush(): void {
    while (this.#isReady && !this.#end.isFull) {
      const chunk = this.#unsent.shift()
      if (chunk === undefined) break
      this.#end.send(PAYLOAD_TYPE.output, chunk)
    }
    this.#happened()
  }
}
