/**
 * A task that is protected is never stopped by scale-in or by a deployment. Protection ends with its time, with the health of the task, with
 * its host and with its service.
 */
import type { TaskRecord } from '../../../src/model/records.ts'
import type { ServiceRecord } from '../../../src/model/service-records.ts'
import { serviceArn, serviceNameOfGroup } from '../../../src/model/arn.ts'
import type { Feed } from '../feed.ts'
import { instancesOf, isStoppedByScheduler, type MakeInvariant } from './invariant.ts'

export const protection: MakeInvariant = ({ world }, feed) => {
  const breaches: string[] = []
  feed.listen((changes, isRestart) => {
    if (isRestart) return
    for (const { table, before, after } of changes)
      if (table === 'tasks' && isBroken(feed, world.clock.now(), before as TaskRecord, after as TaskRecord))
        breaches.push(
          `task ${(after as TaskRecord).taskId} is protected and was asked to stop: ${JSON.stringify(after)}`,
        )
  })
  return { name: 'protection', check: () => breaches.splice(0) }
}

const isBroken = (feed: Feed, now: number, before: TaskRecord | undefined, after: TaskRecord | undefined): boolean => {
  if (before === undefined || after === undefined || !isStoppedByScheduler(before, after)) return false
  const { protectedUntil = 0, healthStatus, clusterArn, group, containerInstanceId, hostInstanceId, createdAt } = before
  if (protectedUntil <= now || healthStatus === 'UNHEALTHY') return false
  const host = instancesOf(feed).get(containerInstanceId ?? hostInstanceId ?? '')
  if (host?.status === 'INACTIVE' || host?.agentConnected === false) return false
  const service = feed.rows<ServiceRecord>('services').get(serviceArn(clusterArn, serviceNameOfGroup(group) ?? ''))
  return service?.status === 'ACTIVE' && createdAt >= service.createdAt
}
