/** Rows of the caller's account and region, in the order of their keys. For tables of which nobody has very many. */
import type { SsmContext } from './context.ts'

interface Owned {
  readonly account: string
  readonly region: string
}

export const ownRows =
  <Row extends Owned>(
    table: { rows(): Iterable<Row> },
    { account, region }: SsmContext,
    keyOf: (row: Row) => string,
  ): ((position: string) => Iterable<Row>) =>
  (position) =>
    [...table.rows()]
      .filter((row) => row.account === account && row.region === region && keyOf(row) > position)
      .toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
