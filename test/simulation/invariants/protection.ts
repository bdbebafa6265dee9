/**
 * A task that is protected is never stopped by scale-in or by a deployment. Protection ends with its time, with the health of the task, with
 * its host and with its service.
 */
import type { TaskRecord } from '../../../src/model/records.ts'
import type { ServiceRecord } from '../../../src/model/service-records.ts'
import { serviceArn, serviceNameOfGroup } from '../../../src/model/arn.ts'
import type { TargetRecord } from '../../../src/model/load-balancing/records.ts'
import type { RowChange } from '../../../src/store/table.ts'
import type { HealthOfTargets } from '../balancing.ts'
import type { Feed } from '../feed.ts'
import { instancesOf, isStoppedByScheduler, type MakeInvariant } from './invariant.ts'

export const protection: MakeInvariant = ({ world, targetHealth }, feed) => {
  const breaches: string[] = []
  feed.listen((changes, isRestart) => {
    if (isRestart) return
    for (const { table, before, after } of changes as readonly RowChange<TaskRecord>[])
      if (table === 'tasks' && isBroken({ feed, targetHealth }, world.clock.now(), before, after))
        breaches.push(`task ${after?.taskId} is protected and was asked to stop: ${JSON.stringify(after)}`)
  })
  return { name: 'protection', check: () => breaches.splice(0) }
}

interface Seen {
  readonly feed: Feed
  readonly targetHealth: HealthOfTargets
}

/** A check of its own says so, or balancers do, or did until a moment ago. */
const isUnhealthy = ({ feed, targetHealth }: Seen, { taskId, healthStatus }: TaskRecord): boolean =>
  healthStatus === 'UNHEALTHY' ||
  [...feed.rows<TargetRecord>('targets').values()].some(
    (target) => target.taskId === taskId && targetHealth.wasUnhealthyLately(target),
  )

const isBroken = (seen: Seen, now: number, before: TaskRecord | undefined, after: TaskRecord | undefined): boolean => {
  if (before === undefined || after === undefined || !isStoppedByScheduler(before, after)) return false
  const { protectedUntil = 0, clusterArn, group, containerInstanceId, hostInstanceId, createdAt } = before
  if (protectedUntil <= now || isUnhealthy(seen, before)) return false
  const host = instancesOf(seen.feed).get(containerInstanceId ?? hostInstanceId ?? '')
  if (host?.status === 'INACTIVE' || host?.agentConnected === false) return false
  const service = seen.feed.rows<ServiceRecord>('services').get(serviceArn(clusterArn, serviceNameOfGroup(group) ?? ''))
  return service?.status === 'ACTIVE' && createdAt >= service.createdAt
}
