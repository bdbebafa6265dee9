/**
 * The back-off of tasks that keep failing to start. A first failure may be bad luck and costs nothing; from the third in a row on there
 * is an ever longer wait. A task that reaches RUNNING ends the row, and every new deployment begins without one.
 *
 * AWS: the delays grow up to 27 minutes; by which steps is not told. Tasks that end after they were RUNNING never count.
 * Source: "Amazon ECS service throttle logic" in the developer guide.
 */
import type { TaskRecord } from '../../../model/records.ts'
import type { StartFailures } from '../../../model/service-records.ts'

/** Failures in a row that are followed by another start at once. */
const FREE_FAILURES = 2
const FIRST_DELAY_MS = 10_000
const DELAY_FACTOR = 2
export const LONGEST_DELAY_MS = 27 * 60_000

/** A task that ends while no other may start is of the same attempt as the one before it: a batch that fails is one failure more, not many. */
export const afterFailedStart = (before: StartFailures | undefined, endedAt: number): StartFailures => {
  if (before !== undefined && isThrottled(before, endedAt)) return before
  const consecutive = (before?.consecutive ?? 0) + 1
  const row = { ...before, consecutive, lastAt: Math.max(before?.lastAt ?? endedAt, endedAt) }
  return consecutive <= FREE_FAILURES ? row : { ...row, throttledUntil: row.lastAt + delayMs(consecutive) }
}

const delayMs = (consecutive: number): number =>
  Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * DELAY_FACTOR ** (consecutive - FREE_FAILURES - 1))

export const isThrottled = (failures: StartFailures | undefined, now: number): boolean =>
  failures?.throttledUntil !== undefined && failures.throttledUntil > now

/** Stop codes of tasks that nobody asked to stop. */
const OWN_ENDS: ReadonlySet<string> = new Set(['TaskFailedToStart', 'EssentialContainerExited'])

/** It ended of itself without ever having been RUNNING. */
export const isFailedStart = ({ lastStatus, startedAt, stopCode = '' }: TaskRecord): boolean =>
  (lastStatus === 'STOPPED' || lastStatus === 'DELETED') && startedAt === undefined && OWN_ENDS.has(stopCode)

/** The scheduler stopped it because a health check of its containers, or of a load balancer, had failed. */
export const isHealthFailure = ({ stopCode, stoppedReason = '' }: TaskRecord): boolean =>
  stopCode === 'ServiceSchedulerInitiated' && /^Task failed (container|ELB) health checks/.test(stoppedReason)
