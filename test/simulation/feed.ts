/**
 * Everything that was durable, in the order in which it became so, over all lives of the control plane. Keeps a copy of its own of the
 * rows that invariants ask for, so that what a restart makes of them can be compared.
 */
import type { ChangeSet, Store } from '../../src/store/store.ts'
import { type TableName, tableDefinitions } from '../../src/store/tables.ts'

const WATCHED = [
  'clusters',
  'containerInstances',
  'deployments',
  'serviceDeployments',
  'serviceRevisions',
  'services',
  'targets',
  'taskDefinitions',
  'taskSets',
  'tasks',
] as const satisfies readonly TableName[]

export interface FeedChange {
  readonly table: string
  readonly key: string
  readonly before: object | undefined
  readonly after: object | undefined
}

/** Hears of the changes of one transaction. `isRestart`: of what is different after a restart, which may be several transactions'. */
export type FeedListener = (changes: readonly FeedChange[], isRestart: boolean) => void

export class Feed {
  readonly #rows = new Map<string, Map<string, object>>(WATCHED.map((table) => [table, new Map<string, object>()]))
  readonly #listeners: FeedListener[] = []

  listen(listener: FeedListener): void {
    this.#listeners.push(listener)
  }

  rows<Row extends object>(table: (typeof WATCHED)[number]): ReadonlyMap<string, Row> {
    return this.#rows.get(table) as unknown as ReadonlyMap<string, Row>
  }

  /** A control plane has begun to live on this store. */
  attach(store: Store): void {
    this.#hear(this.#differences(store), true)
    store.watch(WATCHED, ({ changes }: ChangeSet) => {
      const watched = changes.filter(({ table }) => this.#rows.has(table))
      this.#hear(
        watched.map(({ table, key, after }) => ({ table, key, before: this.#rows.get(table)?.get(key), after })),
        false,
      )
    })
  }

  #hear(changes: readonly FeedChange[], isRestart: boolean): void {
    for (const { table, key, after } of changes) {
      if (after === undefined) this.#rows.get(table)?.delete(key)
      else this.#rows.get(table)?.set(key, after)
    }
    for (const listener of this.#listeners) listener(changes, isRestart)
  }

  #differences(store: Store): FeedChange[] {
    return WATCHED.flatMap((table) => {
      const known = this.#rows.get(table) ?? new Map<string, object>()
      const present = [...store.tables[table].rows()].map((row) => [keyOf(table, row), row] as const)
      const keys = new Set(present.map(([key]) => key))
      const gone = [...known].filter(([key]) => !keys.has(key))
      return [
        ...present.map(([key, after]) => ({ table, key, before: known.get(key), after })),
        ...gone.map(([key, before]) => ({ table, key, before, after: undefined })),
      ]
    })
  }
}

const keyOf = (table: TableName, row: object): string => tableDefinitions[table].key(row as never)
