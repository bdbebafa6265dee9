/**
 * What a balancer found out, on its way to the control plane: changes while it is there, and everything that holds after it was away. News of
 * one moment are said together.
 */
import { settle } from '../../kit/clock.ts'
import { BALANCER_REPORTS_PER_MESSAGE } from '../../model/load-balancing/balancer-limits.ts'
import type { BalancerMessage, TargetHealthReport } from '../../model/load-balancing/messages.ts'
import type { RoutingTable } from '../../model/load-balancing/routing.ts'

export class BalancerReports {
  readonly #send: (message: BalancerMessage) => boolean
  /** What holds, by target group and key. */
  readonly #health = new Map<string, TargetHealthReport>()
  readonly #problems = new Map<string, string>()
  /** Targets of which something is known, by target group. */
  readonly #targets = new Map<string, Set<string>>()
  /** Of the last table. */
  #targetGroups: RoutingTable['targetGroups'] = new Map()
  /** Names of what is to be said. */
  readonly #unsaid = new Set<string>()
  #appliedRevision: number | undefined
  /** Of this connection, by the number of each table that was told on it and not overtaken. */
  readonly #revisions = new Map<number, number>()
  #tables = 0
  /** The control plane has said its table and listens. */
  #isHeard = false
  #isScheduled = false

  /** `send` says whether the message is on its way. */
  constructor(send: (message: BalancerMessage) => boolean) {
    this.#send = send
  }

  /** What holds of each target, by `<target group ARN>/<target key>`. */
  get health(): ReadonlyMap<string, TargetHealthReport> {
    return this.#health
  }

  /** A connection's first table is there. */
  heard(): void {
    this.#isHeard = true
    this.#appliedRevision = undefined
    this.#revisions.clear()
    for (const name of this.#health.keys()) this.#unsaid.add(name)
    for (const [loadBalancerArn, problem] of this.#problems)
      this.#send({ type: 'loadBalancer', loadBalancerArn, problem })
    this.#sayLater()
  }

  unheard(): void {
    this.#isHeard = false
  }

  /** What is not in the table any more does not hold any more. */
  forgetAllBut(table: RoutingTable): void {
    for (const [arn, targets] of this.#targets) {
      const group = table.targetGroups.get(arn)
      if (group !== undefined && group === this.#targetGroups.get(arn)) continue
      const known = new Set(group?.targets.map(({ key }) => key))
      for (const target of targets) if (!known.has(target)) this.#forget(arn, target)
      if (group === undefined) this.#targets.delete(arn)
    }
    this.#targetGroups = table.targetGroups
    for (const arn of this.#problems.keys()) if (!table.loadBalancers.has(arn)) this.#problems.delete(arn)
  }

  targetHealth(reports: readonly TargetHealthReport[]): void {
    for (const report of reports) {
      const name = `${report.targetGroupArn}/${report.target}`
      if (isSame(this.#health.get(name), report)) continue
      this.#health.set(name, report)
      this.#targetsOf(report.targetGroupArn).add(report.target)
      this.#unsaid.add(name)
    }
    this.#sayLater()
  }

  loadBalancer(loadBalancerArn: string, problem: string | undefined): void {
    if (this.#problems.get(loadBalancerArn) === problem) return
    if (problem === undefined) this.#problems.delete(loadBalancerArn)
    else this.#problems.set(loadBalancerArn, problem)
    if (this.#isHeard) this.#send({ type: 'loadBalancer', loadBalancerArn, ...(problem !== undefined && { problem }) })
  }

  /** A table of that revision is there. Gives its number here: revisions of a control plane that was started again begin anew. */
  numberOf(revision: number): number {
    this.#revisions.set(++this.#tables, revision)
    return this.#tables
  }

  /** New requests go by the table of that number alone; of the last one that was told, this is said once. */
  applied(number: number): void {
    const revision = this.#revisions.get(number)
    for (const earlier of this.#revisions.keys()) if (earlier < number) this.#revisions.delete(earlier)
    if (revision === undefined || !this.#isHeard || this.#appliedRevision === revision) return
    if (this.#send({ type: 'applied', revision })) this.#appliedRevision = revision
  }

  #targetsOf(targetGroupArn: string): Set<string> {
    const targets = this.#targets.get(targetGroupArn) ?? new Set()
    this.#targets.set(targetGroupArn, targets)
    return targets
  }

  #forget(targetGroupArn: string, target: string): void {
    const name = `${targetGroupArn}/${target}`
    this.#targets.get(targetGroupArn)?.delete(target)
    this.#health.delete(name)
    this.#unsaid.delete(name)
  }

  #sayLater(): void {
    if (this.#isScheduled || this.#unsaid.size === 0) return
    this.#isScheduled = true
    void settle().then(() => {
      this.#isScheduled = false
      if (this.#isHeard) this.#say()
    })
  }

  #say(): void {
    const reports = [...this.#unsaid].map((name) => this.#health.get(name)).filter((report) => report !== undefined)
    for (let from = 0; from < reports.length; from += BALANCER_REPORTS_PER_MESSAGE) {
      const portion = reports.slice(from, from + BALANCER_REPORTS_PER_MESSAGE)
      if (!this.#send({ type: 'targetHealth', reports: portion })) return
      for (const { targetGroupArn, target } of portion) this.#unsaid.delete(`${targetGroupArn}/${target}`)
    }
  }
}

const isSame = (one: TargetHealthReport | undefined, other: TargetHealthReport): boolean =>
  one !== undefined &&
  one.state === other.state &&
  one.reason === other.reason &&
  one.description === other.description &&
  one.isDrained === other.isDrained &&
  one.registeredAt === other.registeredAt
