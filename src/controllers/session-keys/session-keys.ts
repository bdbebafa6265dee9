/** The keys that seal session tokens rotate: a new one every day; one that no good token can be sealed with any more goes. */
import type { Clock } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import type { Sealer } from '../../kit/sealing.ts'
import { isSessionKeyDue, newSessionKey, spentSessionKeys } from '../../model/session-keys.ts'
import type { Store } from '../../store/store.ts'
import type { Controller } from '../controller.ts'

export interface SessionKeyRotationOptions {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly sealer: Sealer
}

const NAME = 'session-keys'

export const sessionKeyRotation = ({ store, clock, ids, sealer }: SessionKeyRotationOptions): Controller => ({
  name: NAME,
  everyMs: 600_000,
  watch: () => () => {},
  keys: () => [NAME],
  reconcile: async () => {
    const now = clock.now()
    const keys = [...store.tables.sessionKeys.rows()]
    const spent = spentSessionKeys(keys, now)
    const isDue = isSessionKeyDue(keys, now)
    if (!isDue && spent.length === 0) return
    await store.transact((tx) => {
      if (isDue) tx.sessionKeys.insert(newSessionKey(ids, sealer, now))
      for (const { keyId } of spent) tx.sessionKeys.remove(keyId)
    })
  },
})
