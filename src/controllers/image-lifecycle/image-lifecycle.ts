/**
 * Images leave their repository, or go to its archive, as its lifecycle policy says. AWS: within 24 hours; here every hour. What was done stands in
 * the audit trail.
 */
import type { Clock } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import type { Log } from '../../kit/log.ts'
import type { AuditSink } from '../../model/audit-event.ts'
import type { Store } from '../../store/store.ts'
import type { Controller } from '../controller.ts'

export interface ImageLifecycleOptions {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  /** Absent where no trail is kept. */
  readonly audit?: AuditSink | undefined
}

const EVERY_MS = 3_600_000

/** For the first repository that has a policy. */
const load = async () => ({
  ...(await import('../../store/images/lifecycle.ts')),
  ...(await import('./policy-execution-event.ts')),
})

/** By the ARN of the repository. */
export const imageLifecycle = ({ store, clock, ids, log, audit }: ImageLifecycleOptions): Controller => ({
  name: 'image-lifecycle',
  everyMs: EVERY_MS,
  watch: () => () => {},
  keys: function* () {
    for (const { arn, lifecyclePolicyText } of store.tables.repositories.rows())
      if (lifecyclePolicyText !== undefined) yield arn
  },
  reconcile: async (arn) => {
    const { policyExecutionEvents, runLifecycle } = await load()
    const now = clock.now()
    const done = await store.transact((tx) => {
      const repository = tx.repositories.get(arn)
      return repository && { repository, steps: runLifecycle(tx, repository, now) }
    })
    if (done === undefined || done.steps.length === 0) return
    log.info('images were dealt with by a lifecycle policy', { repositoryArn: arn, images: done.steps.length })
    for (const event of policyExecutionEvents(done.repository, done.steps, now, ids)) audit?.append(event)
  },
})
