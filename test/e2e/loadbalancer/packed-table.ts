/** Routing tables as texts, to be told to processes of tests. */
import type { RoutingTable } from '../../../src/model/load-balancing/routing.ts'

export const packTable = (table: RoutingTable): string =>
  JSON.stringify(Object.fromEntries(Object.entries(table).map(([kind, items]) => [kind, [...items]])))

export const unpackTable = (text: string): RoutingTable =>
  Object.fromEntries(
    Object.entries(JSON.parse(text) as Record<string, [string, never][]>).map(([kind, items]) => [
      kind,
      new Map(items),
    ]),
  ) as unknown as RoutingTable
