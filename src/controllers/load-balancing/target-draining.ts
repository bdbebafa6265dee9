/**
 * Takes targets away that were deregistered: when no balancer has anything under way with them, when their time is over, or at once where
 * nothing could be under way. What was said of targets is forgotten with them.
 */
import type { Clock } from '../../kit/clock.ts'
import { LONGEST_DEREGISTRATION_DELAY_SECONDS } from '../../model/load-balancing/limits.ts'
import { type TargetRecord, targetKey, targetRowKey } from '../../model/load-balancing/records.ts'
import type { TargetHealthBook } from '../../store/load-balancing/target-health-book.ts'
import type { Store } from '../../store/store.ts'
import type { RowChange } from '../../store/table.ts'
import type { Controller } from '../controller.ts'

export interface TargetDrainingOptions {
  readonly store: Store
  readonly clock: Clock
  readonly targetHealth: TargetHealthBook
}

export class TargetDraining implements Controller {
  readonly name = 'target-draining'
  readonly everyMs = 60_000
  readonly #options: TargetDrainingOptions

  constructor(options: TargetDrainingOptions) {
    this.#options = options
  }

  watch(wake: (key: string) => void): () => void {
    const { store, targetHealth } = this.#options
    const unwatch = store.watch(['targets'], ({ changes }) => {
      for (const change of changes as readonly RowChange<TargetRecord>[]) {
        if (change.table !== 'targets') continue
        if (isDraining(change.after)) wake(change.key)
        else if (isDraining(change.before) || change.after === undefined) this.#forget(change)
      }
    })
    const endListening = targetHealth.listen((reports) => {
      for (const { targetGroupArn, target, isDrained } of reports)
        if (isDrained === true) wake(`${targetGroupArn}/${target}`)
    })
    return () => {
      unwatch()
      endListening()
    }
  }

  *keys(): Generator<string, void, void> {
    for (const target of this.#options.store.tables.targets.iterate('draining', 'draining')) yield targetRowKey(target)
  }

  async reconcile(key: string): Promise<{ readonly againInMs: number } | void> {
    const { store, clock } = this.#options
    const row = store.tables.targets.get(key)
    if (row?.drainingUntil === undefined) return undefined
    const leftMs = this.#hasDrained(row) ? 0 : row.drainingUntil - clock.now()
    if (leftMs > LONGEST_DEREGISTRATION_DELAY_MS) return this.#beginAgain(row)
    if (leftMs > 0) return { againInMs: leftMs }
    await store.transact(({ targets }) => {
      if (targets.get(key) === row) targets.remove(key)
    })
    return undefined
  }

  /** Nothing drains that long: the clock was set back. */
  async #beginAgain(row: TargetRecord): Promise<void> {
    const { store, clock } = this.#options
    const drainingUntil = clock.now() + LONGEST_DEREGISTRATION_DELAY_MS
    await store.transact(({ targets }) => {
      if (targets.get(targetRowKey(row)) === row) targets.update(targetRowKey(row), { drainingUntil })
    })
  }

  #hasDrained(target: TargetRecord): boolean {
    const { store, targetHealth } = this.#options
    const group = store.tables.targetGroups.get(target.targetGroupArn)
    const isServed = group !== undefined && group.loadBalancerArns.length > 0
    return !isServed || targetHealth.isDrained(target.targetGroupArn, targetKey(target))
  }

  /** The target is gone, or begins anew. */
  #forget({ before }: RowChange<TargetRecord>): void {
    if (before !== undefined) this.#options.targetHealth.forget(before.targetGroupArn, targetKey(before))
  }
}

const LONGEST_DEREGISTRATION_DELAY_MS = LONGEST_DEREGISTRATION_DELAY_SECONDS * 1000

const isDraining = (row: TargetRecord | undefined): boolean => row?.drainingUntil !== undefined
