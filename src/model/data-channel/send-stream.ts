/**
 * The sending end of one direction: numbers messages, keeps them until they are acknowledged, and says what has to be sent again when.
 * It takes no more than a window of unacknowledged messages, so that whoever fills it has to wait for whoever reads.
 *
 * Times are given by the caller, of any clock that does not go back, except for the created date, which is of the epoch.
 */
import {
  DATA_CHANNEL_PROBES,
  DATA_CHANNEL_WINDOW_BYTES,
  DATA_CHANNEL_WINDOW_MESSAGES,
  RETRANSMISSION_ATTEMPTS,
} from '../exec-limits.ts'
import type { Acknowledgement } from './acknowledgement.ts'
import { DataChannelError } from './data-channel-error.ts'
import { encodeFrame, FLAGS, type StreamMessageType } from './frame.ts'
import { PAYLOAD_TYPE } from './payload-types.ts'
import { RetransmissionTimeout } from './retransmission-timeout.ts'

export interface SendStreamOptions {
  readonly messageType: StreamMessageType
  readonly newMessageId: () => string
  /**
   * The Session Manager plugin does not acknowledge what it already has, so that an acknowledgement which is lost never comes again. If
   * set, a message is taken as arrived when it was sent again ten times on this connection and each time something that was sent later has
   * been acknowledged. That holds where frames keep their order; `reconnected` has to be called when frames were lost.
   */
  readonly presumesArrival?: boolean
  readonly windowMessages?: number
  readonly windowBytes?: number
}

export interface NewMessage {
  readonly payloadType: number
  readonly payload: Uint8Array
  /** Milliseconds since the epoch. */
  readonly createdDate: number
}

interface Unacknowledged {
  readonly sequenceNumber: number
  readonly messageId: string
  readonly frame: Buffer
  readonly firstSentAt: number
  lastSentAt: number
  /** Counts every transmission of the stream, to tell what was sent before what. */
  lastTransmission: number
  resends: number
  /** Times that it was sent again and stayed unacknowledged while something that was sent later did not. */
  silences: number
}

const SILENCES_OF_WHAT_ARRIVED = 10

export class SendStream {
  readonly #options: SendStreamOptions
  readonly #windowMessages: number
  readonly #windowBytes: number
  readonly #timeout = new RetransmissionTimeout()
  /** By number; what was transmitted longest ago comes first. */
  readonly #unacknowledged = new Map<number, Unacknowledged>()
  /** Those of them that were sent again. */
  readonly #repeated = new Set<Unacknowledged>()
  #unacknowledgedBytes = 0
  #next = 0
  #transmissions = 0
  #hasGivenUp = false

  constructor(options: SendStreamOptions) {
    this.#options = options
    this.#windowMessages = options.windowMessages ?? DATA_CHANNEL_WINDOW_MESSAGES
    this.#windowBytes = options.windowBytes ?? DATA_CHANNEL_WINDOW_BYTES
  }

  /** Nothing may be sent until something is acknowledged. */
  get isFull(): boolean {
    return this.#unacknowledged.size >= this.#windowMessages || this.#unacknowledgedBytes >= this.#windowBytes
  }

  /** Everything that was sent is acknowledged. */
  get isAcknowledged(): boolean {
    return this.#unacknowledged.size === 0
  }

  /** One message was sent again so often that there can be nobody at the other end. */
  get hasGivenUp(): boolean {
    return this.#hasGivenUp
  }

  /** The frame of the next message, to be transmitted. Throws `DataChannelError` if the window is full. */
  send(message: NewMessage, now: number): Buffer {
    if (this.isFull) throw new DataChannelError('Too much is unacknowledged to send more.')
    return this.#send(message, now)
  }

  /**
   * The frame of a message that says nothing, to be transmitted: its acknowledgement tells what arrived before it. For a window that is full
   * of what was acknowledged in vain, so that nothing else could be sent. Undefined if enough of them are on their way.
   */
  probe(createdDate: number, now: number): Buffer | undefined {
    const isMuch = this.#unacknowledged.size >= this.#windowMessages + DATA_CHANNEL_PROBES
    if (isMuch || !this.isFull || this.#repeated.size === 0) return undefined
    return this.#send({ payloadType: PAYLOAD_TYPE.parameter, payload: new Uint8Array(0), createdDate }, now)
  }

  #send({ payloadType, payload, createdDate }: NewMessage, now: number): Buffer {
    const { messageType, newMessageId } = this.#options
    const sequenceNumber = this.#next++
    const messageId = newMessageId()
    const isFirstOfAgent = sequenceNumber === 0 && messageType === 'output_stream_data'
    const flags = isFirstOfAgent ? FLAGS.first : FLAGS.none
    const frame = encodeFrame({ messageType, createdDate, sequenceNumber, flags, messageId, payloadType, payload })
    this.#unacknowledged.set(sequenceNumber, {
      sequenceNumber,
      messageId,
      frame,
      firstSentAt: now,
      lastSentAt: now,
      lastTransmission: this.#transmissions++,
      resends: 0,
      silences: 0,
    })
    this.#unacknowledgedBytes += frame.length
    return frame
  }

  /** Whether it was an acknowledgement of something that was sent and not yet acknowledged. */
  acknowledge({ messageType, messageId, sequenceNumber }: Acknowledgement, now: number): boolean {
    const message = this.#unacknowledged.get(sequenceNumber)
    if (message?.messageId !== messageId.toLowerCase() || messageType !== this.#options.messageType) return false
    this.#timeout.observe(now - message.firstSentAt)
    this.#forget(message)
    if (this.#options.presumesArrival === true) this.#notice(message)
    return true
  }

  /**
   * The message that has waited longest, if that is too long: to be transmitted again. Asked every tenth of a second. So each has its turn,
   * also where some are never acknowledged.
   */
  resend(now: number): Buffer | undefined {
    const [message] = this.#unacknowledged.values()
    if (message === undefined || now - message.lastSentAt <= this.#timeout.ms) return undefined
    return this.#again(message, now)
  }

  /** The connection is another than before, and what was on its way is lost: everything unacknowledged, to be transmitted again. */
  reconnected(now: number): readonly Buffer[] {
    const inOrder = [...this.#unacknowledged.values()].toSorted(
      (one, other) => one.sequenceNumber - other.sequenceNumber,
    )
    return inOrder.map((message) => {
      message.silences = 0
      return this.#again(message, now)
    })
  }

  #again(message: Unacknowledged, now: number): Buffer {
    message.lastSentAt = now
    message.lastTransmission = this.#transmissions++
    if (++message.resends > RETRANSMISSION_ATTEMPTS) this.#hasGivenUp = true
    this.#unacknowledged.delete(message.sequenceNumber)
    this.#unacknowledged.set(message.sequenceNumber, message)
    this.#repeated.add(message)
    return message.frame
  }

  /** What was sent again before `arrived` was sent has arrived before it. */
  #notice(arrived: Unacknowledged): void {
    for (const message of this.#repeated) {
      const isLater = message.sequenceNumber > arrived.sequenceNumber
      if (isLater || message.lastTransmission > arrived.lastTransmission) continue
      // Each time that it is sent again counts once.
      message.lastTransmission = Number.POSITIVE_INFINITY
      if (++message.silences >= SILENCES_OF_WHAT_ARRIVED) this.#forget(message)
    }
  }

  #forget(message: Unacknowledged): void {
    if (this.#unacknowledged.delete(message.sequenceNumber)) this.#unacknowledgedBytes -= message.frame.length
    this.#repeated.delete(message)
  }
}
