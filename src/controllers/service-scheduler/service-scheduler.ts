/**
 * Keeps the tasks of every service as its owner wants them, through every change. Decisions are in `plan/` and `rollout/`; a pass reads,
 * decides and writes in one transaction; here is when that happens.
 */
import type { Clock } from '../../kit/clock.ts'
import { SERVICE_STARTS_PER_TRANSACTION } from '../../model/limits.ts'
import { clusterArnOfService } from '../../model/arn.ts'
import type { ServedRules } from '../../store/load-balancing/served-rules.ts'
import type { TargetHealthBook } from '../../store/load-balancing/target-health-book.ts'
import type { Store } from '../../store/store.ts'
import type { Controller } from '../controller.ts'
import { type PassOutcome, takePass } from './pass.ts'
import type { PassSettings } from './pass-context.ts'
import type { PlanMemory } from './plan-memory.ts'
import { Waking } from './waking.ts'

export interface ServiceSchedulerOptions extends PassSettings {
  readonly store: Store
  readonly clock: Clock
  readonly targetHealth: Pick<TargetHealthBook, 'get' | 'listen'>
  readonly servedRules: Pick<ServedRules, 'isServed' | 'listen'>
  /** What was planned last, for operators. */
  readonly memory: PlanMemory
}

/** Passes that follow each other at once. Each of them does something that the next one sees. */
const PASSES = 16

/**
 * A service with so many tasks that a look at it takes longer than that rests for nine times as long: others come first. Services that
 * wait for a place are woken together, by every task that ends, and are long to look at together.
 */
const LONG_LOOK_MS = 2
const REST_FACTOR = 9

/** Of a pass that threw: its transaction rejects with the reason. */
const FAILED: PassOutcome = { isUnfinished: false, startedCount: 0, stoppedCount: 0, isBlocked: false }

const changesOf = ({ startedCount, stoppedCount }: PassOutcome): number => startedCount + stoppedCount

export class ServiceScheduler implements Controller {
  readonly name = 'service-scheduler'
  /** Every change that matters wakes its services: this finds what a fault has left behind. */
  readonly everyMs = 180_000
  readonly #options: ServiceSchedulerOptions
  readonly #waking: Waking
  /** By service: until when it rests, on the monotonic clock. */
  readonly #rests = new Map<string, number>()

  constructor(options: ServiceSchedulerOptions) {
    this.#options = options
    this.#waking = new Waking(options.store)
  }

  watch(wake: (serviceArn: string) => void): () => void {
    const { targetHealth, servedRules } = this.#options
    const ends = [
      this.#waking.watch(wake),
      targetHealth.listen((reports) => this.#waking.heard(reports, wake)),
      servedRules.listen(() => this.#waking.served(wake)),
    ]
    return () => {
      for (const end of ends) end()
    }
  }

  *keys(): Iterable<string> {
    for (const { serviceArn, status } of this.#options.store.tables.services.rows())
      if (status !== 'INACTIVE') yield serviceArn
  }

  async reconcile(serviceArn: string): Promise<{ readonly againInMs: number } | void> {
    const begunAt = this.#options.clock.monotonic()
    const restMs = (this.#rests.get(serviceArn) ?? 0) - begunAt
    if (restMs > 0) return { againInMs: restMs }
    const written: Promise<void>[] = []
    let outcome = this.#pass(serviceArn, written)
    for (let changedCount = changesOf(outcome); this.#goesOn(outcome, changedCount, written.length);) {
      outcome = this.#pass(serviceArn, written)
      changedCount += changesOf(outcome)
    }
    // Before anything else happens: what the outcome waits for must not come about unheard.
    const again = this.#conclude(serviceArn, outcome)
    this.#rest(serviceArn, begunAt, outcome)
    await Promise.all(written)
    return again
  }

  #rest(serviceArn: string, begunAt: number, { isBlocked }: PassOutcome): void {
    const endedAt = this.#options.clock.monotonic()
    const wokenCount = isBlocked ? this.#waking.blockedCount(clusterArnOfService(serviceArn)) : 1
    const lookMs = (endedAt - begunAt) * wokenCount
    if (lookMs < LONG_LOOK_MS) this.#rests.delete(serviceArn)
    else this.#rests.set(serviceArn, endedAt + lookMs * REST_FACTOR)
  }

  #goesOn({ isUnfinished }: PassOutcome, changedCount: number, passes: number): boolean {
    return isUnfinished && changedCount < SERVICE_STARTS_PER_TRANSACTION && passes < PASSES
  }

  /** One transaction; `written` is told when it is durable, or why it failed. */
  #pass(serviceArn: string, written: Promise<void>[]): PassOutcome {
    const { store, clock } = this.#options
    let outcome: PassOutcome = FAILED
    const durable = store.transact((tx) => {
      outcome = takePass(tx, serviceArn, this.#options, clock.now())
    })
    written.push(durable)
    return outcome
  }

  /** Remembers what came of it, and says when to look again. */
  #conclude(serviceArn: string, outcome: PassOutcome): { readonly againInMs: number } | undefined {
    const { plan, isBlocked, isUnfinished, againAt } = outcome
    if (plan === undefined) this.#options.memory.forget(serviceArn)
    else this.#options.memory.record(serviceArn, plan)
    this.#waking.setBlocked({ clusterArn: clusterArnOfService(serviceArn), serviceArn }, isBlocked)
    this.#waking.setAwaitingBalancers(serviceArn, plan?.awaitsBalancers === true)
    if (isUnfinished) return { againInMs: 0 }
    return againAt === undefined ? undefined : { againInMs: Math.max(0, againAt - this.#options.clock.now()) }
  }
}
