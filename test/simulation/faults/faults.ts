/** Everything that goes wrong: begins faults at random, ends each when its time is over, and all of them at the end of a run. */
import type { Site } from '../site.ts'
import { balancerFaults } from './balancer-faults.ts'
import { containerFaults } from './container-faults.ts'
import { controlPlaneFaults } from './control-plane-faults.ts'
import type { BegunFault, Fault } from './fault.ts'
import { hostFaults } from './host-faults.ts'
import { wireFaults } from './wire-faults.ts'

const KINDS: readonly Fault[] = [
  ...controlPlaneFaults,
  ...hostFaults,
  ...wireFaults,
  ...containerFaults,
  ...balancerFaults,
]

export class Faults {
  /** That were begun. */
  count = 0
  readonly #site: Site
  readonly #weighted: readonly (Fault & { readonly weight: number })[]
  #lasting: { readonly endsAt: number; readonly fault: BegunFault }[] = []

  constructor(site: Site) {
    this.#site = site
    this.#weighted = KINDS.map((fault) => ({ ...fault, weight: site.scenario.weightOf(`fault ${fault.name}`) }))
  }

  begin(): void {
    const fault = this.#site.chance.weighted(this.#weighted)?.begin(this.#site)
    if (fault === undefined) return
    this.count++
    const { what, forMs } = fault
    this.#site.tell(forMs === 0 ? what : `${what} for ${Math.round(forMs / 1000)} s`)
    if (fault.end !== undefined) this.#lasting.push({ endsAt: this.#site.world.clock.now() + forMs, fault })
  }

  /** Ends those whose time is over. */
  async endDue(): Promise<void> {
    const now = this.#site.world.clock.now()
    const due = this.#lasting.filter(({ endsAt }) => endsAt <= now)
    this.#lasting = this.#lasting.filter(({ endsAt }) => endsAt > now)
    for (const { fault } of due) await this.#end(fault)
  }

  async endAll(): Promise<void> {
    const lasting = this.#lasting
    this.#lasting = []
    for (const { fault } of lasting) await this.#end(fault)
  }

  async #end(fault: BegunFault): Promise<void> {
    this.#site.tell(`no longer: ${fault.what}`)
    await fault.end?.()
  }
}
