/** A plan as lines of text: for logs, tests, and everyone who wants to know what the scheduler thinks. */
import { isoText } from '../../../kit/timestamps.ts'
import type { Hindrance, Start, StopReason, TaskPlan } from './types.ts'

/** What is done first, then what is in the way; one line if there is nothing of either. */
export const printPlan = ({ starts, stops, hindrances, againAt }: TaskPlan): readonly string[] => {
  const stopped = Map.groupBy(stops, ({ reason }) => reason)
  const lines = [
    ...starts.map(startLine),
    ...[...stopped].map(([reason, group]) =>
      stopLine(
        reason,
        group.map(({ taskId }) => taskId),
      ),
    ),
    ...hindrances.map(hindranceLine),
    ...(againAt === undefined ? [] : [`looks again at ${isoText(againAt)}`]),
  ]
  return lines.length === 0 ? ['nothing to do'] : lines
}

const startLine = ({ holderId, count, capacityProviderName, availabilityZone, containerInstanceId }: Start): string =>
  [
    `start ${tasks(count)} of ${holderId}`,
    ...(containerInstanceId === undefined ? [] : [`on ${containerInstanceId}`]),
    ...(availabilityZone === undefined ? [] : [`in ${availabilityZone}`]),
    ...(capacityProviderName === undefined ? [] : [`with ${capacityProviderName}`]),
  ].join(' ')

const REASONS: Readonly<Record<StopReason, string>> = {
  surplus: 'more than wanted',
  replaced: 'replaced by newer ones',
  draining: 'on instances that drain',
  unhealthy: 'failed health checks',
  rebalanced: 'moved to another Availability Zone',
  orphaned: 'on instances that are gone',
}

const stopLine = (reason: StopReason, taskIds: readonly string[]): string =>
  `stop ${tasks(taskIds.length)} (${REASONS[reason]}): ${taskIds.join(', ')}`

const hindranceLine = (hindrance: Hindrance): string => {
  switch (hindrance.kind) {
    case 'throttled':
      return `starts nothing before ${isoText(hindrance.until)}: tasks kept failing to start`
    case 'placement':
      return `found no instance for ${tasks(hindrance.missing)}`
    case 'deadlock':
      return 'can neither start nor stop a task between the minimum and the maximum'
    case 'waitingForStarting':
      return `waits for ${tasks(hindrance.count)} to start`
    case 'waitingForHealthy':
      return `waits for ${tasks(hindrance.count)} to become healthy${until(hindrance.until)}`
    case 'waitingForStopping':
      return `waits for ${tasks(hindrance.count)} to stop`
    case 'protected':
      return `must not stop ${tasks(hindrance.count)} (protected) before ${isoText(hindrance.until)}`
    case 'failed':
      return 'starts and replaces nothing: the deployment has failed'
  }
}

const until = (at: number | undefined): string => (at === undefined ? '' : `, at ${isoText(at)} at the latest`)

const tasks = (count: number): string => `${count} task${count === 1 ? '' : 's'}`
