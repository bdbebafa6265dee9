/** Removes rows that were kept long enough. Finds all of them in one pass, and removes them in portions that calls can come between. */
import type { Clock } from '../../kit/clock.ts'
import { CLEAN_UP_ROWS } from '../../model/limits.ts'
import type { Store } from '../../store/store.ts'
import type { ReadTables, Transaction } from '../../store/tables.ts'
import type { Controller } from '../controller.ts'

export interface RetentionOptions {
  readonly store: Store
  readonly clock: Clock
}

export interface RetentionRule {
  readonly name: string
  readonly everyMs: number
  /** Keys of the rows that may go now. */
  readonly expired: (tables: ReadTables, now: number) => Iterable<string>
  readonly remove: (tx: Transaction, key: string) => void
}

/** Time alone makes rows expire: there is no change to wake up for. */
export const retention = (rule: RetentionRule, { store, clock }: RetentionOptions): Controller => ({
  name: rule.name,
  everyMs: rule.everyMs,
  watch: () => () => {},
  keys: () => [rule.name],
  reconcile: async () => {
    const expired = [...rule.expired(store.tables, clock.now())]
    for (let from = 0; from < expired.length; from += CLEAN_UP_ROWS) {
      const portion = expired.slice(from, from + CLEAN_UP_ROWS)
      await store.transact((tx) => {
        for (const key of portion) rule.remove(tx, key)
      })
    }
  },
})
