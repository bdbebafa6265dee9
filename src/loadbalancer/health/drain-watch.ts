/**
 * Finds out when draining targets are drained: when no worker has a request or a connection under way with them. Connections that are kept for
 * later do not count. HAProxy tells no event for it.
 */
import type { RenderedBackend } from '../configuration/settings.ts'
import type { Fleet } from '../haproxy/fleet.ts'
import type { TargetHealth } from './target-health.ts'

/** A request that was just sent to the target has its connection by the second look. */
const LOOKS_UNTIL_DRAINED = 2

export class DrainWatch {
  readonly #fleet: Fleet
  readonly #health: Pick<TargetHealth, 'draining' | 'onDrained'>
  /** Looks in a row that found nothing, by target. */
  #idleLooks = new Map<string, number>()

  constructor(fleet: Fleet, health: Pick<TargetHealth, 'draining' | 'onDrained'>) {
    this.#fleet = fleet
    this.#health = health
  }

  async look(backends: Iterable<RenderedBackend>): Promise<void> {
    const draining = Map.groupBy(this.#health.draining(), ({ targetGroupArn }) => targetGroupArn)
    const before = this.#idleLooks
    this.#idleLooks = new Map()
    if (draining.size === 0) return
    const idleLooks = new Map<string, number>()
    const inUse = await this.#sessionsOf([...backends].filter(({ targetGroupArn }) => draining.has(targetGroupArn)))
    for (const { targetGroupArn, target } of [...draining.values()].flat()) {
      const name = `${targetGroupArn}/${target}`
      // Of one that is in no backend, or that no worker names, nothing is known.
      if (inUse.get(name) !== 0) continue
      const looks = (before.get(name) ?? 0) + 1
      if (looks >= LOOKS_UNTIL_DRAINED) this.#health.onDrained(targetGroupArn, target)
      else idleLooks.set(name, looks)
    }
    this.#idleLooks = idleLooks
  }

  /** By `<target group ARN>/<target>`; a group's two backends are counted together. Not a number: no worker has such a server. */
  async #sessionsOf(backends: readonly RenderedBackend[]): Promise<ReadonlyMap<string, number>> {
    const sums = new Map<string, number>()
    for (const { name, targetGroupArn, servers } of backends) {
      const sessions = await this.#fleet.sessions(name)
      for (const { name: server, target } of servers) {
        const of = `${targetGroupArn}/${target}`
        sums.set(of, (sums.get(of) ?? 0) + (sessions.get(server) ?? Number.NaN))
      }
    }
    return sums
  }
}
