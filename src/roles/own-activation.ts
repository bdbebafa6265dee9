/**
 * Lets the agent and the balancer of `up` join their own control plane. A new one is made at each start and told to the parent process
 * alone; who has joined before does not use it.
 */
import type { Clock } from '../kit/clock.ts'
import type { Ids } from '../kit/ids.ts'
import { newActivation } from '../model/managed-instance.ts'
import type { Store } from '../store/store.ts'
import { BALANCER_ROLE, INSTANCE_ROLE } from './bootstrap.ts'

const GOOD_FOR_MS = 600_000

export interface OwnActivation {
  readonly activationId: string
  readonly activationCode: string
}

/** What the children of `up` join as. */
export interface OwnJoining {
  readonly iamRole: string
  /** Of what joins; one activation at a time is good for it. */
  readonly description: string
}

export const OWN_AGENT: OwnJoining = { iamRole: INSTANCE_ROLE, description: 'The agent of longshore up' }
export const OWN_BALANCER: OwnJoining = { iamRole: BALANCER_ROLE, description: 'The balancer of longshore up' }

export const ownActivation = async ({
  joining,
  store,
  ids,
  clock,
  account,
  region,
}: {
  readonly joining: OwnJoining
  readonly store: Store
  readonly ids: Ids
  readonly clock: Clock
  readonly account: string
  readonly region: string
}): Promise<OwnActivation> => {
  const now = clock.now()
  const given = { account, region, iamRole: joining.iamRole, now, expiresAt: now + GOOD_FOR_MS, registrationLimit: 1 }
  const { record, code } = newActivation(ids, given)
  await store.transact((tx) => {
    const former = [...tx.activations.rows()].filter(({ description }) => description === joining.description)
    for (const { activationId } of former) tx.activations.remove(activationId)
    return tx.activations.insert({ ...record, description: joining.description })
  })
  return { activationId: record.activationId, activationCode: code }
}
