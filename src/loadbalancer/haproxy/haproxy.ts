/**
 * HAProxy in master-worker mode: started or adopted, kept alive, reloaded without a lost connection. What it is to serve lies in
 * `Generations`; this file knows processes only.
 */
import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { SupervisedProcess } from '../supervised-process.ts'
import { askToReload, masterState, type MasterState } from './master.ts'

/** The program refuses a configuration, or could not start with it. `reason`: its own words. */
export class ConfigurationRefused extends Error {
  override readonly name = 'ConfigurationRefused'
}

export interface HAProxyOptions {
  readonly program: string
  /** Where its libraries are, if not with the system's. */
  readonly environment?: Readonly<Record<string, string>>
  readonly directory: string
  readonly socketDirectory: string
  readonly configurationFile: string
  /** What stands before the configuration: log rings and the beginning of health checks, which is of the process and not of what it serves. */
  readonly baseConfiguration: (firstChecksWithinMs: number | undefined) => string
  readonly clock: Clock
  readonly log: Log
  /** It ended; nobody serves. */
  readonly onDeath: () => void
}

/**
 * Threads hand freed buffers to each other instead of to the C library, and buffers get no marks by which HAProxy's own errors are found, as they do
 * in Debian's builds: together that is a twentieth of what a request costs.
 */
const MEMORY = '-dMglobal,no-tag,no-poison'
const START_TIMEOUT_MS = 60_000
const POLL_MS = 10
const CHECK_TIMEOUT_MS = 60_000
const ADOPT_TIMEOUT_MS = 10_000

export class HAProxy {
  readonly #options: HAProxyOptions
  readonly #baseFile: string
  readonly masterSocket: string
  readonly #process: SupervisedProcess
  #isEnding = false

  constructor(options: HAProxyOptions) {
    this.#options = options
    mkdirSync(options.directory, { recursive: true, mode: 0o700 })
    mkdirSync(options.socketDirectory, { recursive: true, mode: 0o700 })
    this.#baseFile = path.join(options.directory, 'base.cfg')
    this.masterSocket = path.join(options.socketDirectory, 'master.sock')
    this.#process = new SupervisedProcess({
      command: options.program,
      args: [
        '-W',
        MEMORY,
        '-S',
        `${this.masterSocket},mode,600`,
        '-f',
        this.#baseFile,
        '-f',
        options.configurationFile,
      ],
      marks: [this.masterSocket, this.#baseFile],
      environment: options.environment ?? {},
      processIdFile: path.join(options.directory, 'haproxy.pid'),
      logFile: path.join(options.directory, 'haproxy.log'),
      clock: options.clock,
      onDeath: () => {
        if (!this.#isEnding) options.onDeath()
      },
    })
    this.#writeBase(undefined)
  }

  /** Undefined while nothing runs. */
  async state(): Promise<MasterState | undefined> {
    return await masterState(this.masterSocket)
  }

  /** Takes over what runs from before, if it answers and serves, and it `isKnown` what. Otherwise that ends: two would share all ports. */
  async adopt({ isKnown }: { readonly isKnown: boolean }): Promise<MasterState | undefined> {
    if (!this.#process.adopt()) return undefined
    // In the middle of a reload it does not answer, or has no worker, for a moment.
    const state = isKnown ? await this.#stateThat(({ worker }) => worker !== undefined, ADOPT_TIMEOUT_MS) : undefined
    if (state === undefined) await this.#process.end()
    return state
  }

  async start(firstChecksWithinMs: number | undefined): Promise<MasterState> {
    this.#writeBase(firstChecksWithinMs)
    // One that did not come to serve, or that nobody answers for: two would share all ports.
    await this.#process.end()
    const position = this.#process.logPosition
    this.#process.start()
    return await this.#until(position, ({ worker }) => worker !== undefined)
  }

  /** Resolves when the new worker serves; otherwise the one before goes on. */
  async reload(firstChecksWithinMs: number | undefined): Promise<MasterState> {
    const before = await this.state()
    if (before === undefined) throw new ConfigurationRefused('HAProxy does not run')
    this.#writeBase(firstChecksWithinMs)
    const position = this.#process.logPosition
    await askToReload(this.masterSocket)
    const after = await this.#until(position, ({ reloads }) => reloads > before.reloads)
    if (after.worker === before.worker || after.failedReloads > 0)
      throw new ConfigurationRefused(alerts(this.#process.printedSince(position)))
    return after
  }

  /** Whether it could be read; says nothing of sockets. Rejects with `ConfigurationRefused`, or otherwise if that could not be found out. */
  async check(file: string): Promise<void> {
    const args = ['-c', '-f', this.#baseFile, '-f', file]
    await new Promise<void>((resolve, reject) => {
      execFile(
        this.#options.program,
        args,
        // It warns of each server that is down: many lines are no refusal.
        { timeout: CHECK_TIMEOUT_MS, env: this.#environment(), maxBuffer: Number.POSITIVE_INFINITY },
        (error, stdout, stderr) => {
          if (error === null) return resolve()
          const refusal = alerts(stderr || stdout)
          // One that could not be run, or was killed, says nothing against the configuration.
          const isRefused = typeof error.code === 'number' && refusal !== ''
          reject(isRefused ? new ConfigurationRefused(refusal) : error)
        },
      )
    })
  }

  /** Cuts what an old worker still has. */
  endWorker(processId: number): void {
    this.#options.log.warn('an old worker of HAProxy is ended', { processId })
    try {
      process.kill(processId, 'SIGTERM')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }

  async end(): Promise<void> {
    this.#isEnding = true
    await this.#process.end()
  }

  /** It serves on, without us. */
  release(): void {
    this.#isEnding = true
    this.#process.release()
  }

  #writeBase(firstChecksWithinMs: number | undefined): void {
    writeFileSync(this.#baseFile, this.#options.baseConfiguration(firstChecksWithinMs), { mode: 0o600 })
  }

  #environment(): NodeJS.ProcessEnv {
    return { ...process.env, ...this.#options.environment }
  }

  /** Rejects with `ConfigurationRefused` if it does not come to that. */
  async #until(logPosition: number, isDone: (state: MasterState) => boolean): Promise<MasterState> {
    const state = await this.#stateThat(isDone, START_TIMEOUT_MS)
    if (state !== undefined) return state
    throw new ConfigurationRefused(alerts(this.#process.printedSince(logPosition)) || 'HAProxy did not answer in time')
  }

  /** Undefined if it ends, or does not come to that in time. */
  async #stateThat(isDone: (state: MasterState) => boolean, timeoutMs: number): Promise<MasterState | undefined> {
    const { clock } = this.#options
    for (const deadline = clock.monotonic() + timeoutMs; clock.monotonic() < deadline; await clock.sleep(POLL_MS)) {
      const state = await this.state()
      if (state !== undefined && isDone(state)) return state
      if (this.#process.processId === undefined) break
    }
    return undefined
  }
}

/** What HAProxy complained about, without its prefixes. */
const alerts = (printed: string): string =>
  Array.from(printed.matchAll(/^\[ALERT\]\s+(?:\(\d+\)\s*:\s*)?(.*)$/gm), (match) => match[1])
    .join('; ')
    .slice(0, 2000)
