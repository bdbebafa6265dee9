/**
 * The transcript of a session: what its user saw, line by line and as it was written, escape sequences included, in a log stream. Lines go
 * out soon after they are complete, not only at the end, so that a session that breaks off is on record. A transcript is no condition of the
 * session: what cannot be written is told in the agent's log, once.
 */
import type { LogDestination, SessionApi, SessionCaller, TranscriptEvent } from '../../agentlink/session-api.ts'
import type { Clock, Timer } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'

export interface TranscriptOptions {
  readonly clock: Clock
  readonly log: Log
  readonly api: Pick<SessionApi, 'createLogStream' | 'putLogEvents'>
  readonly caller: SessionCaller
  readonly destination: LogDestination
}

/** What goes into one call, and how long it waits for more. PutLogEvents takes 1 MiB and 10,000 events with 26 bytes for each. */
const BATCH_EVENTS = 2000
const BATCH_BYTES = 256 * 1024
const EVENT_OVERHEAD_BYTES = 26
const BATCH_WAIT_MS = 1000
/** A line that never ends is cut. */
const LINE_BYTES = 32 * 1024
/** Output that waits for the log: beyond it, lines are left out, and the transcript says so. */
const WAITING_BYTES = 8 * 1024 * 1024
const LEFT_OUT = '... output left out: it came faster than it could be logged ...'
const LINE_FEED = 10

export class Transcript {
  readonly #options: TranscriptOptions
  readonly #decoder = new TextDecoder()
  readonly #waiting: TranscriptEvent[] = []
  #waitingBytes = 0
  #line: Buffer[] = []
  #lineBytes = 0
  #isLeavingOut = false
  #hasFailed = false
  #hasStream = false
  #timer: Timer | undefined
  #writing: Promise<void> | undefined

  constructor(options: TranscriptOptions) {
    this.#options = options
  }

  add(data: Uint8Array): void {
    if (this.#hasFailed) return
    let rest = Buffer.from(data)
    for (let end = rest.indexOf(LINE_FEED); end >= 0; end = rest.indexOf(LINE_FEED)) {
      this.#append(rest.subarray(0, end))
      this.#endLine()
      rest = rest.subarray(end + 1)
    }
    this.#append(rest)
  }

  /** Resolves when everything is written, or cannot be. */
  async close(): Promise<void> {
    if (this.#lineBytes > 0) this.#endLine()
    this.#timer?.cancel()
    while (this.#waiting.length > 0 && !this.#hasFailed) await this.#write()
    await this.#writing
  }

  #append(part: Buffer): void {
    for (let rest = part; rest.length > 0;) {
      const fitting = rest.subarray(0, LINE_BYTES - this.#lineBytes)
      this.#line.push(fitting)
      this.#lineBytes += fitting.length
      rest = rest.subarray(fitting.length)
      if (this.#lineBytes === LINE_BYTES) this.#endLine()
    }
  }

  #endLine(): void {
    const text = this.#decoder.decode(Buffer.concat(this.#line)).replace(/\r+$/, '')
    this.#line = []
    this.#lineBytes = 0
    // The log takes no event without a text.
    if (text === '') return
    const isFull = this.#waitingBytes > WAITING_BYTES
    if (!isFull || !this.#isLeavingOut) this.#put(isFull ? LEFT_OUT : text)
    this.#isLeavingOut = isFull
  }

  #put(message: string): void {
    this.#waiting.push({ timestamp: this.#options.clock.now(), message })
    this.#waitingBytes += Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES
    if (this.#waitingBytes >= BATCH_BYTES) void this.#write()
    else this.#timer ??= this.#options.clock.setTimer(BATCH_WAIT_MS, () => void this.#write())
  }

  /** One batch after the other. */
  #write(): Promise<void> {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#writing ??= this.#writeAll().finally(() => (this.#writing = undefined))
    return this.#writing
  }

  async #writeAll(): Promise<void> {
    const { api, caller, destination, log } = this.#options
    try {
      if (!this.#hasStream) await api.createLogStream(caller, destination)
      this.#hasStream = true
      while (this.#waiting.length > 0) await api.putLogEvents(caller, destination, this.#take())
    } catch (error) {
      this.#hasFailed = true
      this.#waiting.length = 0
      log.warn('the transcript of a session cannot be written', { ...destination, error })
    }
  }

  #take(): TranscriptEvent[] {
    let bytes = 0
    let count = 0
    for (const { message } of this.#waiting) {
      const size = Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES
      if (count > 0 && (count === BATCH_EVENTS || bytes + size > BATCH_BYTES)) break
      bytes += size
      count++
    }
    this.#waitingBytes -= bytes
    return this.#waiting.splice(0, count)
  }
}
