/**
 * Lets the agent of `up` join its own control plane. A new one is made at each start and told to the parent process alone; an agent that
 * has joined before does not use it.
 */
import type { Clock } from '../kit/clock.ts'
import type { Ids } from '../kit/ids.ts'
import { newActivation } from '../model/managed-instance.ts'
import type { Store } from '../store/store.ts'
import { INSTANCE_ROLE } from './bootstrap.ts'

const DESCRIPTION = 'The agent of longshore up'
const GOOD_FOR_MS = 600_000

export interface OwnActivation {
  readonly activationId: string
  readonly activationCode: string
}

export const ownActivation = async ({
  store,
  ids,
  clock,
  account,
  region,
}: {
  readonly store: Store
  readonly ids: Ids
  readonly clock: Clock
  readonly account: string
  readonly region: string
}): Promise<OwnActivation> => {
  const now = clock.now()
  const given = { account, region, iamRole: INSTANCE_ROLE, now, expiresAt: now + GOOD_FOR_MS, registrationLimit: 1 }
  const { record, code } = newActivation(ids, given)
  await store.transact((tx) => {
    const former = [...tx.activations.rows()].filter(({ description }) => description === DESCRIPTION)
    for (const { activationId } of former) tx.activations.remove(activationId)
    return tx.activations.insert({ ...record, description: DESCRIPTION })
  })
  return { activationId: record.activationId, activationCode: code }
}
