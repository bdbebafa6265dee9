/**
 * What a seed makes of a run as a whole: how many hosts, of which size and in which zones, how much is done and what goes wrong. Each run
 * has some kinds of trouble and not others: where everything goes wrong at once, nothing gets far enough to go wrong in its own way.
 */
import { Chance } from './chance.ts'

export interface Scenario {
  readonly hosts: number
  readonly zones: number
  readonly hostMemoryMiB: number
  /** Hosts belong to Auto Scaling groups, and services use capacity providers over them. */
  readonly hasProviders: boolean
  /** Services are behind load balancers, which two balancers serve. */
  readonly hasBalancers: boolean
  /** Of the steps, those in which something is asked of the API. */
  readonly trafficRate: number
  /** Of the steps, those in which something goes wrong. */
  readonly faultRate: number
  /** Longest step. */
  readonly strideMs: number
  /** Weight of a kind of fault in this run; 0 for those that do not happen. */
  readonly weightOf: (name: string) => number
}

/** Auto Scaling groups, and their capacity providers. */
export const GROUPS = ['group-a', 'group-b'] as const

const SIMULATED_MEMORY_MIB = 65_536
/** Every so manieth seed has very many hosts. */
const CROWD = { every: 100, hosts: 1000 }

export const scenarioOf = (seed: number, hosts?: number): Scenario => {
  const chance = new Chance(seed ^ 0x5ca1ab1e)
  const count = hosts ?? hostCount(seed, chance)
  const weights = new Map<string, number>()
  const calm = chance.is(0.1)
  const hasProviders = chance.is(0.4)
  const hasBalancers = chance.is(0.4)
  return {
    hosts: count,
    zones: chance.int(1, 3),
    // Where some services may use some hosts only, each has to have room for more.
    hostMemoryMiB: hasProviders ? 16_384 : chance.one([4096, 8192, 16_384]),
    hasProviders,
    hasBalancers,
    trafficRate: chance.one([0.2, 0.5, 0.8]),
    faultRate: calm ? 0 : chance.one([0.05, 0.15, 0.4]),
    strideMs: count > 100 ? 60_000 : chance.one([10_000, 20_000, 60_000]),
    weightOf: (name) => {
      const known = weights.get(name)
      if (known !== undefined) return known
      const drawn = chance.is(0.6) ? chance.int(1, 5) : 0
      weights.set(name, drawn)
      return drawn
    },
  }
}

const hostCount = (seed: number, chance: Chance): number => {
  if (seed % CROWD.every === CROWD.every - 1) return CROWD.hosts
  return chance.is(0.85) ? chance.int(3, 12) : chance.int(13, 50)
}

/** Settings of the agent on the host of that number. */
export const hostConfig = (
  { zones, hostMemoryMiB, hasProviders }: Scenario,
  index: number,
): Readonly<Record<string, string>> => ({
  ECS_RESERVED_MEMORY: String(SIMULATED_MEMORY_MIB - hostMemoryMiB),
  ECS_INSTANCE_ATTRIBUTES: JSON.stringify({
    'ecs.availability-zone': zoneOf(index, zones),
    ...(hasProviders ? { 'aws.autoscaling.groupName': groupOf(index, zones) } : {}),
  }),
})

const zoneOf = (index: number, zones: number): string => `us-east-1${'abc'[index % zones] ?? 'a'}`

/** Each group has hosts in each zone, if there are enough. */
const groupOf = (index: number, zones: number): string =>
  GROUPS[(zones === 2 ? index + Math.floor(index / zones) : index) % GROUPS.length] ?? GROUPS[0]
