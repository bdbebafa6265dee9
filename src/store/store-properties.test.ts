/** Random transactions, some of which throw half way, against a map: the store must agree with it always, and after a reload. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ClusterStatus, ContainerInstanceRecord } from '../model/records.ts'
import { type Journal, MemoryJournal } from './journal/journal.ts'
import { SqliteJournal } from './journal/sqlite.ts'
import { Store } from './store.ts'
import type { ReadTables, Transaction } from './tables.ts'

type Row = Pick<ContainerInstanceRecord, 'containerInstanceId' | 'clusterArn' | 'status' | 'version'>
type Write =
  | { readonly kind: 'put'; readonly row: Row }
  | { readonly kind: 'update'; readonly key: string; readonly version: number }
  | { readonly kind: 'remove'; readonly key: string }
  | { readonly kind: 'throw' }

const keys = fc.constantFrom('a', 'b', 'c', 'd')
const writes: fc.Arbitrary<Write> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('put' as const),
      row: fc.record({
        containerInstanceId: keys,
        clusterArn: fc.constantFrom('x', 'y'),
        status: fc.constantFrom<ClusterStatus>('ACTIVE', 'INACTIVE'),
        version: fc.nat(9),
      }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('update' as const), key: keys, version: fc.nat(9) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove' as const), key: keys }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'throw' as const }) },
)

const performOnStore = (tx: Transaction, write: Write): void => {
  if (write.kind === 'throw') throw new Error('thrown by the test')
  if (write.kind === 'put') tx.containerInstances.put({ ...write.row } as ContainerInstanceRecord)
  else if (write.kind === 'remove') tx.containerInstances.remove(write.key)
  else if (tx.containerInstances.has(write.key)) tx.containerInstances.update(write.key, { version: write.version })
}

/** The model after a transaction: untouched if one of the writes throws. */
const perform = (model: ReadonlyMap<string, Row>, transaction: readonly Write[]): ReadonlyMap<string, Row> => {
  const next = new Map(model)
  for (const write of transaction) {
    if (write.kind === 'throw') return model
    if (write.kind === 'put') next.set(write.row.containerInstanceId, write.row)
    else if (write.kind === 'remove') next.delete(write.key)
    else if (next.has(write.key)) next.set(write.key, { ...next.get(write.key)!, version: write.version })
  }
  return next
}

const expectEqual = ({ containerInstances }: ReadTables, model: ReadonlyMap<string, Row>): void => {
  expect(new Map([...containerInstances.rows()].map((row) => [row.containerInstanceId, row as Row]))).toEqual(model)
  for (const cluster of ['x', 'y']) {
    const members = [...model.values()].filter(({ clusterArn }) => clusterArn === cluster)
    expect(new Set(containerInstances.find('byCluster', cluster))).toEqual(new Set(members))
    expect(containerInstances.count('registeredInCluster', cluster)).toBe(
      members.filter(({ status }) => status === 'ACTIVE').length,
    )
  }
}

/** Runs the transactions, comparing after each; then opens the journal again and compares once more. */
const checkAgreement = async (
  transactions: readonly (readonly Write[])[],
  openJournal: () => Journal,
): Promise<void> => {
  const store = await Store.open(openJournal(), () => {})
  const derived = new Map<string, object>()
  store.derive(['containerInstances'], ({ changes }) => {
    for (const { key, after } of changes) {
      if (after === undefined) derived.delete(key)
      else derived.set(key, after)
    }
  })
  let model: ReadonlyMap<string, Row> = new Map()
  for (const transaction of transactions) {
    const done = store.transact((tx) => transaction.forEach((write) => performOnStore(tx, write)))
    const outcome = await done.catch((error: Error) => error.message)
    expect(outcome).toBe(transaction.some(({ kind }) => kind === 'throw') ? 'thrown by the test' : undefined)
    model = perform(model, transaction)
    expectEqual(store.tables, model)
    expect(derived).toEqual(model)
  }
  await store.close()
  const reopened = await Store.open(openJournal(), () => {})
  expectEqual(reopened.tables, model)
  await reopened.close()
}

const transactions = fc.array(fc.array(writes, { maxLength: 6 }), { maxLength: 12 })

it('agrees with a map whatever transactions run, and after a reload', async () => {
  const property = fc.asyncProperty(transactions, async (given) => {
    const journal = new MemoryJournal()
    await checkAgreement(given, () => journal)
  })
  await expect(fc.assert(property, { numRuns: 100 })).resolves.toBeUndefined()
})

it('agrees with a map after a reload from SQLite', async () => {
  const property = fc.asyncProperty(transactions, async (given) => {
    const directory = mkdtempSync(join(tmpdir(), 'store-'))
    try {
      await checkAgreement(given, () => SqliteJournal.open(directory))
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
  await expect(fc.assert(property, { numRuns: 20 })).resolves.toBeUndefined()
})
