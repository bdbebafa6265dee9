/** Backfills go on: their images are asked for, some at a time, of the controller that replicates what is pushed. All stands in rows. */
import type { Clock } from '../../kit/clock.ts'
import { needsAdvance, type ReplicationBackfillRecord } from '../../model/replication-backfill.ts'
import type { Store } from '../../store/store.ts'
import type { RowChange } from '../../store/table.ts'
import type { Controller } from '../controller.ts'

export interface ReplicationBackfillsOptions {
  readonly store: Store
  readonly clock: Clock
}

const EVERY_MS = 60_000

/** By the id of the backfill. */
export const replicationBackfills = ({ store, clock }: ReplicationBackfillsOptions): Controller => ({
  name: 'replication-backfills',
  everyMs: EVERY_MS,
  watch: (wake) =>
    store.watch(['replicationBackfills', 'imageReplications'], ({ changes }) => {
      for (const change of changes) for (const backfillId of concerned(store, change)) wake(backfillId)
    }),
  *keys() {
    const now = clock.now()
    for (const backfill of store.tables.replicationBackfills.rows())
      if (needsAdvance(backfill, now)) yield backfill.backfillId
  },
  reconcile: async (backfillId) => {
    const { advanceBackfill } = await import('../../store/images/replication-backfill.ts')
    const isGoingOn = await store.transact((tx) => advanceBackfill(tx, backfillId, clock.now()))
    if (isGoingOn) return { againInMs: 0 }
  },
})

const concerned = (store: Store, change: RowChange): readonly string[] => {
  if (change.table === 'imageReplications')
    return store.tables.backfilledImages.find('byReplication', change.key).map(({ backfillId }) => backfillId)
  const isTurn = change.table === 'replicationBackfills' && hasTurned(change as RowChange<ReplicationBackfillRecord>)
  return isTurn ? [change.key] : []
}

const hasTurned = ({ before, after }: RowChange<ReplicationBackfillRecord>): boolean =>
  after !== undefined && (before?.status !== after.status || before.isExpired !== after.isExpired)
