/**
 * One run: from a seed come a world, what is asked of it and what goes wrong in it. Steps of simulated time follow each other; after each
 * the invariants are checked. At the end faults stop, and everything has to come to rest. Same seed, same run, to the last byte.
 */
import { ManualClock } from '../../src/kit/clock.ts'
import type { Log } from '../../src/kit/log.ts'
import { SimulatedDisk } from '../fakes/simulated-disk.ts'
import { World } from '../world.ts'
import { HealthOfTargets, insertPairs } from './balancing.ts'
import { BugLog } from './bug-log.ts'
import { Chance } from './chance.ts'
import { Faults } from './faults/faults.ts'
import { Feed } from './feed.ts'
import { INVARIANTS } from './invariants/all.ts'
import { unrest } from './invariants/converged.ts'
import { stillness } from './invariants/stillness.ts'
import type { Invariant } from './invariants/invariant.ts'
import { Ledger } from './ledger.ts'
import { hostConfig, type Scenario, scenarioOf } from './scenario.ts'
import type { Site } from './site.ts'
import { createProviders } from './traffic/capacity-calls.ts'
import { Traffic } from './traffic/traffic.ts'

export interface SimulationOptions {
  readonly seed: number
  /** Of simulated time in which things go wrong; coming to rest is not included. */
  readonly minutes: number
  /** Instead of as many as the seed says. */
  readonly hosts?: number | undefined
  /** Hears of everything that happens. */
  readonly onTrace?: (line: string) => void
}

export interface SimulationResult {
  readonly seed: number
  readonly hosts: number
  readonly steps: number
  readonly calls: number
  readonly faults: number
  readonly services: number
  readonly tasks: number
  /** How long it took to come to rest; milliseconds of simulated time. */
  readonly restMs: number
  /** Of everything that was written. */
  readonly digest: string
  /** What was found to be wrong. */
  readonly breaches: readonly string[]
  /** What happened before that, the last at the end. */
  readonly trace: readonly string[]
}

const MINUTE_MS = 60_000
/** Longer than the longest back-off of tasks that fail to start. */
const REST_WITHIN_MS = 120 * MINUTE_MS
const REST_STRIDE_MS = 15_000
/** How long a world that has come to rest is watched for anything that moves. */
const STILL_MS = 60 * MINUTE_MS
const STILL_STRIDE_MS = 10_000
const TRACE_KEPT = 40

export const simulate = (options: SimulationOptions): Promise<SimulationResult> => new Simulation(options).run()

class Simulation {
  readonly #options: SimulationOptions
  readonly #scenario: Scenario
  readonly #clock = new ManualClock()
  readonly #startedAt = this.#clock.now()
  readonly #disk = new SimulatedDisk(this.#clock)
  readonly #feed = new Feed()
  readonly #world: World
  readonly #site: Site
  readonly #traffic: Traffic
  readonly #faults: Faults
  readonly #invariants: readonly Invariant[]
  readonly #trace: string[] = []
  readonly #breaches: string[] = []
  #steps = 0

  constructor(options: SimulationOptions) {
    this.#options = options
    const { seed, hosts } = options
    this.#scenario = scenarioOf(seed, hosts)
    const log: Log = new BugLog((breach) => this.#breaches.push(breach))
    const onStore = (store: Parameters<Feed['attach']>[0]): void => this.#feed.attach(store)
    const targetHealth = new HealthOfTargets(() => this.#clock.now())
    this.#world = new World(seed, {
      clock: this.#clock,
      disk: this.#disk,
      log,
      onStore,
      onTargetHealth: (book) => targetHealth.listen(book),
    })
    this.#site = {
      world: this.#world,
      disk: this.#disk,
      chance: new Chance(seed),
      scenario: this.#scenario,
      ledger: new Ledger(),
      targetHealth,
      tell: (what) => this.#tell(what),
      report: (breach) => void this.#breaches.push(breach),
    }
    this.#traffic = new Traffic(this.#site)
    this.#faults = new Faults(this.#site)
    this.#invariants = INVARIANTS.map((make) => make(this.#site, this.#feed))
  }

  async run(): Promise<SimulationResult> {
    await this.#begin()
    const endsAt = this.#clock.now() + this.#options.minutes * MINUTE_MS
    while (this.#clock.now() < endsAt && this.#breaches.length === 0) await this.#step()
    const restMs = this.#breaches.length === 0 ? await this.#comeToRest() : 0
    if (this.#breaches.length === 0) await this.#standStill()
    return this.#result(restMs)
  }

  async #begin(): Promise<void> {
    await this.#world.startControlPlane()
    await createProviders(this.#site)
    if (this.#scenario.hasBalancers) await this.#addBalancers()
    for (let index = 0; index < this.#scenario.hosts; index++)
      await this.#world.addAgent(hostConfig(this.#scenario, index))
    await this.#traffic.tasks.begin()
  }

  async #addBalancers(): Promise<void> {
    const { chance } = this.#site
    await this.#world.store.transact(insertPairs)
    for (let count = 0; count < 2; count++)
      await this.#world.addBalancer({
        healthyAfterMs: chance.int(1000, 20_000),
        drainsAfterMs: chance.one([0, 5000, 400_000]),
      })
  }

  async #step(): Promise<void> {
    const { chance, scenario } = this.#site
    this.#steps++
    await this.#faults.endDue()
    if (chance.is(scenario.trafficRate)) this.#traffic.step()
    if (chance.is(scenario.faultRate)) this.#faults.begin()
    await this.#world.advance(chance.is(0.3) ? chance.int(0, 500) : chance.span(500, scenario.strideMs))
    this.#check()
  }

  /** Ends faults and calls, has users repair what cannot work, and waits. Gives how long that took. */
  async #comeToRest(): Promise<number> {
    this.#tell('faults and calls end')
    await this.#faults.endAll()
    await this.#finishCalls()
    this.#traffic.repair()
    await this.#finishCalls()
    const begunAt = this.#clock.now()
    let left: readonly string[] = []
    while (this.#breaches.length === 0) {
      this.#traffic.lookAfter()
      await this.#world.advance(REST_STRIDE_MS)
      this.#check()
      left = await unrest(this.#site)
      if (left.length === 0) return this.#clock.now() - begunAt
      if (this.#clock.now() - begunAt > REST_WITHIN_MS) this.#breaches.push(...left.map((why) => `converged: ${why}`))
    }
    return this.#clock.now() - begunAt
  }

  /** Nothing happens any more that nobody asks for. */
  async #standStill(): Promise<void> {
    this.#tell('nothing is to move')
    const moved = stillness(this.#site)
    for (let ms = 0; ms < STILL_MS; ms += STILL_STRIDE_MS) {
      await this.#clock.advance(STILL_STRIDE_MS)
      await this.#world.rest()
    }
    this.#check()
    this.#breaches.push(...[...moved(), ...(await unrest(this.#site))].map((why) => `still: ${why}`))
  }

  async #finishCalls(): Promise<void> {
    for (let seconds = 0; this.#traffic.isUnderWay && seconds < 600; seconds++) await this.#world.advance(1000)
    if (this.#traffic.isUnderWay) this.#breaches.push('a call is never answered')
  }

  #check(): void {
    for (const { name, check } of this.#invariants)
      for (const breach of check()) this.#breaches.push(`${name}: ${breach}`)
  }

  #tell(what: string): void {
    const line = `${clockText(this.#clock.now() - this.#startedAt)} step ${this.#steps}: ${what}`
    this.#options.onTrace?.(line)
    this.#trace.push(line)
    if (this.#trace.length > TRACE_KEPT) this.#trace.shift()
  }

  #result(restMs: number): SimulationResult {
    return {
      seed: this.#options.seed,
      steps: this.#steps,
      calls: this.#traffic.calls,
      faults: this.#faults.count,
      hosts: this.#scenario.hosts,
      services: this.#site.ledger.services.size,
      tasks: this.#feed.rows('tasks').size,
      restMs,
      digest: this.#disk.digest,
      breaches: this.#breaches,
      trace: this.#trace,
    }
  }
}

const clockText = (ms: number): string => {
  const seconds = Math.floor(ms / 1000)
  const part = (value: number): string => String(value).padStart(2, '0')
  return `${part(Math.floor(seconds / 3600))}:${part(Math.floor(seconds / 60) % 60)}:${part(seconds % 60)}`
}
