/**
 * The audit trail on disk: JSON lines in files that are set aside when they are large or their day is over, and removed when they are
 * old, or would fill the disk. A line is with the operating system before the answer that it tells of leaves the process: killing that loses none.
 */
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs'
import path from 'node:path'
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { basicText, isoText } from '../../kit/timestamps.ts'
import type { AuditEvent, AuditSink } from '../../model/audit-event.ts'
import { AUDIT_FILE_BYTES, AUDIT_TRAIL_BYTES } from '../../model/audit-limits.ts'

export interface AuditLogOptions {
  readonly directory: string
  /** How many days are kept, the present one included. */
  readonly days: number
  readonly clock: Clock
  readonly log: Log
}

interface OpenFile {
  readonly descriptor: number
  /** `2026-01-31` */
  readonly day: string
  bytes: number
}

const DAY_MS = 86_400_000
/** How often it is said that nothing can be written. */
const COMPLAINT_MS = 60_000

/** Names sort as time goes. */
const FILE_NAME = /^audit-(\d{8})T\d{6}Z-\d{4}\.jsonl$/

export const auditFiles = (directory: string): string[] =>
  readdirSync(directory)
    .filter((name) => FILE_NAME.test(name))
    .toSorted()

export class AuditLog implements AuditSink {
  readonly #options: AuditLogOptions
  #file: OpenFile | undefined
  #complainedAt = Number.NEGATIVE_INFINITY

  /** Throws if the directory cannot be made. */
  constructor(options: AuditLogOptions) {
    this.#options = options
    mkdirSync(options.directory, { recursive: true, mode: 0o700 })
  }

  /** A full disk must not stop what runs: calls go on, and the log says that they leave no trace. */
  append(event: AuditEvent): void {
    const line = Buffer.from(`${JSON.stringify(event)}\n`)
    try {
      const file = this.#fileFor(line.length)
      file.bytes += writeSync(file.descriptor, line)
    } catch (error) {
      this.#complain(error)
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file.descriptor)
    this.#file = undefined
  }

  #fileFor(bytes: number): OpenFile {
    const { clock } = this.#options
    const day = dayOf(clock.now())
    if (this.#file?.day === day && this.#file.bytes + bytes <= AUDIT_FILE_BYTES) return this.#file
    this.close()
    this.#removeOld()
    this.#file = this.#open(day)
    return this.#file
  }

  /** A line that a crash has torn stays alone: each start has a file of its own. */
  #open(day: string): OpenFile {
    const { directory, clock } = this.#options
    for (let number = 0; ; number++) {
      const name = `audit-${basicText(clock.now())}-${String(number).padStart(4, '0')}.jsonl`
      const file = path.join(directory, name)
      if (!existsSync(file)) return { descriptor: openSync(file, 'ax', 0o600), day, bytes: 0 }
    }
  }

  #removeOld(): void {
    const { directory, days, clock } = this.#options
    const oldest = dayOf(clock.now() - (days - 1) * DAY_MS).replaceAll('-', '')
    let bytes = 0
    for (const name of auditFiles(directory).toReversed()) {
      const file = path.join(directory, name)
      bytes += statSync(file).size
      if ((FILE_NAME.exec(name)?.[1] ?? '') < oldest || bytes > AUDIT_TRAIL_BYTES) rmSync(file, { force: true })
    }
  }

  #complain(error: unknown): void {
    const { clock, log } = this.#options
    if (clock.monotonic() - this.#complainedAt < COMPLAINT_MS) return
    this.#complainedAt = clock.monotonic()
    log.error('the audit trail cannot be written', { error })
  }
}

const dayOf = (milliseconds: number): string => isoText(milliseconds).slice(0, 10)
