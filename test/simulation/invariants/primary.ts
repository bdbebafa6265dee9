/** A service has exactly one PRIMARY deployment; one whose deployments are controlled from outside at most one PRIMARY task set. */
import type { DeploymentRecord, ServiceRecord, TaskSetRecord } from '../../../src/model/service-records.ts'
import type { Feed } from '../feed.ts'
import type { MakeInvariant } from './invariant.ts'

export const primary: MakeInvariant = (_site, feed) => ({
  name: 'primary',
  *check() {
    const deployments = primaries(feed.rows<DeploymentRecord>('deployments'))
    const taskSets = primaries(feed.rows<TaskSetRecord>('taskSets'))
    for (const { serviceArn, serviceName, status, deploymentController } of servicesOf(feed)) {
      const count = deployments.get(serviceArn) ?? 0
      const setCount = taskSets.get(serviceArn) ?? 0
      if (status === 'ACTIVE' && deploymentController === 'ECS' && count !== 1)
        yield `service ${serviceName} has ${count} PRIMARY deployments`
      if (setCount > 1) yield `service ${serviceName} has ${setCount} PRIMARY task sets`
    }
  },
})

const servicesOf = (feed: Feed): Iterable<ServiceRecord> => feed.rows<ServiceRecord>('services').values()

const primaries = (
  rows: ReadonlyMap<string, { readonly serviceArn: string; readonly status: string }>,
): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const { serviceArn, status } of rows.values())
    if (status === 'PRIMARY') counts.set(serviceArn, (counts.get(serviceArn) ?? 0) + 1)
  return counts
}
