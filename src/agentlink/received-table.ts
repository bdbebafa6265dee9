/** A routing table as it arrives over one connection: item by item, consistent whenever the control plane says so. */
import type { ControlMessage, RoutingItem } from '../model/load-balancing/messages.ts'
import type { RoutingTable } from '../model/load-balancing/routing.ts'

export type TableChange = Extract<ControlMessage, { readonly type: 'set' | 'remove' }>
type Values = ReadonlyMap<string, RoutingItem['value']>

const MEMBERS = {
  loadBalancer: 'loadBalancers',
  targetGroup: 'targetGroups',
  certificate: 'certificates',
  trustStore: 'trustStores',
} as const satisfies Readonly<Record<RoutingItem['kind'], keyof RoutingTable>>

export const EMPTY_TABLE: RoutingTable = {
  loadBalancers: new Map(),
  targetGroups: new Map(),
  certificates: new Map(),
  trustStores: new Map(),
}

export interface Completed {
  readonly table: RoutingTable
  /** It is the connection's first: items that it does not have are gone. */
  readonly isFirst: boolean
  /** What is new since the table before. */
  readonly changes: readonly TableChange[]
}

export class ReceivedTable {
  #table = EMPTY_TABLE
  #isFirst = true
  /** What came since the table was consistent; the last word on each item counts. */
  #changes = new Map<string, TableChange>()

  apply(change: TableChange): void {
    const { kind, key } = change.type === 'set' ? change.item : change
    this.#changes.set(`${kind} ${key}`, change)
  }

  /** The table with everything that came until now. Earlier ones stay as they were. */
  complete(): Completed {
    const isFirst = this.#isFirst
    const changes = [...this.#changes.values()]
    this.#table = withChanges(this.#table, changes)
    this.#changes = new Map()
    this.#isFirst = false
    return { table: this.#table, isFirst, changes }
  }
}

/** Maps without changes are the same ones. */
const withChanges = (table: RoutingTable, changes: readonly TableChange[]): RoutingTable => {
  const changed: Partial<Record<keyof RoutingTable, Map<string, RoutingItem['value']>>> = {}
  for (const change of changes) {
    const { kind, key } = change.type === 'set' ? change.item : change
    const values = (changed[MEMBERS[kind]] ??= new Map<string, RoutingItem['value']>(table[MEMBERS[kind]] as Values))
    if (change.type === 'set') values.set(key, change.item.value)
    else values.delete(key)
  }
  return { ...table, ...changed } as RoutingTable
}

/** The items that make the table again. */
export function* itemsOf(table: RoutingTable): Generator<RoutingItem> {
  for (const kind of Object.keys(MEMBERS) as RoutingItem['kind'][])
    for (const [key, value] of table[MEMBERS[kind]] as Values) yield { kind, key, value } as RoutingItem
}
