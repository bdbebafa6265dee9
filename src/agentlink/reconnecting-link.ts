/**
 * A websocket that an agent keeps open: connects, watches for silence, renews the connection after half an hour, and connects again when
 * it ends. Which messages there are is for `acs-client.ts` and `tcs-client.ts`.
 */
import { Backoff, type BackoffPolicy } from '../kit/backoff.ts'
import type { Clock, Timer } from '../kit/clock.ts'
import type { Ids } from '../kit/ids.ts'
import type { Log } from '../kit/log.ts'
import { reconnectAfter } from './reconnect.ts'
import { CLOSE_NORMAL, type MessageSocket, type OpenSocket, type SocketEnd, type SocketRequest } from './socket.ts'

export interface LinkOptions {
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly openSocket: OpenSocket
  readonly backoff: BackoffPolicy
  /** Where to connect, signed; asked for before each attempt. */
  readonly request: () => Promise<SocketRequest>
  /** Handles a frame; true if it shows that the server is alive. */
  readonly onFrame: (frame: string) => boolean
  readonly onOpened: () => void
  /** A connection that stood has ended. */
  readonly onEnded: () => void
  /** The server says that the container instance is deregistered. */
  readonly onInactive: () => void
}

/** Each plus a random part of itself, as the ECS agent has it. */
const INACTIVITY_MS = 60_000
const LIFETIME_MS = 30 * 60_000
const LIFETIME_JITTER_MS = 5 * 60_000
/** A connection that lived this long, plus as much at random, makes earlier failures forgotten. */
const PROVEN_MS = 60_000
const INACTIVE_INSTANCE_WAIT_MS = 3_600_000

export class ReconnectingLink {
  readonly #options: LinkOptions
  readonly #backoff: Backoff
  #socket: MessageSocket | undefined
  /** Rises whenever a connection is given up, so that late events of old ones are told apart. */
  #attempt = 0
  #isRunning = false
  #isOpen = false
  #heardAnything = false
  #diedSilently = false
  #timers: Timer[] = []
  #inactivity: Timer | undefined

  constructor(options: LinkOptions) {
    this.#options = options
    this.#backoff = new Backoff(options.backoff, options.ids)
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  start(): void {
    if (this.#isRunning) return
    this.#isRunning = true
    void this.#connect()
  }

  /** Closes the connection and makes no other. */
  stop(reason: string): void {
    if (!this.#isRunning) return
    this.#isRunning = false
    this.#leave(reason)
  }

  /** False if there is no connection; the frame is lost then. */
  send(frame: string): boolean {
    if (!this.#isOpen) return false
    this.#socket?.send(frame)
    return true
  }

  async #connect(): Promise<void> {
    const attempt = ++this.#attempt
    this.#heardAnything = false
    try {
      const request = await this.#options.request()
      if (attempt !== this.#attempt || !this.#isRunning) return
      this.#socket = this.#options.openSocket(request, {
        opened: () => this.#when(attempt, () => this.#opened()),
        message: (frame) => this.#when(attempt, () => this.#received(frame)),
        drained: () => {},
        ended: (end) => this.#when(attempt, () => this.#ended(end)),
      })
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error))
      this.#when(attempt, () => this.#ended({ kind: 'failed', error: failure }))
    }
  }

  #when(attempt: number, action: () => void): void {
    if (attempt === this.#attempt && this.#isRunning) action()
  }

  #opened(): void {
    this.#isOpen = true
    this.#options.log.info('connected')
    this.#after(LIFETIME_MS, LIFETIME_JITTER_MS, () => this.#renew('ConnectionExpired: Reconnect to continue'))
    this.#after(PROVEN_MS, PROVEN_MS, () => this.#backoff.reset())
    this.#watchInactivity()
    this.#options.onOpened()
  }

  #received(frame: string): void {
    try {
      if (!this.#options.onFrame(frame)) return
    } catch (error) {
      this.#options.log.error('handling a message failed', { error })
    }
    this.#heardAnything = true
    this.#watchInactivity()
  }

  #watchInactivity(): void {
    this.#inactivity?.cancel()
    if (!this.#isOpen) return
    const waitMs = INACTIVITY_MS + INACTIVITY_MS * this.#options.ids.random()
    this.#inactivity = this.#options.clock.setTimer(waitMs, () => this.#renew('Nothing was received'))
  }

  /** Gives up a connection by our own will. The other side's answer to the close frame is not waited for. */
  #renew(reason: string): void {
    this.#options.log.info('connection renewed', { reason })
    this.#leave(reason)
    this.#again({ kind: 'closed', code: CLOSE_NORMAL, reason })
  }

  #leave(reason: string): void {
    const socket = this.#socket
    this.#attempt++
    this.#forget()
    socket?.close(CLOSE_NORMAL, reason)
  }

  #ended(end: SocketEnd): void {
    this.#options.log.info('disconnected', describeEnd(end))
    this.#forget()
    this.#again(end)
  }

  #forget(): void {
    for (const timer of this.#timers) timer.cancel()
    this.#timers = []
    this.#inactivity?.cancel()
    this.#inactivity = undefined
    this.#socket = undefined
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#options.onEnded()
  }

  #again(end: SocketEnd): void {
    if (!this.#isRunning) return
    const how = reconnectAfter(end)
    if (how === 'when-inactive') this.#options.onInactive()
    this.#timers.push(this.#options.clock.setTimer(this.#delayMs(how), () => void this.#connect()))
  }

  /** A server that twice in a row hangs up without a word is not asked a third time at once. */
  #delayMs(how: ReturnType<typeof reconnectAfter>): number {
    if (how === 'when-inactive') return INACTIVE_INSTANCE_WAIT_MS
    const silentAgain = this.#diedSilently && !this.#heardAnything
    this.#diedSilently = !this.#heardAnything
    if (how === 'after-backoff' || silentAgain) return this.#backoff.next()
    this.#backoff.reset()
    return 0
  }

  #after(delayMs: number, jitterMs: number, action: () => void): void {
    this.#timers.push(this.#options.clock.setTimer(delayMs + jitterMs * this.#options.ids.random(), action))
  }
}

const describeEnd = (end: SocketEnd): Readonly<Record<string, unknown>> => {
  if (end.kind === 'closed') return { code: end.code, reason: end.reason }
  if (end.kind === 'rejected') return { status: end.status, body: end.body.slice(0, 500) }
  return { reason: end.error.message }
}
