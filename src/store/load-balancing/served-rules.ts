/**
 * Whether balancers go by a rule of a listener as it is now: in memory, as what balancers say always is. A shift of traffic has come about when
 * all of them do.
 *
 * Whoever is away cannot be asked, and must not hold a deployment for good: a balancer counts while it is connected, and for a short while
 * after its connection was lost. After a start of the control plane nobody is there yet, and those that were have as long to come back; where
 * there were no load balancers, nobody was.
 */
import type { Clock } from '../../kit/clock.ts'
import { BALANCER_LOSS_GRACE_MS } from '../../model/load-balancing/balancer-limits.ts'
import type { RuleRecord } from '../../model/load-balancing/records.ts'
import type { Store } from '../store.ts'

export class ServedRules {
  readonly #clock: Clock
  /** Whoever has not come back by then is gone. */
  readonly #settledAt: number
  /** By rule: the revision of its last change. */
  readonly #changed = new Map<string, number>()
  /** By balancer, then by load balancer: the revision whose rules it goes by. */
  readonly #balancers = new Map<string, Map<string, number>>()
  readonly #listeners = new Set<() => void>()

  constructor(store: Pick<Store, 'derive' | 'tables'>, clock: Clock) {
    this.#clock = clock
    this.#settledAt = clock.monotonic() + (store.tables.loadBalancers.size > 0 ? BALANCER_LOSS_GRACE_MS : 0)
    store.derive(['rules', 'loadBalancers'], ({ revision, changes }) => {
      for (const { table, key, after } of changes)
        if (after === undefined) this.#forgetRow(key)
        else if (table === 'rules') this.#changed.set(key, revision)
    })
  }

  /** The balancer is there, and has yet to say what it goes by. */
  expect(balancerId: string): void {
    this.#balancers.set(balancerId, new Map())
  }

  /** The balancer goes by the rules of the load balancer as they were at that revision of the store. */
  confirm(balancerId: string, loadBalancerArn: string, revision: number): void {
    this.#balancers.get(balancerId)?.set(loadBalancerArn, revision)
    this.#tell()
  }

  /** The balancer is gone. */
  forget(balancerId: string): void {
    if (this.#balancers.delete(balancerId)) this.#tell()
  }

  /** Whether every balancer that counts sends new requests by the rule as it is. What a running transaction writes is not in that yet. */
  isServed({ ruleArn, loadBalancerArn }: Pick<RuleRecord, 'ruleArn' | 'loadBalancerArn'>): boolean {
    if (this.#clock.monotonic() < this.#settledAt) return false
    const wanted = this.#changed.get(ruleArn) ?? 0
    return [...this.#balancers.values()].every((served) => (served.get(loadBalancerArn) ?? -1) >= wanted)
  }

  /** Hears when a rule may be served now that was not. Returns what ends it. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** A rule, or a load balancer. */
  #forgetRow(arn: string): void {
    this.#changed.delete(arn)
    for (const served of this.#balancers.values()) served.delete(arn)
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}
