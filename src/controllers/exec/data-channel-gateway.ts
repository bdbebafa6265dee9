/**
 * Lets both ends of sessions in: a websocket that is of a session by its path, and of one of its ends by the token in its first frame. A token
 * is all that there is to know somebody by, so whoever has none is gone within seconds, and only so many can be waited for at once.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { DataSocket, DataSocketListener } from '../../agentlink/data-socket.ts'
import { DataSocketAcceptor } from '../../agentlink/data-sockets.ts'
import { CLOSE_GOING_AWAY, CLOSE_INTERNAL_ERROR, CLOSE_POLICY } from '../../agentlink/socket.ts'
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { DataChannelError } from '../../model/data-channel/data-channel-error.ts'
import { decodeOpening } from '../../model/data-channel/opening.ts'
import { DATA_CHANNEL_OPENING_MS, DATA_CHANNELS_UNOPENED } from '../../model/exec-limits.ts'
import { Connection } from './connection.ts'
import type { Arrival } from './exec-sessions.ts'
import { Relay } from './relay.ts'

export interface DataChannelGatewayOptions {
  readonly clock: Clock
  readonly log: Log
  /** Takes a connection over if the token is good. Whether it is. */
  readonly admit: (arrival: Arrival) => Promise<boolean>
}

const makeRelay: Arrival['makeRelay'] = (options) => new Relay(options)

type Open = (listener: DataSocketListener) => DataSocket

export class DataChannelGateway {
  readonly #options: DataChannelGatewayOptions
  readonly #acceptor = new DataSocketAcceptor()
  readonly #unopened = new Set<Connection>()
  #isClosed = false

  constructor(options: DataChannelGatewayOptions) {
    this.#options = options
  }

  /** Whether another websocket may be waited for. */
  get hasRoom(): boolean {
    return !this.#isClosed && this.#unopened.size < DATA_CHANNELS_UNOPENED
  }

  handleUpgrade(sessionId: string, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#acceptor.accept(request, socket, head, (open) => this.connect(sessionId, open))
  }

  /** Likewise for a socket that comes another way than HTTP. */
  connect(sessionId: string, open: Open): void {
    const timer = this.#options.clock.setTimer(DATA_CHANNEL_OPENING_MS, () =>
      this.#refuse(connection, 'There was no token in time'),
    )
    const forget = (): void => {
      timer.cancel()
      this.#unopened.delete(connection)
    }
    const connection: Connection = new Connection({
      text: (text) => {
        timer.cancel()
        connection.listenWith({ text: () => {}, frame: () => {}, drained: () => {}, ended: forget })
        void this.#opened(sessionId, connection, text).finally(forget)
      },
      frame: () => this.#refuse(connection, 'The first frame has to be the one with the token'),
      drained: () => {},
      ended: forget,
    })
    this.#unopened.add(connection)
    connection.begin(open(connection))
  }

  close(): void {
    this.#isClosed = true
    for (const connection of this.#unopened) connection.close(CLOSE_GOING_AWAY, 'The control plane is stopping')
  }

  async #opened(sessionId: string, connection: Connection, text: string): Promise<void> {
    // Nothing that follows is read before it is known who reads it; what came with it is lost, and is sent again.
    connection.hold()
    try {
      const { tokenValue } = decodeOpening(text)
      if (!(await this.#options.admit({ sessionId, tokenValue, connection, makeRelay })))
        this.#refuse(connection, 'The token is not valid')
      connection.release()
    } catch (error) {
      if (error instanceof DataChannelError) return this.#refuse(connection, 'The first frame cannot be read')
      this.#options.log.error('opening a data channel failed', { sessionId, error })
      connection.close(CLOSE_INTERNAL_ERROR, 'The control plane cannot serve this connection')
    }
  }

  #refuse(connection: Connection, reason: string): void {
    this.#options.log.info('data channel refused', { reason })
    connection.close(CLOSE_POLICY, reason)
  }
}
