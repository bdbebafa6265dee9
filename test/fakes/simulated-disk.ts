/**
 * A disk for a journal in simulated time: writing takes as long as it is told to, and a crash finds a group that was being written either
 * on the disk or not. It keeps a digest of everything that was ever written, to compare runs with.
 */
import { createHash, type Hash } from 'node:crypto'
import type { Clock } from '../../src/kit/clock.ts'
import { type Journal, type JournalEntry, MemoryJournal } from '../../src/store/journal/journal.ts'

/** Whether the group that was being written at a crash is on the disk afterwards. */
export type CrashMoment = 'before' | 'after'

export class SimulatedDisk implements Journal {
  /** How long the next write takes; 0: no time at all. */
  latencyMs: () => number = () => 0
  /** Hears of what was written. */
  onWrite: (entries: readonly JournalEntry[]) => void = () => {}
  readonly #clock: Clock
  readonly #rows = new MemoryJournal()
  readonly #hash: Hash = createHash('sha256')
  #armed: { readonly moment: CrashMoment; readonly onCrash: () => void } | undefined
  #writing: readonly JournalEntry[] | undefined
  #life = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The next write ends with a crash: `onCrash` is to kill whoever writes. */
  crashAtNextWrite(moment: CrashMoment, onCrash: () => void): void {
    this.#armed = { moment, onCrash }
  }

  /** No crash after all, if there was none yet. */
  disarm(): void {
    this.#armed = undefined
  }

  /** Whoever wrote is dead. */
  crash(moment: CrashMoment): void {
    this.#life++
    this.#armed = undefined
    if (moment === 'after' && this.#writing !== undefined) this.#write(this.#writing)
    this.#writing = undefined
  }

  get digest(): string {
    return this.#hash.copy().digest('hex')
  }

  load(visit: (table: string, key: string, row: string) => void): void {
    this.#rows.load(visit)
  }

  async append(entries: readonly JournalEntry[]): Promise<void> {
    const life = this.#life
    this.#writing = entries
    const armed = this.#armed
    if (armed !== undefined) {
      this.crash(armed.moment)
      armed.onCrash()
    }
    const latencyMs = this.latencyMs()
    if (latencyMs > 0) await this.#clock.sleep(latencyMs)
    if (life !== this.#life) return new Promise(() => {})
    this.#writing = undefined
    this.#write(entries)
  }

  close(): void {}

  #write(entries: readonly JournalEntry[]): void {
    this.#rows.append(entries)
    for (const { table, key, row = '' } of entries) this.#hash.update(`${table}\0${key}\0${row}\n`)
    this.onWrite(entries)
  }
}
