/**
 * The balancers that are connected: each is told what to do, and what they say is noted, of targets in memory, of load balancers in their
 * rows. Loaded when the first balancer comes.
 */
import type { BalancerHandler, BalancerHost, BalancerReport, BalancerSession } from '../../agentlink/balancer-server.ts'
import type { Clock, Timer } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import type { Sealer } from '../../kit/sealing.ts'
import { BALANCER_LOSS_GRACE_MS } from '../../model/load-balancing/balancer-limits.ts'
import type { BalancerWelcome, TargetHealthReport } from '../../model/load-balancing/messages.ts'
import type { LoadBalancerRecord } from '../../model/load-balancing/records.ts'
import type { ServedRules } from '../../store/load-balancing/served-rules.ts'
import type { TargetHealthBook } from '../../store/load-balancing/target-health-book.ts'
import type { Store } from '../../store/store.ts'
import { BalancerFeed } from './balancer-feed.ts'
import { ROUTING_TABLES, touchedItems } from './routing-names.ts'

export interface BalancerHubOptions {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly sealer: Sealer
  readonly targetHealth: TargetHealthBook
  readonly servedRules: ServedRules
  readonly balancerWelcome: BalancerWelcome
}

export class BalancerHub implements BalancerHost {
  readonly #options: BalancerHubOptions
  readonly #feeds = new Map<string, BalancerFeed>()
  /** Balancers whose connection was lost, until what they said counts no more. */
  readonly #lost = new Map<string, Timer>()
  readonly #unwatch: () => void

  constructor(options: BalancerHubOptions) {
    this.#options = options
    const { store } = options
    this.#unwatch = store.watch(ROUTING_TABLES, ({ changes }) => {
      const touched = changes.flatMap((change) => touchedItems(store.tables, change))
      for (const feed of this.#feeds.values()) feed.touch(touched)
    })
  }

  connected(session: BalancerSession): BalancerHandler {
    const { balancerId } = session
    const { log, targetHealth, servedRules } = this.#options
    log.info('balancer connected', { balancerId })
    this.#lost.get(balancerId)?.cancel()
    this.#lost.delete(balancerId)
    targetHealth.expect(balancerId)
    servedRules.expect(balancerId)
    session.send({ type: 'welcome', ...this.#options.balancerWelcome })
    const feed = new BalancerFeed(this.#options, session)
    this.#feeds.set(balancerId, feed)
    return {
      message: (report) => this.#received(balancerId, feed, report),
      drained: () => feed.drained(),
      closed: () => this.#closed(balancerId, feed),
    }
  }

  stop(): void {
    this.#unwatch()
    for (const timer of this.#lost.values()) timer.cancel()
  }

  #received(balancerId: string, feed: BalancerFeed, report: BalancerReport): void {
    if (report.type === 'targetHealth') this.#record(balancerId, report.reports)
    else if (report.type === 'applied') {
      this.#options.targetHealth.serves(balancerId)
      this.#confirm(balancerId, feed.applied(report.revision))
    } else if (this.#options.store.tables.loadBalancers.has(report.loadBalancerArn)) {
      feed.noteProblem(report.loadBalancerArn, report.problem)
      this.#judge(report.loadBalancerArn)
    }
  }

  #confirm(balancerId: string, served: ReadonlyMap<string, number>): void {
    for (const [loadBalancerArn, revision] of served) {
      this.#options.servedRules.confirm(balancerId, loadBalancerArn, revision)
      this.#judge(loadBalancerArn)
    }
  }

  /** A report may come late: of targets that are gone, or have made room for others, there is nothing to note. */
  #record(balancerId: string, reports: readonly TargetHealthReport[]): void {
    const { store, targetHealth } = this.#options
    const known = reports.filter(({ targetGroupArn, target, registeredAt }) => {
      const row = store.tables.targets.get(`${targetGroupArn}/${target}`)
      return row !== undefined && (registeredAt === undefined || registeredAt === row.registeredAt)
    })
    if (known.length > 0) targetHealth.record(balancerId, known)
  }

  #closed(balancerId: string, feed: BalancerFeed): void {
    const { store, clock, log, targetHealth, servedRules } = this.#options
    // Another connection of the same balancer may have come before.
    if (this.#feeds.get(balancerId) !== feed) return
    log.info('balancer disconnected', { balancerId })
    this.#feeds.delete(balancerId)
    const forget = (): void => {
      this.#lost.delete(balancerId)
      targetHealth.forgetBalancer(balancerId)
      servedRules.forget(balancerId)
      // It may have been the only one that served them.
      for (const arn of Array.from(store.tables.loadBalancers.rows(), (row) => row.loadBalancerArn)) this.#judge(arn)
    }
    this.#lost.set(balancerId, clock.setTimer(BALANCER_LOSS_GRACE_MS, forget))
  }

  /** A load balancer is active when one balancer serves it, and has failed when none can and none may be back in a moment. */
  #judge(loadBalancerArn: string): void {
    const row = this.#options.store.tables.loadBalancers.get(loadBalancerArn)
    const state = row && this.#stateOf(loadBalancerArn)
    if (row === undefined || state === undefined || isInState(row, state)) return
    const { store, log } = this.#options
    log.info('load balancer', { loadBalancerArn, from: row.state, to: state.state, reason: state.stateReason })
    store
      .transact((tx) => {
        if (tx.loadBalancers.has(loadBalancerArn)) tx.loadBalancers.update(loadBalancerArn, state)
      })
      .catch((error: unknown) => log.error('the state of a load balancer is not kept', { loadBalancerArn, error }))
  }

  #stateOf(loadBalancerArn: string): BalancerWord | undefined {
    const feeds = [...this.#feeds.values()]
    if (feeds.some((feed) => feed.serves(loadBalancerArn))) return { state: 'active', stateReason: undefined }
    const problems = feeds.map((feed) => feed.problemOf(loadBalancerArn)).filter((problem) => problem !== undefined)
    return problems.length > 0 && problems.length === feeds.length && this.#lost.size === 0
      ? { state: 'failed', stateReason: problems[0] }
      : undefined
  }
}

interface BalancerWord {
  readonly state: 'active' | 'failed'
  readonly stateReason: string | undefined
}

const isInState = (row: LoadBalancerRecord, { state, stateReason }: BalancerWord): boolean =>
  row.state === state && row.stateReason === stateReason
