/** Long work in turns, each of which keeps everyone else from the process for a moment only. */
import { type Clock, settle } from './clock.ts'

export class Turn {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #longestMs: number
  #since: number

  constructor(clock: Pick<Clock, 'monotonic'>, longestMs: number) {
    this.#clock = clock
    this.#longestMs = longestMs
    this.#since = clock.monotonic()
  }

  get isOver(): boolean {
    return this.#clock.monotonic() - this.#since >= this.#longestMs
  }

  /** Lets others have the process; then the next turn begins. */
  async giveWay(): Promise<void> {
    await settle()
    this.#since = this.#clock.monotonic()
  }
}
