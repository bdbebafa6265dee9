/** A log that keeps nothing but what only a bug can cause: errors, and work that a controller had to give up. */
import type { Log, LogFields } from '../../src/kit/log.ts'

const FAILED_WORK = 'reconciling failed'

export class BugLog implements Log {
  readonly #report: (breach: string) => void
  readonly #fields: LogFields

  constructor(report: (breach: string) => void, fields: LogFields = {}) {
    this.#report = report
    this.#fields = fields
  }

  debug(): void {}

  info(): void {}

  warn(message: string, fields?: LogFields): void {
    if (message === FAILED_WORK) this.error(message, fields)
  }

  error(message: string, fields: LogFields = {}): void {
    const texts = Object.entries({ ...this.#fields, ...fields }).map(([name, value]) => `${name}=${text(value)}`)
    this.#report(`log: ${message} (${texts.join(', ')})`)
  }

  with(fields: LogFields): Log {
    return new BugLog(this.#report, { ...this.#fields, ...fields })
  }
}

/** Of a stack, the lines that say where it happened. */
const STACK_LINES = 4

const text = (value: unknown): string =>
  value instanceof Error
    ? (value.stack ?? value.message).split('\n', STACK_LINES).join(' ').replaceAll(/\s+/g, ' ')
    : (JSON.stringify(value) ?? String(value))
