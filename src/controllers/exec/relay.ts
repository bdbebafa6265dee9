/**
 * The two ends of one session and what goes between them: frames as they are, of the types that each end may send. Who is not read is not
 * written to either, so that nothing gathers here. When an end is missing, what the other sends is lost; it is sent again by the protocol.
 */
import { CLOSE_NORMAL } from '../../agentlink/socket.ts'
import type { Clock } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import { channelClosed, decodeChannelClosed } from '../../model/data-channel/channel-closed.ts'
import { DataChannelError } from '../../model/data-channel/data-channel-error.ts'
import { decodeFrame, messageTypeOf } from '../../model/data-channel/frame.ts'
import { publication } from '../../model/data-channel/publication.ts'
import type { Connection, ConnectionListener } from './connection.ts'

export type Side = 'client' | 'agent'

export interface RelayOptions {
  readonly sessionId: string
  readonly targetId: string
  readonly clock: Clock
  readonly ids: Ids
  readonly listener: RelayListener
}

export interface RelayListener {
  /** An end is gone, and no other connection has taken its place. */
  lost(side: Side): void
  /** The command is over; its agent says why, or nothing. */
  agentEnded(output: string): void
}

/** What each end may send to the other. What only a gateway may say is not among it. */
const PASSED: Readonly<Record<Side, ReadonlySet<string>>> = {
  client: new Set(['input_stream_data', 'acknowledge']),
  agent: new Set(['output_stream_data', 'acknowledge']),
}

const otherSide = (side: Side): Side => (side === 'client' ? 'agent' : 'client')

export class Relay {
  readonly #options: RelayOptions
  readonly #ends: Record<Side, Connection | undefined> = { client: undefined, agent: undefined }
  readonly #awaySince: Record<Side, number>
  #hadAgent = false

  constructor(options: RelayOptions) {
    const now = options.clock.monotonic()
    this.#options = options
    this.#awaySince = { client: now, agent: now }
  }

  has(side: Side): boolean {
    return this.#ends[side] !== undefined
  }

  get hadAgent(): boolean {
    return this.#hadAgent
  }

  /** For how long there has been no such end. */
  awayMs(side: Side): number {
    return this.has(side) ? 0 : this.#options.clock.monotonic() - this.#awaySince[side]
  }

  /** The newest connection of a side is the one that counts. */
  attach(side: Side, connection: Connection): void {
    const before = this.#ends[side]
    this.#ends[side] = connection
    if (side === 'agent') this.#hadAgent = true
    connection.listenWith(this.#listenerOf(side, connection))
    before?.close(CLOSE_NORMAL, 'Another connection has taken the place of this one')
    this.#ends[otherSide(side)]?.release()
    // What was on its way to the client before is lost: its agent begins anew.
    if (side === 'client' && before !== undefined) this.#tellAgent('pause_publication')
    this.#tellAgent(this.has('client') ? 'start_publication' : 'pause_publication')
  }

  /** The session is over. Each end hears why, after all that was sent to it. */
  end(output: string): void {
    const { sessionId, targetId: destinationId } = this.#options
    const frame = channelClosed({ sessionId, output, destinationId }, this.#stamp())
    for (const connection of this.#detachAll()) {
      connection.send(frame)
      connection.close(CLOSE_NORMAL, 'The session is over')
    }
  }

  /** The connections end, and the session does not. */
  drop(code: number, reason: string): void {
    for (const connection of this.#detachAll()) connection.close(code, reason)
  }

  turn(): void {
    this.#ends.client?.turn()
    this.#ends.agent?.turn()
  }

  #detachAll(): readonly Connection[] {
    const ends = [this.#ends.client, this.#ends.agent].filter((connection) => connection !== undefined)
    this.#ends.client = this.#ends.agent = undefined
    return ends
  }

  #listenerOf(side: Side, connection: Connection): ConnectionListener {
    return {
      text: () => {}, // There is one text frame, and it was read.
      frame: (frame) => this.#took(side, connection, frame),
      drained: () => this.#ends[otherSide(side)]?.release(),
      ended: () => this.#lost(side, connection),
    }
  }

  #took(side: Side, connection: Connection, frame: Uint8Array): void {
    const messageType = messageTypeOf(frame)
    if (side === 'agent' && messageType === 'channel_closed') this.#options.listener.agentEnded(outputOf(frame))
    if (!PASSED[side].has(messageType)) return
    const other = this.#ends[otherSide(side)]
    other?.send(frame)
    if (other?.isCongested === true) connection.hold()
  }

  #lost(side: Side, connection: Connection): void {
    if (this.#ends[side] !== connection) return
    this.#ends[side] = undefined
    this.#awaySince[side] = this.#options.clock.monotonic()
    this.#ends[otherSide(side)]?.release()
    if (side === 'client') this.#tellAgent('pause_publication')
    this.#options.listener.lost(side)
  }

  #tellAgent(messageType: Parameters<typeof publication>[0]): void {
    this.#ends.agent?.send(publication(messageType, this.#stamp()))
  }

  #stamp(): { readonly messageId: string; readonly now: number } {
    const { clock, ids } = this.#options
    return { messageId: ids.uuid(), now: clock.now() }
  }
}

const outputOf = (frame: Uint8Array): string => {
  try {
    return decodeChannelClosed(decodeFrame(frame)).output
  } catch (error) {
    if (error instanceof DataChannelError) return ''
    throw error
  }
}
