/** Reads one log stream forwards, each event once: by GetLogEvents, or by FilterLogEvents where a pattern chooses. */
import {
  type CloudWatchLogsClient,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs'
import type { LogSource } from './sources.ts'

export interface LogLine {
  readonly source: LogSource
  /** Milliseconds since the epoch. */
  readonly timestamp: number
  readonly message: string
}

export interface ReaderOptions {
  readonly logs: CloudWatchLogsClient
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly source: LogSource
  /** Milliseconds since the epoch. */
  readonly since?: number
  /** Only the last lines of those that there are at first. */
  readonly tail?: number
  readonly pattern?: string
}

export interface StreamReader {
  readonly source: LogSource
  /** The next lines in order; empty if there are no more at present. */
  next(): Promise<readonly LogLine[]>
}

export const openReader = (options: ReaderOptions): StreamReader =>
  options.pattern === undefined ? new PlainReader(options) : new FilteringReader(options, options.pattern)

const PAGE = 10_000

class PlainReader implements StreamReader {
  readonly source: LogSource
  readonly #options: ReaderOptions
  #token: string | undefined

  constructor(options: ReaderOptions) {
    this.#options = options
    this.source = options.source
  }

  async next(): Promise<readonly LogLine[]> {
    const { logs, source, since, tail } = this.#options
    const { logGroupName, logStreamName } = source
    const isLast = this.#token === undefined && tail !== undefined
    const request = {
      logGroupName,
      logStreamName,
      startTime: since,
      ...(isLast ? { limit: Math.max(tail, 1), startFromHead: false } : { limit: PAGE, startFromHead: true }),
      nextToken: this.#token,
    }
    const answer = await ifThere(logs.send(new GetLogEventsCommand(request)))
    if (answer === undefined) return []
    this.#token = answer.nextForwardToken
    const lines = (answer.events ?? []).map((event) => lineOf(source, event))
    return isLast && tail === 0 ? [] : lines
  }
}

/** How much later than its time an event may come. */
const LATE_MS = 5 * 60_000

/** Each search begins a while before the end of the last one: what it finds again was seen. */
class FilteringReader implements StreamReader {
  readonly source: LogSource
  readonly #options: ReaderOptions
  readonly #pattern: string
  #token: string | undefined
  #from: number | undefined
  #seen = new Map<string, number>()
  #searchedAt: number | undefined
  #isFirst = true

  constructor(options: ReaderOptions, pattern: string) {
    this.#options = options
    this.#pattern = pattern
    this.source = options.source
    this.#from = options.since
  }

  async next(): Promise<readonly LogLine[]> {
    if (!this.#isFirst || this.#options.tail === undefined) return this.#page()
    const lines: LogLine[] = []
    do {
      lines.push(...(await this.#page()))
      if (lines.length > 2 * this.#options.tail) lines.splice(0, lines.length - this.#options.tail)
    } while (this.#token !== undefined)
    return lines.slice(Math.max(0, lines.length - this.#options.tail))
  }

  /** One that is empty may have others behind it. */
  async #page(): Promise<readonly LogLine[]> {
    const { logs, source, now } = this.#options
    const { logGroupName, logStreamName } = source
    this.#searchedAt ??= now()
    const request = {
      logGroupName,
      logStreamNames: [logStreamName],
      filterPattern: this.#pattern,
      startTime: this.#from,
      nextToken: this.#token,
      limit: PAGE,
    }
    const answer = await ifThere(logs.send(new FilterLogEventsCommand(request)))
    this.#isFirst = false
    const fresh = (answer?.events ?? []).filter(({ eventId = '' }) => !this.#seen.has(eventId))
    for (const { eventId = '', timestamp = 0 } of fresh) this.#seen.set(eventId, timestamp)
    this.#token = answer?.nextToken
    if (this.#token === undefined) this.#moveOn()
    else if (fresh.length === 0) return this.#page()
    return fresh.map((event) => lineOf(source, event))
  }

  /** What is before the beginning of the next search is forgotten. */
  #moveOn(): void {
    const from = Math.max(this.#from ?? 0, (this.#searchedAt ?? 0) - LATE_MS)
    this.#from = from
    this.#searchedAt = undefined
    this.#seen = new Map([...this.#seen].filter(([, timestamp]) => timestamp >= from))
  }
}

const lineOf = (
  source: LogSource,
  { timestamp = 0, message = '' }: { readonly timestamp?: number | undefined; readonly message?: string | undefined },
): LogLine => ({ source, timestamp, message: message.replace(/\r?\n$/, '') })

/** A container that has written nothing yet has no stream, and perhaps no group. */
const ifThere = async <T>(answer: Promise<T>): Promise<T | undefined> => {
  try {
    return await answer
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined
    throw error
  }
}
