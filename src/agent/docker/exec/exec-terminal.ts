/** The size of the terminal that a program runs on. */
import type { Clock } from '../../../kit/clock.ts'
import { RuntimeError, type TerminalSize } from '../../runtime.ts'
import type { EngineApi } from '../engine-api.ts'
import type { ExecAnswer } from '../engine-types.ts'

export interface ExecTerminalOptions {
  readonly api: EngineApi
  readonly clock: Clock
  readonly timeoutMs: number
  /** Of the exec call. */
  readonly id: string
}

const RECHECK_MS = 20
const RECHECKS = 100

export class ExecTerminal {
  readonly #options: ExecTerminalOptions

  constructor(options: ExecTerminalOptions) {
    this.#options = options
  }

  async resize({ columns: w, rows: h }: TerminalSize): Promise<void> {
    const { api, id, timeoutMs } = this.#options
    await api.call({ method: 'POST', path: `/exec/${id}/resize`, query: { w, h }, timeoutMs })
  }

  /**
   * Begins before the program is started: the terminal comes into being with it. Older engines have the call wait until then, newer ones refuse it.
   * Resolves in any case: a program that cannot be started never has a terminal.
   */
  async resizeAtStart(size: TerminalSize): Promise<void> {
    for (let tries = 1; tries <= RECHECKS; tries++) {
      try {
        return await this.resize(size)
      } catch (error) {
        if (!(error instanceof RuntimeError) || (await this.#hasEnded())) return
      }
      await this.#options.clock.sleep(RECHECK_MS)
    }
  }

  async #hasEnded(): Promise<boolean> {
    const { api, id, timeoutMs } = this.#options
    try {
      const { Running, ExitCode } = await api.call<ExecAnswer>({ method: 'GET', path: `/exec/${id}/json`, timeoutMs })
      return !Running && typeof ExitCode === 'number'
    } catch {
      // Who has started it hears of that.
      return true
    }
  }
}
