/**
 * A role as a supervised child process. It says `ready` over its IPC channel once; if it dies after that, it is started again with
 * backoff; if it dies before, its own message on stderr has said why. A child whose parent is gone ends itself (`untilToldToEnd`).
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { flushCompileCache } from 'node:module'
import { Backoff } from '../kit/backoff.ts'
import type { Clock } from '../kit/clock.ts'
import type { Ids } from '../kit/ids.ts'
import type { Log } from '../kit/log.ts'

const RESTART = { minMs: 100, maxMs: 10_000, jitter: 0.2, multiplier: 2 }
/** A child that lived this long had a healthy start: the next restart does not wait. */
const HEALTHY_AFTER_MS = 30_000
const KILL_AFTER_MS = 10_000

interface Tuning {
  /** Of Node. */
  readonly options: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

/** What a role has besides its parent's, the same that `bin/longshore` gives to a role that is started by hand. */
const TUNING: Readonly<Record<string, Tuning>> = {
  // It waits more than it computes: the optimizing compiler would cost it 5 MB and gain it nothing.
  agent: { options: ['--no-opt'] },
  server: {
    // Layers that pass through would have V8 make the space for young objects ten times as large, and take three times as long to clean it; and
    // requests that last outlive their youth: without the second option, the memory of tens of thousands of them goes before V8 looks.
    options: ['--max-semi-space-size=2', '--heap-growing-percent=30'],
    // Each thread would keep memory of its own for what it allocates now and then: 4 MB together.
    environment: { MALLOC_ARENA_MAX: '1' },
  },
}

export interface ChildOptions {
  readonly name: string
  /** Arguments of each start; asked anew so that a later start can use what the first one learned. */
  readonly args: () => readonly string[]
  readonly env: () => NodeJS.ProcessEnv
  /** What it says after it was ready. */
  readonly onMessage?: (message: ReadyMessage) => void
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
}

export type ReadyMessage = Readonly<Record<string, string>>

/** The process ended before it was ready; on stderr it has said why. */
export class ChildFailed extends Error {
  override readonly name = 'ChildFailed'
}

export class Child {
  readonly #options: ChildOptions
  readonly #backoff: Backoff
  #process: ChildProcess | undefined
  #stopping = false
  #exited: Promise<void> = Promise.resolve()

  constructor(options: ChildOptions) {
    this.#options = options
    this.#backoff = new Backoff(RESTART, options.ids)
  }

  get processId(): number | undefined {
    return this.#process?.pid
  }

  /** Starts it; resolves with what it said when it was ready, rejects with `ChildFailed` if it ends before. */
  async start(): Promise<ReadyMessage> {
    const { name, args, env, clock } = this.#options
    if (this.#stopping) throw new ChildFailed(`${name} is not wanted any more`)
    const main = process.argv[1] ?? ''
    const { options = [], environment } = TUNING[name] ?? {}
    const child = spawn(process.execPath, [...process.execArgv, ...options, main, name, ...args()], {
      env: { ...env(), ...environment },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // Ctrl-C reaches the whole foreground group: in a group of its own, the child ends when it is told to, in order.
      detached: true,
    })
    this.#process = child
    return this.#ready(child, clock.monotonic())
  }

  #ready(child: ChildProcess, startedAt: number): Promise<ReadyMessage> {
    const { name, clock } = this.#options
    let isReady = false
    return new Promise((resolve, reject) => {
      child.on('message', (message) => {
        if (isReady) this.#options.onMessage?.(message as ReadyMessage)
        isReady = true
        resolve(message as ReadyMessage)
      })
      this.#exited = new Promise((resolveExit) =>
        child.once('exit', (code, signal) => {
          resolveExit()
          if (isReady) this.#restart(code, signal, clock.monotonic() - startedAt)
          else reject(new ChildFailed(`${name} ended with ${signal ?? `exit code ${code}`} before it was ready`))
        }),
      )
      child.once('error', reject)
    })
  }

  /** From now on its end is no accident: it is not started again. */
  expectEnd(): void {
    this.#stopping = true
  }

  /** SIGTERM, then SIGKILL if that does not help; resolves when it is gone. */
  async stop(): Promise<void> {
    this.expectEnd()
    const child = this.#process
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    const timer = this.#options.clock.setTimer(KILL_AFTER_MS, () => child.kill('SIGKILL'))
    await this.#exited
    timer.cancel()
  }

  #restart(exitCode: number | null, signal: string | null, livedMs: number): void {
    if (this.#stopping) return
    this.#options.log.warn('a role ended and is started again', { role: this.#options.name, exitCode, signal })
    if (livedMs > HEALTHY_AFTER_MS) this.#backoff.reset()
    this.#startLater()
  }

  #startLater(): void {
    void this.#options.clock.sleep(this.#backoff.next()).then(() => {
      if (!this.#stopping) this.#startAgain()
    })
  }

  #startAgain(): void {
    this.start().catch((error: unknown) => {
      if (this.#stopping) return
      this.#options.log.error('a role did not start and is tried again', {
        role: this.#options.name,
        reason: error instanceof Error ? error.message : String(error),
      })
      this.#startLater()
    })
  }
}

/** Says something to the parent, if there is one. */
export const tellParent = (message: ReadyMessage): void => void process.send?.(message)

/** Tells the parent, if there is one, that this role is ready, and keeps what Node has compiled: a killed role starts warm too. */
export const sayReady = (message: ReadyMessage): void => {
  tellParent(message)
  flushCompileCache()
}
