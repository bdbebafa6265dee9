/**
 * The balancer of `up`: a child that is started when the server says that there are load balancers, which most installations never do. Without
 * HAProxy it waits until somebody has installed it, and everything else goes on.
 */
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { Child } from './child.ts'
import { findProgram } from './find-program.ts'

export interface UpBalancerOptions {
  readonly child: Pick<Child, 'start' | 'stop'>
  readonly clock: Clock
  readonly log: Log
  /** HAProxy, a name or a path. */
  readonly program: string
  /** Says something to the user. */
  readonly say: (sentence: string) => void
}

const LOOK_AGAIN_MS = 5000

export class UpBalancer {
  readonly #options: UpBalancerOptions
  #isWanted = false
  #isEnded = false

  constructor(options: UpBalancerOptions) {
    this.#options = options
  }

  /** There are load balancers. Starts what serves them, once, as soon as that can be. */
  want(): void {
    if (this.#isWanted) return
    this.#isWanted = true
    const { program, say } = this.#options
    if (findProgram(program) === undefined)
      say(
        `Load balancers need HAProxy, and "${program}" is not installed: ${HOW_TO_INSTALL} They are served as soon as it is there.`,
      )
    void this.#start()
  }

  /** HAProxy serves on. */
  async stop(): Promise<void> {
    this.#isEnded = true
    await this.#options.child.stop()
  }

  async #start(): Promise<void> {
    const { child, clock, log, program } = this.#options
    while (!this.#isEnded) {
      if (findProgram(program) !== undefined) {
        try {
          return void (await child.start())
        } catch (error) {
          if (!this.#isEnded) log.warn('the balancer did not start and is tried again', { error })
        }
      }
      await clock.sleep(LOOK_AGAIN_MS)
    }
  }
}

export const HOW_TO_INSTALL = 'on Debian and Ubuntu, apt install haproxy; on Fedora, dnf install haproxy.'
