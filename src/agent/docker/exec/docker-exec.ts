/** One program that runs by an exec call of the engine: its connection is its input and output, further calls are its size and its exit code. */
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import type { Clock } from '../../../kit/clock.ts'
import type { ExecOutput, RunningExec, TerminalSize } from '../../runtime.ts'
import type { EngineApi } from '../engine-api.ts'
import type { ExecAnswer } from '../engine-types.ts'
import type { ExecTerminal } from './exec-terminal.ts'
import { framedOutput, rawOutput } from './output-frames.ts'
import { endSession } from './session-processes.ts'

export interface DockerExecOptions {
  readonly api: EngineApi
  readonly clock: Clock
  readonly timeoutMs: number
  readonly id: string
  readonly connection: Duplex
  readonly terminal: ExecTerminal
  readonly hasTerminal: boolean
}

/** The engine ends the connection before it has noted the exit code. */
const RECHECK_MS = 20
const CTRL_C = '\u0003'
const CTRL_D = '\u0004'
const GOODBYE_MS = 500
const RECHECKS = 100

export class DockerExec implements RunningExec {
  readonly output: AsyncIterable<ExecOutput>
  readonly #options: DockerExecOptions

  constructor(options: DockerExecOptions) {
    this.#options = options
    const chunks = unbroken(options.connection)
    this.output = options.hasTerminal ? rawOutput(chunks) : framedOutput(chunks)
    // Whoever reads hears of it by the end of the output.
    options.connection.on('error', () => {})
  }

  async write(data: Uint8Array): Promise<void> {
    const { connection } = this.#options
    if (connection.writableEnded || connection.destroyed || connection.write(data)) return
    const settled = new AbortController()
    const { signal } = settled
    // None of them failing is the connection's failure: that is told by the end of the output.
    const waits = [once(connection, 'drain', { signal }), once(connection, 'close', { signal })]
    await Promise.race(waits.map((wait) => wait.catch(() => undefined)))
    settled.abort()
  }

  endInput(): void {
    this.#options.connection.end()
  }

  resize(size: TerminalSize): Promise<void> {
    return this.#options.terminal.resize(size)
  }

  async kill(): Promise<void> {
    const { connection, clock } = this.#options
    try {
      const { Pid, Running, ContainerID } = await this.#inspect()
      if (Running && !(await endSession(Pid, ContainerID, clock))) await this.#sayGoodbye()
    } finally {
      connection.destroy()
    }
  }

  /** All there is to do about a program that cannot be signalled: a shell, at least, goes when it is told to. */
  async #sayGoodbye(): Promise<void> {
    const { connection, clock, hasTerminal } = this.#options
    connection.end(hasTerminal ? CTRL_C + CTRL_D : '')
    await clock.sleep(GOODBYE_MS)
  }

  async exitCode(): Promise<number | undefined> {
    for (let tries = 1; ; tries++) {
      const { Running, ExitCode } = await this.#inspect()
      if (!Running && typeof ExitCode === 'number') return ExitCode
      if (tries === RECHECKS) return undefined
      await this.#options.clock.sleep(RECHECK_MS)
    }
  }

  #inspect(): Promise<ExecAnswer> {
    const { api, id, timeoutMs } = this.#options
    return api.call({ method: 'GET', path: `/exec/${id}/json`, timeoutMs })
  }
}

/** A connection that breaks ends: what there is to know about why, the engine tells when it is asked. */
async function* unbroken(connection: Duplex): AsyncIterable<Buffer> {
  try {
    yield* connection as AsyncIterable<Buffer>
  } catch {
    // See above.
  }
}
