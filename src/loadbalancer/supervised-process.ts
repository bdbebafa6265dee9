/**
 * A program that serves on when this process ends: started in a session of its own, found again by its process id, and started again when it
 * is gone. HAProxy and nginx are kept this way.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, openSync, closeSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import type { Clock, Timer } from '../kit/clock.ts'

export interface SupervisedOptions {
  readonly command: string
  readonly args: readonly string[]
  /** Those of them by which it is known again, whichever version of us started it; all of them without. */
  readonly marks?: readonly string[]
  /** Beside this process's own. */
  readonly environment?: Readonly<Record<string, string>>
  readonly processIdFile: string
  /** What it prints. */
  readonly logFile: string
  readonly clock: Clock
  /** It ended without having been told to. */
  readonly onDeath: () => void
}

/** An adopted process is no child: its end is seen by looking. */
const LOOK_EVERY_MS = 100
const KILL_AFTER_MS = 5000
const LARGEST_LOG_BYTES = 1_000_000

export class SupervisedProcess {
  readonly #options: SupervisedOptions
  #processId: number | undefined
  #child: ChildProcess | undefined
  #watch: Timer | undefined

  constructor(options: SupervisedOptions) {
    this.#options = options
  }

  get processId(): number | undefined {
    return this.#processId
  }

  /** Takes over the one that runs from before, if there is one. */
  adopt(): boolean {
    const { processIdFile } = this.#options
    const processId = existsSync(processIdFile) ? Number(readFileSync(processIdFile, 'utf8')) : Number.NaN
    if (!Number.isInteger(processId) || !this.#isOurs(processId)) return false
    this.#processId = processId
    this.#look()
    return true
  }

  start(): void {
    const { command, args, environment, processIdFile } = this.#options
    const log = this.#openLog()
    const child = spawn(command, args, {
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...process.env, ...environment },
    })
    closeSync(log)
    child.unref()
    this.#child = child
    this.#processId = child.pid
    if (child.pid !== undefined) writeFileSync(processIdFile, String(child.pid), { mode: 0o600 })
    child.once('exit', () => this.#gone(child.pid))
    // Without the program there is an error and no exit.
    child.once('error', () => this.#gone(child.pid))
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#processId !== undefined && this.#isOurs(this.#processId)) process.kill(this.#processId, signal)
  }

  /** Ends it; resolves when it is gone. */
  async end(): Promise<void> {
    const processId = this.#processId
    this.release()
    if (processId === undefined) return
    const { clock, processIdFile } = this.#options
    const killAt = clock.monotonic() + KILL_AFTER_MS
    for (let signal: NodeJS.Signals = 'SIGTERM'; this.#isOurs(processId); await clock.sleep(20)) {
      process.kill(processId, signal)
      signal = clock.monotonic() > killAt ? 'SIGKILL' : 'SIGTERM'
    }
    rmSync(processIdFile, { force: true })
  }

  /** Leaves it to itself. */
  release(): void {
    this.#watch?.cancel()
    this.#processId = undefined
    this.#child = undefined
  }

  /** What it has printed since `position` of `logPosition`. */
  printedSince(position: number): string {
    return readFileSync(this.#options.logFile).subarray(position).toString()
  }

  get logPosition(): number {
    const { logFile } = this.#options
    if (!existsSync(logFile)) return 0
    const { size } = statSync(logFile)
    if (size < LARGEST_LOG_BYTES) return size
    truncateSync(logFile)
    return 0
  }

  #openLog(): number {
    return openSync(this.#options.logFile, 'a', 0o600)
  }

  #look(): void {
    this.#watch = this.#options.clock.setTimer(LOOK_EVERY_MS, () => {
      if (this.#processId !== undefined && this.#isOurs(this.#processId)) this.#look()
      else this.#gone(this.#processId)
    })
  }

  #gone(processId: number | undefined): void {
    if (this.#processId !== processId || (processId === undefined && this.#child === undefined)) return
    this.release()
    this.#options.onDeath()
  }

  /** Process ids are given again: ours runs with our arguments, or what marks it. */
  #isOurs(processId: number): boolean {
    const file = `/proc/${processId}/cmdline`
    const { args, marks = args } = this.#options
    try {
      const text = readFileSync(file, 'utf8')
      return marks.every((mark) => text.includes(mark))
    } catch (error) {
      if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return false
      throw error
    }
  }
}
