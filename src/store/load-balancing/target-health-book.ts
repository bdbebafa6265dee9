/**
 * What balancers say of targets now: in memory, because it is as fresh as the balancers' last words and nothing else. After a start of the
 * control plane nothing is known until balancers report; who acts on health waits for that.
 */
import { type TargetHealthReport } from '../../model/load-balancing/messages.ts'

type Listener = (reports: readonly TargetHealthReport[]) => void

/**
 * With several balancers, the worst of what they say: a target is healthy when all of them may send it requests that are to. Those that are
 * not to, because its load balancer is elsewhere or it is in another zone, say that it is `unused`.
 */
const WORST_FIRST = ['unhealthy', 'unhealthy.draining', 'unavailable', 'initial', 'draining', 'healthy', 'unused']

export class TargetHealthBook {
  /** By `<target group ARN>/<target key>`, then by balancer. */
  readonly #reports = new Map<string, Map<string, TargetHealthReport>>()
  readonly #listeners = new Set<Listener>()
  /** Those that are to be heard before it is said what all balancers say. */
  readonly #balancers = new Set<string>()
  /** Those of them that serve what they were told: another one, whose HAProxy does not start, sends nobody requests. */
  readonly #serving = new Set<string>()

  /** After a start: balancers that were there have yet to come back. */
  #areOthersExpected = false

  /** Others may come that were there before the control plane was started. */
  expectOthers(): void {
    this.#areOthersExpected = true
  }

  /** Whoever has not come back is gone. */
  expectNoOthers(): void {
    this.#areOthersExpected = false
    this.#tell([...this.#reports.values()].flatMap((byBalancer) => [...byBalancer.values()]))
  }

  /** The balancer is there, and will say what it knows. */
  expect(balancerId: string): void {
    this.#balancers.add(balancerId)
  }

  /** It serves what it was told, and will say what it finds. */
  serves(balancerId: string): void {
    this.#serving.add(balancerId)
  }

  record(balancerId: string, reports: readonly TargetHealthReport[]): void {
    for (const report of reports) {
      const name = nameOf(report.targetGroupArn, report.target)
      const byBalancer = this.#reports.get(name) ?? new Map<string, TargetHealthReport>()
      this.#reports.set(name, byBalancer.set(balancerId, report))
    }
    this.#tell(reports)
  }

  /** Undefined: no balancer has said anything yet. It is not healthy before all that serve have spoken. */
  get(targetGroupArn: string, target: string): TargetHealthReport | undefined {
    const byBalancer = this.#reports.get(nameOf(targetGroupArn, target))
    const rank = ({ state }: TargetHealthReport): number => WORST_FIRST.indexOf(state)
    const [worst] = [...(byBalancer?.values() ?? [])].toSorted((one, other) => rank(one) - rank(other))
    if (worst?.state !== 'healthy' || this.#haveAllSpoken(byBalancer, this.#serving)) return worst
    return { ...worst, state: 'initial', reason: 'Elb.RegistrationInProgress' }
  }

  /** Whether every balancer has nothing under way with the target. */
  isDrained(targetGroupArn: string, target: string): boolean {
    const byBalancer = this.#reports.get(nameOf(targetGroupArn, target))
    if (this.#areOthersExpected) return false
    if (byBalancer === undefined || !this.#haveAllSpoken(byBalancer, this.#balancers)) return false
    return [...byBalancer.values()].every(({ isDrained }) => isDrained === true)
  }

  /** The target is registered no more, or begins anew. */
  forget(targetGroupArn: string, target: string): void {
    this.#reports.delete(nameOf(targetGroupArn, target))
  }

  /** A balancer is gone: what it said counts no more. */
  forgetBalancer(balancerId: string): void {
    if (!this.#balancers.delete(balancerId)) return
    this.#serving.delete(balancerId)
    const left: TargetHealthReport[] = []
    for (const [name, byBalancer] of this.#reports) {
      byBalancer.delete(balancerId)
      left.push(...byBalancer.values())
      if (byBalancer.size === 0) this.#reports.delete(name)
    }
    // What the others say is all that counts now.
    if (left.length > 0) this.#tell(left)
  }

  /** Hears of what is recorded from now on. Returns what ends it. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  #haveAllSpoken(
    byBalancer: ReadonlyMap<string, TargetHealthReport> | undefined,
    balancers: ReadonlySet<string>,
  ): boolean {
    return [...balancers].every((balancerId) => byBalancer?.has(balancerId) === true)
  }

  #tell(reports: readonly TargetHealthReport[]): void {
    for (const listener of this.#listeners) listener(reports)
  }
}

const nameOf = (targetGroupArn: string, target: string): string => `${targetGroupArn}/${target}`
