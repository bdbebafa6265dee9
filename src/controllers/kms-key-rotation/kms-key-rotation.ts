/**
 * Keys of KMS with automatic rotation get new material when it is due, and AWS managed ones every year. A key that is disabled then is
 * rotated once it is enabled, and one that is to be deleted only if it is not.
 */
import type { Clock } from '../../kit/clock.ts'
import type { Sealer } from '../../kit/sealing.ts'
import type { KmsKeyRecord } from '../../model/kms-records.ts'
import { rotateMaterial } from '../../store/kms-materials.ts'
import type { Store } from '../../store/store.ts'
import type { Controller } from '../controller.ts'

export interface KmsKeyRotationOptions {
  readonly store: Store
  readonly clock: Clock
  readonly sealer: Sealer
}

const NAME = 'kms-key-rotation'

export const kmsKeyRotation = ({ store, clock, sealer }: KmsKeyRotationOptions): Controller => ({
  name: NAME,
  everyMs: 600_000,
  watch: () => () => {},
  keys: () => [NAME],
  reconcile: async () => {
    const now = clock.now()
    const due = [...store.tables.kmsKeys.rows()].filter((key) => isDue(key, now))
    if (due.length === 0) return
    await store.transact((tx) => {
      for (const key of due) rotateMaterial(tx, sealer, key, now, 'AUTOMATIC')
    })
  },
})

const isDue = ({ state, rotation }: KmsKeyRecord, now: number): boolean =>
  state === 'Enabled' && rotation !== undefined && rotation.dueAt <= now
