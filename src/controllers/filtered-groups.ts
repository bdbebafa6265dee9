/** Listens to the log groups that have filters of a kind, as they come and go, and to no others. */
import type { LogListener } from '../store/logs/log-feed.ts'
import type { LogStore } from '../store/logs/log-store.ts'
import type { Store } from '../store/store.ts'
import type { RowChange } from '../store/table.ts'

export interface FilteredGroupsOptions {
  readonly store: Store
  readonly logs: LogStore
  readonly table: 'metricFilters' | 'subscriptionFilters'
  readonly hear: LogListener
  /** Hears of the key of each filter that was put or removed. */
  readonly onChanged?: (key: string) => void
}

export class FilteredGroups {
  readonly #options: FilteredGroupsOptions
  /** What ends listening, by group. */
  readonly #listening = new Map<string, () => void>()
  #unwatch: () => void = () => {}

  constructor(options: FilteredGroupsOptions) {
    this.#options = options
  }

  start(): void {
    const { store, table, onChanged } = this.#options
    for (const { groupId } of store.tables[table].rows()) this.#follow(groupId)
    this.#unwatch = store.watch([table], ({ changes }) => {
      for (const change of changes as readonly RowChange<{ readonly groupId: string }>[]) {
        if (change.table !== table) continue
        this.#follow((change.after ?? change.before)?.groupId ?? '')
        onChanged?.(change.key)
      }
    })
  }

  stop(): void {
    this.#unwatch()
    for (const end of this.#listening.values()) end()
    this.#listening.clear()
  }

  /** Begins to listen to a group, or ends it. */
  #follow(groupId: string): void {
    const { store, logs, table, hear } = this.#options
    const hasFilters = store.tables[table].findSize('byGroup', groupId) > 0
    if (hasFilters === this.#listening.has(groupId)) return
    if (hasFilters) this.#listening.set(groupId, logs.listen(groupId, hear))
    else {
      this.#listening.get(groupId)?.()
      this.#listening.delete(groupId)
    }
  }
}
