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
export const imageLifecycle = (options: ImageLifecycleOptions): Controller => ({
  name: 'image-lifecycle',
  everyMs: EVERY_MS,
  watch: () => () => {},
  keys: function* () {
    const { repositories, lifecycleEvents } = options.store.tables
    for (const { arn, lifecyclePolicyText } of repositories.rows()) if (lifecyclePolicyText !== undefined) yield arn
    for (const { repositoryArn } of lifecycleEvents.rows()) yield repositoryArn
  },
  reconcile: async (arn) => {
    const images = await runPolicy(options, arn)
    if (images > 0) options.log.info('images were dealt with by a lifecycle policy', { repositoryArn: arn, images })
    await leaveTraces(options, arn)
  },
})

/** What is to be told of it is kept along with what it does. Gives how many images were dealt with. */
const runPolicy = async ({ store, clock, ids, audit }: ImageLifecycleOptions, arn: string): Promise<number> => {
  const { policyExecutionEvents, runLifecycle } = await load()
  const now = clock.now()
  return store.transact((tx) => {
    const repository = tx.repositories.get(arn)
    const steps = repository === undefined ? [] : runLifecycle(tx, repository, now)
    if (repository !== undefined && audit !== undefined)
      for (const event of policyExecutionEvents(repository, steps, now, ids))
        tx.lifecycleEvents.insert({ repositoryArn: arn, event })
    return steps.length
  })
}

/** Also what an earlier run did not come to. A crash in between has an event there twice, with one id. */
const leaveTraces = async ({ store, audit }: ImageLifecycleOptions, arn: string): Promise<void> => {
  const kept = store.tables.lifecycleEvents.find('byRepository', arn)
  if (kept.length === 0) return
  for (const { event } of kept) audit?.append(event)
  await store.transact((tx) => {
    for (const { event } of kept) tx.lifecycleEvents.remove(event.eventID)
  })
}
