/** Where a run takes place: what its actors and invariants share. */
import type { WorldAgent } from '../world-agent.ts'
import type { World } from '../world.ts'
import type { SimulatedDisk } from '../fakes/simulated-disk.ts'
import type { HealthOfTargets } from './balancing.ts'
import type { Chance } from './chance.ts'
import type { Ledger } from './ledger.ts'
import type { Scenario } from './scenario.ts'

export interface Site {
  readonly world: World
  readonly disk: SimulatedDisk
  readonly chance: Chance
  readonly scenario: Scenario
  readonly ledger: Ledger
  readonly targetHealth: HealthOfTargets
  /** Notes what happens, for whoever has to understand a failure. */
  readonly tell: (what: string) => void
  /** Something is wrong that no invariant sees. */
  readonly report: (breach: string) => void
}

/** What the host of an agent is called in messages: `host 3`. */
export const hostName = (world: World, agent: WorldAgent): string => `host ${world.agents.indexOf(agent)}`
