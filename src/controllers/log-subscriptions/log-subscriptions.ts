/**
 * Subscriptions: what comes to a log group is delivered to where its subscription filters say, at least once, however often the server
 * starts meanwhile. Nobody who appends waits for it. What it needs for its work is loaded when there is some.
 */
import type { Clock, Timer } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import type { Log } from '../../kit/log.ts'
import { LOG_DELIVERY_DELAY_MS } from '../../model/log-limits.ts'
import type { LogStore } from '../../store/logs/log-store.ts'
import type { Store } from '../../store/store.ts'
import type { Controller } from '../controller.ts'
import { FilteredGroups } from '../filtered-groups.ts'
import type { Delivery } from './delivery.ts'

export interface LogSubscriptionsOptions {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly logs: LogStore
  /** Base URL of this server, which is no destination. */
  readonly endpoint: string
  /** Roles that are not there are taken as if they were. */
  readonly takesRolesForGranted: boolean
}

const EVERY_MS = 60_000

/** By the key of the filter. */
export class LogSubscriptions implements Controller {
  readonly name = 'log-subscriptions'
  readonly everyMs = EVERY_MS
  readonly #options: LogSubscriptionsOptions
  /** Filters whose group has had an event, and that wait for more. */
  readonly #due = new Map<string, Timer>()
  #delivery: Delivery | undefined

  constructor(options: LogSubscriptionsOptions) {
    this.#options = options
  }

  watch(wake: (key: string) => void): () => void {
    const { store } = this.#options
    const groups = new FilteredGroups({
      ...this.#options,
      table: 'subscriptionFilters',
      hear: ({ groupId }) => {
        for (const { key } of store.tables.subscriptionFilters.iterate('byGroup', groupId)) this.#wakeSoon(key, wake)
      },
      onChanged: wake,
    })
    groups.start()
    return () => {
      groups.stop()
      for (const timer of this.#due.values()) timer.cancel()
      this.#delivery?.stop()
    }
  }

  *keys(): Iterable<string> {
    for (const { key } of this.#options.store.tables.subscriptionFilters.rows()) yield key
  }

  async reconcile(key: string): Promise<{ readonly againInMs: number } | void> {
    if (this.#delivery === undefined && !this.#options.store.tables.subscriptionFilters.has(key)) return
    this.#delivery ??= new (await import('./delivery.ts')).Delivery(this.#options)
    return this.#delivery.deliver(key)
  }

  #wakeSoon(key: string, wake: (key: string) => void): void {
    if (this.#due.has(key)) return
    const timer = this.#options.clock.setTimer(LOG_DELIVERY_DELAY_MS, () => {
      this.#due.delete(key)
      wake(key)
    })
    this.#due.set(key, timer)
  }
}
