/**
 * The receiving end of one direction: gives every message once, in the order of its number, however it comes, and says which are to be
 * acknowledged. What cannot be taken yet waits, within limits; what does not fit is not acknowledged, and so comes again.
 */
import { DATA_CHANNEL_REORDER_BYTES, DATA_CHANNEL_REORDER_MESSAGES } from '../exec-limits.ts'
import type { ChannelMessage } from './frame.ts'

export interface ReceiveStreamOptions {
  /** The SSM agent acknowledges again what it already has; the Session Manager plugin is silent. */
  readonly acknowledgesDuplicates: boolean
  readonly bufferMessages?: number
  readonly bufferBytes?: number
}

export class ReceiveStream {
  readonly #acknowledgesDuplicates: boolean
  readonly #bufferMessages: number
  readonly #bufferBytes: number
  readonly #waiting = new Map<number, ChannelMessage>()
  #waitingBytes = 0
  #expected = 0

  constructor({ acknowledgesDuplicates, bufferMessages, bufferBytes }: ReceiveStreamOptions) {
    this.#acknowledgesDuplicates = acknowledgesDuplicates
    this.#bufferMessages = bufferMessages ?? DATA_CHANNEL_REORDER_MESSAGES
    this.#bufferBytes = bufferBytes ?? DATA_CHANNEL_REORDER_BYTES
  }

  /** A message that came. Whether it is to be acknowledged. */
  receive(message: ChannelMessage): boolean {
    const { sequenceNumber, payload } = message
    if (sequenceNumber < this.#expected || this.#waiting.has(sequenceNumber)) return this.#acknowledgesDuplicates
    if (sequenceNumber - this.#expected >= this.#bufferMessages) return false
    // The next one always has room: without it, nothing goes on.
    if (sequenceNumber > this.#expected && this.#waitingBytes + payload.length > this.#bufferBytes) return false
    // The payload is a part of a frame that its socket may use again.
    this.#waiting.set(sequenceNumber, { ...message, payload: Buffer.from(payload) })
    this.#waitingBytes += payload.length
    return true
  }

  /** The next message in order, if it is there. It stays until `taken`. */
  get next(): ChannelMessage | undefined {
    return this.#waiting.get(this.#expected)
  }

  /** The next message is done with. */
  taken(): void {
    const { next } = this
    if (next === undefined) return
    this.#waiting.delete(this.#expected++)
    this.#waitingBytes -= next.payload.length
  }
}
