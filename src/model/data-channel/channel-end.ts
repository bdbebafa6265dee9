/**
 * One end of a data channel above any connection: what it sends arrives once and in order while connections come and go, and likewise
 * what it is given. Agent, CLI and tests have it in common; they differ in who is silent on duplicates, and in what they do with messages.
 */
import type { Clock, Timer } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import { AGENT_RETRANSMISSIONS, DATA_CHANNEL_PROBE_TURNS, RETRANSMISSION_INTERVAL_MS } from '../exec-limits.ts'
import { acknowledgementOf, decodeAcknowledgement } from './acknowledgement.ts'
import { type ChannelMessage, decodeFrame, type StreamMessageType } from './frame.ts'
import { ReceiveStream } from './receive-stream.ts'
import { SendStream } from './send-stream.ts'

export interface ChannelEndOptions {
  readonly clock: Clock
  readonly ids: Ids
  readonly side: 'agent' | 'client'
  /** Writes a frame to the connection that there is. Lost, if there is none. */
  readonly transmit: (frame: Uint8Array) => void
  /**
   * What was transmitted has not left yet. For agents: nothing is sent again meanwhile, nor acknowledged, which they are asked for again;
   * else whoever writes and does not read would fill their memory.
   */
  readonly isCongested?: () => boolean
  readonly listener: ChannelEndListener
}

export interface ChannelEndListener {
  /** A message of the other end, each once and in order. False if it cannot be taken now: it comes again at `drain`. */
  readonly received: (message: ChannelMessage) => boolean | void
  /** Of another type than streams and acknowledgements: `channel_closed`, `start_publication`, `pause_publication`. */
  readonly told: (message: ChannelMessage) => void
  /** After `isFull`: there is room again. Also when nothing is unacknowledged any more. */
  readonly acknowledged?: () => void
  /** One message was sent again 3,000 times, in five minutes at the least. */
  readonly gaveUp?: () => void
}

const STREAM_OF = { agent: 'output_stream_data', client: 'input_stream_data' } as const

export class ChannelEnd {
  readonly #options: ChannelEndOptions
  readonly #incomingType: StreamMessageType
  readonly #sending: SendStream
  readonly #receiving: ReceiveStream
  #timer: Timer | undefined
  #isPaused = true
  #isStopped = false
  #isDraining = false
  #turns = 0

  constructor(options: ChannelEndOptions) {
    const { ids, side } = options
    this.#options = options
    this.#incomingType = STREAM_OF[side === 'agent' ? 'client' : 'agent']
    const isAgent = side === 'agent'
    this.#sending = new SendStream({
      messageType: STREAM_OF[side],
      newMessageId: () => ids.uuid(),
      presumesArrival: isAgent,
    })
    this.#receiving = new ReceiveStream({ acknowledgesDuplicates: isAgent })
  }

  /** Nothing may be sent until `acknowledged`. */
  get isFull(): boolean {
    return this.#sending.isFull
  }

  /** All that was sent has arrived. */
  get isAcknowledged(): boolean {
    return this.#sending.isAcknowledged
  }

  /** There is a connection, and somebody at its other end: what is unacknowledged goes out, and is repeated from now on. */
  resume(): void {
    if (this.#isStopped) return
    this.#isPaused = false
    for (const frame of this.#sending.reconnected(this.#now())) this.#options.transmit(frame)
    this.#schedule()
  }

  /** Nobody is there: what is sent is kept, and transmitted by `resume`. */
  pause(): void {
    this.#isPaused = true
    this.#timer?.cancel()
    this.#timer = undefined
  }

  /** For ever. */
  stop(): void {
    this.pause()
    this.#isStopped = true
  }

  /** Throws `DataChannelError` if `isFull`. */
  send(payloadType: number, payload: Uint8Array): void {
    const frame = this.#sending.send({ payloadType, payload, createdDate: this.#options.clock.now() }, this.#now())
    if (this.#isPaused) return
    this.#options.transmit(frame)
    this.#schedule()
  }

  /** A frame that came over the connection. Throws `DataChannelError` if it is none. */
  take(bytes: Uint8Array): void {
    const message = decodeFrame(bytes)
    if (message.messageType === 'acknowledge') this.#acknowledged(message)
    else if (message.messageType === this.#incomingType) this.#receive(message)
    else this.#options.listener.told(message)
  }

  /** Gives what came and could not be taken before. */
  drain(): void {
    if (this.#isDraining) return
    this.#isDraining = true
    try {
      for (let { next } = this.#receiving; next !== undefined; { next } = this.#receiving) {
        if (this.#options.listener.received(next) === false) return
        this.#receiving.taken()
      }
    } finally {
      this.#isDraining = false
    }
  }

  #acknowledged(message: ChannelMessage): void {
    if (!this.#sending.acknowledge(decodeAcknowledgement(message), this.#now())) return
    if (!this.#sending.isFull) this.#options.listener.acknowledged?.()
  }

  #receive(message: ChannelMessage): void {
    const { messageId, messageType, sequenceNumber } = message
    if (this.#receiving.receive(message) && !this.#isCongested)
      this.#acknowledge({ messageId, messageType, sequenceNumber })
    this.drain()
  }

  #acknowledge(of: Parameters<typeof acknowledgementOf>[0]): void {
    const { clock, ids, transmit } = this.#options
    transmit(acknowledgementOf(of, { messageId: ids.uuid(), now: clock.now() }))
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#isPaused || this.#sending.isAcknowledged) return
    this.#timer = this.#options.clock.setTimer(RETRANSMISSION_INTERVAL_MS, () => this.#tick())
  }

  #tick(): void {
    this.#timer = undefined
    if (!this.#isCongested) this.#repeat()
    if (this.#sending.hasGivenUp) this.#options.listener.gaveUp?.()
    else this.#schedule()
  }

  #repeat(): void {
    this.#resend()
    if (this.#options.side === 'agent' && ++this.#turns % DATA_CHANNEL_PROBE_TURNS === 0) this.#probe()
  }

  #resend(): void {
    const limit = this.#options.side === 'agent' ? AGENT_RETRANSMISSIONS : 1
    for (let count = 0; count < limit; count++) {
      const frame = this.#sending.resend(this.#now())
      if (frame === undefined) return
      this.#options.transmit(frame)
    }
  }

  #probe(): void {
    const frame = this.#sending.probe(this.#options.clock.now(), this.#now())
    if (frame !== undefined) this.#options.transmit(frame)
  }

  get #isCongested(): boolean {
    return this.#options.isCongested?.() === true
  }

  #now(): number {
    return this.#options.clock.monotonic()
  }
}
