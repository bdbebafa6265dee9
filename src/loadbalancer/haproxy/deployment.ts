/**
 * Makes HAProxy serve a routing table: by the runtime API if only servers differ, by a validated reload otherwise. A load balancer that HAProxy
 * refuses is left out and named, and the others are served.
 */
import { writeFileSync } from 'node:fs'
import type { Log } from '../../kit/log.ts'
import type { RoutingTable, TargetGroupRoute } from '../../model/load-balancing/routing.ts'
import type { RenderedBackend, RenderedConfiguration, RenderedServer } from '../configuration/settings.ts'
import type { TargetHealth } from '../health/target-health.ts'
import type { Fleet } from './fleet.ts'
import { isRuntimeFailure } from './fleet.ts'
import { type Applied, configurationKey, type Generations } from './generations.ts'
import { ConfigurationRefused, type HAProxy } from './haproxy.ts'
import { groupsWithOtherTargets } from './other-targets.ts'
import { parseServersState, serverStateFile } from './server-state.ts'
import { refusedSockets, type Sockets } from '../sockets.ts'
import { lastingParameters } from './worker.ts'

export interface DeploymentOptions {
  readonly haproxy: Pick<HAProxy, 'check' | 'start' | 'reload'>
  readonly generations: Generations
  readonly fleet: Fleet
  readonly sockets: Sockets
  readonly serverStatePath: string
  /** The configuration for a directory to lie in. */
  readonly render: (table: RoutingTable, directory: string) => RenderedConfiguration
  /** Backends of groups that have other targets than in those. */
  readonly renderTargets: (
    backends: Iterable<RenderedBackend>,
    groups: readonly TargetGroupRoute[],
  ) => readonly RenderedBackend[]
  readonly health: Pick<TargetHealth, 'isHealthy' | 'turn' | 'changedSince'>
  /** May wait, so that workers do not pile up. */
  readonly beforeReload: () => Promise<void>
  /** How soon a new worker is to have begun with all checks; undefined if that does not matter. */
  readonly firstChecksWithinMs: (backends: Iterable<RenderedBackend>) => number | undefined
  readonly log: Log
}

export interface Deployed {
  readonly rendered: RenderedConfiguration
  /** By the load balancer's ARN: what is not served, and why. */
  readonly problems: ReadonlyMap<string, string>
  /** Target groups that have other targets than before, and nothing else is new. Absent: anything may be. */
  readonly groups?: readonly TargetGroupRoute[]
}

/** The table changed while a reload waited for its time. */
export type NewestTable = () => RoutingTable

const REFUSED = 'The configuration of the load balancer was refused'

export class Deployment {
  readonly #options: DeploymentOptions
  #applied: Applied | undefined
  /** What is served. */
  #last: (Deployed & { readonly table: RoutingTable }) | undefined
  #isOutdated = false
  /** Load balancers that HAProxy refused, with what it was refused for: tried again when their routes change. */
  readonly #refused = new Map<string, { readonly route: unknown; readonly reason: string }>()

  constructor(options: DeploymentOptions) {
    this.#options = options
  }

  /** What a HAProxy has that runs from before: from now on that is what changes are compared with. */
  recall(): Applied | undefined {
    this.#applied = this.#options.generations.applied()
    return this.#applied
  }

  /** HAProxy is gone: whatever is served next, it is a start. */
  forgetWorkers(): void {
    this.#options.fleet.clear()
    this.renderAnew()
  }

  /** What rendering depends on beside the table has changed. */
  renderAnew(): void {
    this.#isOutdated = true
  }

  async deploy(newest: NewestTable): Promise<Deployed> {
    let table = newest()
    if (this.#isOutdated) this.#last = undefined
    this.#isOutdated = false
    const deployed = (await this.#byTargets(table)) ?? (await this.#deployAll(() => (table = newest())))
    this.#last = { ...deployed, table }
    return deployed
  }

  async #deployAll(newest: NewestTable): Promise<Deployed> {
    const { fleet, sockets } = this.#options
    const runtime = await this.#byRuntime(newest())
    if (runtime !== undefined) return runtime
    if (fleet.current !== undefined) await this.#options.beforeReload()
    for (;;) {
      const table = this.#servable(newest())
      const generation = (this.#applied?.generation ?? 0) + 1
      const rendered = await this.#render(table, generation)
      try {
        await this.#byReload(rendered, generation)
        return { rendered, problems: this.#problems(rendered) }
      } catch (error) {
        if (!(error instanceof ConfigurationRefused)) throw error
        if (!sockets.refuse(refusedSockets(error.message))) await this.#exclude(table, generation, error)
      }
    }
  }

  /** Undefined if that is not enough. */
  async #byRuntime(newest: RoutingTable): Promise<Deployed | undefined> {
    const { fleet } = this.#options
    const applied = this.#applied
    const { current } = fleet
    if (applied === undefined || current === undefined) return undefined
    const table = this.#servable(newest)
    const rendered = await this.#render(table, applied.generation)
    const directory = this.#options.generations.directoryOf(applied.generation)
    if (configurationKey(rendered, directory) !== applied.key || current.needsReload(rendered.backends.values()))
      return undefined
    const isDone = await this.#change(rendered.backends, table)
    return isDone ? { rendered, problems: this.#problems(rendered) } : undefined
  }

  /** Costs as much as there is to change. Undefined if that is not enough. */
  async #byTargets(table: RoutingTable): Promise<Deployed | undefined> {
    const { current } = this.#options.fleet
    const last = this.#last
    const groups = last && groupsWithOtherTargets(last.table, table)
    if (last === undefined || groups === undefined || current === undefined) return undefined
    const { rendered, problems } = last
    const changed = this.#options.renderTargets(rendered.backends.values(), groups)
    if (current.needsReload(changed)) return undefined
    const byName = new Map(changed.map((backend) => [backend.name, backend]))
    if (!(await this.#change(byName, table))) return undefined
    return { rendered: { ...rendered, backends: new Map([...rendered.backends, ...byName]) }, problems, groups }
  }

  /** Whether the workers took it. */
  async #change(backends: ReadonlyMap<string, RenderedBackend>, table: RoutingTable): Promise<boolean> {
    const { fleet, log } = this.#options
    try {
      await fleet.apply(backends, isCut(table, backends))
      return true
    } catch (error) {
      if (!isRuntimeFailure(error)) throw error
      log.warn('HAProxy refuses a change of targets and is reloaded', { reason: String(error) })
      return false
    }
  }

  async #render(table: RoutingTable, generation: number): Promise<RenderedConfiguration> {
    const { sockets, generations, render } = this.#options
    for (;;) {
      sockets.begin()
      const rendered = render(table, generations.directoryOf(generation))
      if (!(await sockets.tryUnknown())) return rendered
    }
  }

  async #byReload(rendered: RenderedConfiguration, generation: number): Promise<void> {
    const { haproxy, generations, fleet, sockets, serverStatePath, health } = this.#options
    const before = this.#applied
    const applied: Applied = {
      generation,
      key: configurationKey(rendered, generations.directoryOf(generation)),
      sockets: sockets.usable(),
      parameters: parametersOf(rendered),
    }
    const file = generations.write(rendered, applied)
    const { current } = fleet
    // Nobody serves: what was accepted before is not looked at again first.
    if (current !== undefined || before?.key !== applied.key) await haproxy.check(file)
    const { turn } = health
    const states = parseServersState((await current?.client.serversState()) ?? '')
    const isServerHealthy = (backend: RenderedBackend, server: RenderedServer): boolean =>
      health.isHealthy(`${backend.name}/${server.name}`)
    writeFileSync(
      serverStatePath,
      serverStateFile({ backends: rendered.backends.values(), before: states, isHealthy: isServerHealthy }),
      { mode: 0o600 },
    )
    generations.switchTo(generation)
    try {
      const withinMs = this.#options.firstChecksWithinMs(rendered.backends.values())
      const state = await (current === undefined ? haproxy.start(withinMs) : haproxy.reload(withinMs))
      fleet.replace(state, rendered.backends)
    } catch (error) {
      if (before !== undefined) this.#return(before)
      throw error
    }
    generations.confirm(generation)
    this.#applied = applied
    sockets.hold(applied.sockets)
    generations.prune(generation)
    // What was found while it started was told to those before it alone.
    await Promise.all(health.changedSince(turn).map(([server, found]) => fleet.setHealth(server, found, 'all')))
  }

  /** What was served before is served on. */
  #return({ generation, key }: Applied): void {
    const { generations } = this.#options
    generations.switchTo(generation)
    if (key !== '') generations.confirm(generation)
  }

  /** Without those that HAProxy refused as they are. */
  #servable(table: RoutingTable): RoutingTable {
    for (const [arn, { route }] of this.#refused) if (table.loadBalancers.get(arn) !== route) this.#refused.delete(arn)
    if (this.#refused.size === 0) return table
    return { ...table, loadBalancers: new Map([...table.loadBalancers].filter(([arn]) => !this.#refused.has(arn))) }
  }

  #problems(rendered: RenderedConfiguration): ReadonlyMap<string, string> {
    return new Map([...rendered.problems, ...[...this.#refused].map(([arn, { reason }]) => [arn, reason] as const)])
  }

  /** Leaves out whatever HAProxy refuses, each for itself. */
  async #exclude(table: RoutingTable, generation: number, refusal: ConfigurationRefused): Promise<void> {
    const culprits = await this.#refusedAmong(table, generation, [...table.loadBalancers.keys()])
    // Refused as a whole, though every part is accepted: nothing can be left out against that.
    if (culprits.size === 0) throw new Error(`HAProxy refuses its configuration: ${refusal.message}`)
    for (const [arn, reason] of culprits) {
      this.#options.log.error('a load balancer is refused', { loadBalancerArn: arn, reason })
      this.#refused.set(arn, { route: table.loadBalancers.get(arn), reason: `${REFUSED}: ${reason}` })
    }
  }

  /** By halves: each half that is accepted is innocent. */
  async #refusedAmong(table: RoutingTable, generation: number, arns: readonly string[]): Promise<Map<string, string>> {
    const reason = await this.#refusalOf(table, generation, arns)
    if (reason === undefined || arns.length === 0) return new Map()
    const [only] = arns
    if (arns.length === 1 && only !== undefined) return new Map([[only, reason]])
    const middle = Math.ceil(arns.length / 2)
    const halves = [arns.slice(0, middle), arns.slice(middle)]
    const culprits = new Map<string, string>()
    for (const half of halves)
      for (const [arn, why] of await this.#refusedAmong(table, generation, half)) culprits.set(arn, why)
    return culprits
  }

  async #refusalOf(table: RoutingTable, generation: number, arns: readonly string[]): Promise<string | undefined> {
    const { haproxy, generations } = this.#options
    const part = { ...table, loadBalancers: new Map([...table.loadBalancers].filter(([arn]) => arns.includes(arn))) }
    const rendered = await this.#render(part, generation)
    const nothing: Applied = { generation, key: '', sockets: [], parameters: {} }
    try {
      await haproxy.check(generations.write(rendered, nothing))
      return undefined
    } catch (error) {
      if (error instanceof ConfigurationRefused) return error.message
      throw error
    }
  }
}

const parametersOf = ({ backends }: RenderedConfiguration): Record<string, string> =>
  Object.fromEntries(
    [...backends.values()].flatMap(({ name, servers: [first] }) =>
      first === undefined ? [] : [[name, lastingParameters(first.parameters)]],
    ),
  )

/** AWS: an Application Load Balancer closes what is left when a target's deregistration delay ends, a Network Load Balancer if it is told to. */
const isCut = (table: RoutingTable, backends: ReadonlyMap<string, RenderedBackend>): ((backend: string) => boolean) => {
  return (backend) => {
    const group = table.targetGroups.get(backends.get(backend)?.targetGroupArn ?? '')
    if (group === undefined) return false
    if (group.protocol === 'HTTP' || group.protocol === 'HTTPS') return true
    return group.attributes['deregistration_delay.connection_termination.enabled'] === 'true'
  }
}
