/** Keeps the rules of the host's firewall in their place for as long as the agent runs: firewalls that are reloaded drop what they do not know. */
import type { Clock, Timer } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import type { HostRules } from './host-rules.ts'

/** How often they are looked after. */
const RULES_EVERY_MS = 60_000

/** Looks again and again whether the rules are there, and takes them away at the end. */
export class RulesKeeper {
  readonly #rules: Pick<HostRules, 'install' | 'remove'>
  readonly #clock: Clock
  readonly #log: Log
  #timer: Timer | undefined
  #looking: Promise<void> = Promise.resolve()
  #hasStopped = false

  constructor(rules: Pick<HostRules, 'install' | 'remove'>, clock: Clock, log: Log) {
    this.#rules = rules
    this.#clock = clock
    this.#log = log
    this.#schedule()
  }

  async stop(): Promise<void> {
    this.#hasStopped = true
    this.#timer?.cancel()
    await this.#looking
    try {
      await this.#rules.remove()
    } catch (error) {
      this.#log.warn('rules of the firewall stay behind', { error })
    }
  }

  #schedule(): void {
    if (this.#hasStopped) return
    this.#timer = this.#clock.setTimer(RULES_EVERY_MS, () => {
      this.#looking = this.#look()
    })
  }

  async #look(): Promise<void> {
    try {
      if (await this.#rules.install()) this.#log.warn('rules of the firewall were gone and are back')
    } catch (error) {
      this.#log.warn('containers may not reach their metadata and credentials', { error })
    }
    this.#schedule()
  }
}
