/**
 * Structured logs: a constant message and named fields. JSON lines for machines, one readable line on a terminal.
 * Field names are those of the API. Values that are secrets never come here.
 */
import type { Clock } from './clock.ts'
import { visible } from './visible.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export type LogFields = Readonly<Record<string, unknown>>

export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** A log whose every line also carries `fields`. */
  with(fields: LogFields): Log
}

const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 }

export interface LogOptions {
  readonly clock: Clock
  readonly level: LogLevel
  readonly format: 'json' | 'text'
  readonly write: (line: string) => void
}

export class LineLog implements Log {
  readonly #options: LogOptions
  readonly #fields: LogFields

  constructor(options: LogOptions, fields: LogFields = {}) {
    this.#options = options
    this.#fields = fields
  }

  debug(message: string, fields?: LogFields): void {
    this.#line('debug', message, fields)
  }

  info(message: string, fields?: LogFields): void {
    this.#line('info', message, fields)
  }

  warn(message: string, fields?: LogFields): void {
    this.#line('warn', message, fields)
  }

  error(message: string, fields?: LogFields): void {
    this.#line('error', message, fields)
  }

  with(fields: LogFields): Log {
    return new LineLog(this.#options, { ...this.#fields, ...fields })
  }

  #line(level: LogLevel, message: string, fields: LogFields = {}): void {
    if (RANK[level] < RANK[this.#options.level]) return
    const time = new Date(this.#options.clock.now()).toISOString()
    const all = { ...this.#fields, ...fields }
    const line =
      this.#options.format === 'json'
        ? JSON.stringify({ time, level, message, ...describeErrors(all) })
        : textLine(time, level, message, all)
    this.#options.write(`${line}\n`)
  }
}

/** Discards everything; for tests. */
export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  with: () => silentLog,
}

const describeErrors = (fields: LogFields): LogFields =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value instanceof Error ? stackOf(value) : value]),
  )

const stackOf = ({ stack, message }: Error): string => stack ?? message

const textLine = (time: string, level: LogLevel, message: string, fields: LogFields): string => {
  const pairs = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${shown(value)}`)
  return [time.slice(11, 23), level.toUpperCase().padEnd(5), message, ...pairs].join(' ')
}

/** Clients choose names; only a stack has more than one line. */
const shown = (value: unknown): string =>
  value instanceof Error
    ? stackOf(value).split('\n').map(visible).join('\n')
    : visible(typeof value === 'string' ? value : JSON.stringify(value))
