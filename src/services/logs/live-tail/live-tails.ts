/** The Live Tail sessions that are open. There are few at a time, as each looks at every event that comes to its groups. */
import type { StartLiveTailResponseStream } from '@aws-sdk/client-cloudwatch-logs'
import { LIVE_TAIL_SESSIONS } from '../../../model/log-limits.ts'
import { limitExceeded } from '../faults.ts'
import { liveTail, type LiveTailDeps, type LiveTailRequest } from './live-tail-session.ts'

export class LiveTails {
  readonly #deps: LiveTailDeps
  #open = 0

  constructor(deps: LiveTailDeps) {
    this.#deps = deps
  }

  /** Throws `LimitExceededException`. */
  check(): void {
    if (this.#open >= LIVE_TAIL_SESSIONS)
      throw limitExceeded(`There are ${LIVE_TAIL_SESSIONS} Live Tail sessions at a time, at the most.`)
  }

  /** Begins when the first event is asked for, and ends with the iteration. */
  async *start(request: LiveTailRequest): AsyncGenerator<StartLiveTailResponseStream, void, void> {
    this.#open++
    try {
      yield* liveTail(request, this.#deps)
    } finally {
      this.#open--
    }
  }
}
