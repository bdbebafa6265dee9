/** Where the tasks of services at rest are: even over Availability Zones, if that is asked for, and in the shares of their capacity providers. */
import type { TaskRecord } from '../../../src/model/records.ts'
import type { ServiceRecord, ServiceRevisionRecord } from '../../../src/model/service-records.ts'
import { providerCounts } from '../../../src/scheduler/capacity-provider-strategy.ts'
import { serviceTasksKey } from '../../../src/store/tables.ts'
import type { Site } from '../site.ts'

export function* placementUnrest(site: Site): Iterable<string> {
  const { tables } = site.world.store
  for (const service of tables.services.rows()) {
    if (service.status !== 'ACTIVE' || service.schedulingStrategy === 'DAEMON') continue
    const [primary] = tables.deployments.find('byService', service.serviceArn)
    const revision = tables.serviceRevisions.get(primary?.serviceRevisionArn ?? '')
    if (revision === undefined) continue
    const tasks = tables.tasks.find('activeByService', serviceTasksKey(service.clusterArn, service.serviceName))
    yield* unevenZones(site, service, revision, tasks)
    yield* unjustShares(site, service, revision, tasks)
  }
}

/** Tasks of a service at most that stand where others were missed. */
const MISPLACED = 2

/** Of services whose tasks may go to every host. */
function* unevenZones(
  { scenario }: Site,
  { serviceName, availabilityZoneRebalancing, placementConstraints }: ServiceRecord,
  { capacityProviderStrategy, launchType }: ServiceRevisionRecord,
  tasks: readonly TaskRecord[],
): Iterable<string> {
  if (availabilityZoneRebalancing !== 'ENABLED' || placementConstraints.length > 0) return
  if (launchType !== 'FARGATE' && capacityProviderStrategy.length > 0) return
  // A port is one host's.
  if (tasks.some(({ reservation }) => reservation.tcpPorts.length > 0)) return
  const zones = Math.min(scenario.zones, scenario.hosts)
  const counts = countBy(tasks, ({ availabilityZone = '' }) => availabilityZone)
  const least = counts.size < zones ? 0 : Math.min(...counts.values())
  if (Math.max(0, ...counts.values()) - least > 1)
    yield `service ${serviceName} has tasks in zones unevenly: ${text(counts)}`
}

/**
 * Who starts and who stops follows the shares; nothing that runs is moved for their sake. So tasks that were protected while the service
 * shrank may be more of one provider than its share; and where tasks are missed for a while that then come back (their host was
 * drained and is not any more) or a move between zones is cut short, others stay in their place.
 */
function* unjustShares(
  { ledger }: Site,
  { serviceName, desiredCount }: ServiceRecord,
  { capacityProviderStrategy }: ServiceRevisionRecord,
  tasks: readonly TaskRecord[],
): Iterable<string> {
  if (capacityProviderStrategy.length === 0) return
  const counts = countBy(tasks, ({ capacityProviderName = '' }) => capacityProviderName)
  const shares = providerCounts(capacityProviderStrategy, desiredCount)
  const spared = countBy(
    tasks.filter(({ taskId }) => ledger.protected.has(taskId)),
    ({ capacityProviderName = '' }) => capacityProviderName,
  )
  if ([...shares].some(([name, share]) => (spared.get(name) ?? 0) > share)) return
  for (const [name, share] of shares)
    if (Math.abs((counts.get(name) ?? 0) - share) > MISPLACED)
      yield `service ${serviceName} has tasks of providers ${text(counts)}, and they share ${text(shares)}`
}

const countBy = (tasks: readonly TaskRecord[], keyOf: (task: TaskRecord) => string): Map<string, number> =>
  new Map([...Map.groupBy(tasks, keyOf)].map(([key, some]) => [key, some.length]))

const text = (counts: ReadonlyMap<string, number>): string => JSON.stringify(Object.fromEntries(counts))
