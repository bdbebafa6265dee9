/**
 * The scheduler keeps within the minimum and maximum of a service by its own doing. Looked at commit by commit: where it asks a healthy task
 * to stop, enough healthy ones are left; where it starts one, there are not too many. What fails, is lost or is stopped by users is not its
 * doing. While traffic is shifted between deployments, each of them is a group of its own: blue keeps its tasks until all is over.
 */
import type { TargetRecord } from '../../../src/model/load-balancing/records.ts'
import type { ContainerInstanceRecord, TaskDefinitionRecord, TaskRecord } from '../../../src/model/records.ts'
import { serviceNameOfGroup } from '../../../src/model/arn.ts'
import type { ServiceRecord, ServiceRevisionRecord } from '../../../src/model/service-records.ts'
import type { HealthOfTargets } from '../balancing.ts'
import type { Feed, FeedChange } from '../feed.ts'
import { groupsOf, type WatchedGroup } from './groups.ts'
import { instancesOf, isStoppedByScheduler, type MakeInvariant } from './invariant.ts'

interface Seen {
  readonly feed: Feed
  readonly targetHealth: HealthOfTargets
}

export const minMax: MakeInvariant = ({ targetHealth }, feed) => {
  const breaches: string[] = []
  /** Tasks that have not stopped, by service. */
  const active = new Map<string, Map<string, TaskRecord>>()
  feed.listen((changes, isRestart) => {
    const ofTasks = changes.filter(({ table }) => table === 'tasks')
    for (const { key, before, after } of ofTasks)
      keep(active, key, (after ?? before) as TaskRecord, after === undefined)
    if (!isRestart) breaches.push(...brokenBy({ feed, targetHealth }, active, ofTasks))
  })
  return { name: 'min/max', check: () => breaches.splice(0) }
}

const keep = (active: Map<string, Map<string, TaskRecord>>, key: string, task: TaskRecord, isGone: boolean): void => {
  const service = serviceKey(task)
  if (service === undefined) return
  const tasks = active.get(service) ?? new Map<string, TaskRecord>()
  active.set(service, tasks)
  if (isGone || task.lastStatus === 'STOPPED') tasks.delete(key)
  else tasks.set(key, task)
}

interface TaskChange {
  readonly before: TaskRecord | undefined
  readonly after: TaskRecord
}

function* brokenBy(
  seen: Seen,
  active: ReadonlyMap<string, ReadonlyMap<string, TaskRecord>>,
  changes: readonly FeedChange[],
): Iterable<string> {
  const telling = (changes as readonly TaskChange[]).filter(
    ({ before, after }) => after !== undefined && (before === undefined || isStoppedByScheduler(before, after)),
  )
  for (const [name = '', ofService] of Map.groupBy(telling, ({ after }) => serviceKey(after))) {
    const service = name === '' ? undefined : serviceOf(seen, name)
    if (service === undefined) continue
    // Those of an earlier service of that name are nobody's.
    const present = [...(active.get(name)?.values() ?? [])].filter(({ createdAt }) => createdAt >= service.createdAt)
    if (service.schedulingStrategy === 'DAEMON') yield* brokenOfDaemons(seen, service, present, ofService)
    else yield* brokenOfGroups(seen, groupsOf(seen.feed, service), present, ofService)
  }
}

function* brokenOfGroups(
  seen: Seen,
  groups: readonly WatchedGroup[],
  present: readonly TaskRecord[],
  changes: readonly TaskChange[],
): Iterable<string> {
  for (const group of groups) {
    const isOfGroup = ({ startedBy = '' }: TaskRecord): boolean =>
      group.holderId === undefined || group.holderId === startedBy
    const ofGroup = present.filter(isOfGroup)
    const changed = changes.filter(({ after }) => isOfGroup(after))
    yield* belowMinimum(seen, group, ofGroup, changed)
    yield* aboveMaximum(seen, group, ofGroup, changed)
  }
}

function* belowMinimum(
  seen: Seen,
  { name, minimum }: WatchedGroup,
  present: readonly TaskRecord[],
  changes: readonly TaskChange[],
): Iterable<string> {
  const stopped = changes.filter((change) => isHealthyStop(seen, change))
  if (stopped.length === 0) return
  const left = present.filter((task) => isHealthy(seen, task) && isInService(seen, task, 'lately')).length
  if (left < minimum)
    yield `${name}: ${stopped.length} healthy tasks were asked to stop, which leaves ${left} of at least ${minimum} (${stopped.map(({ after }) => `${after.taskId}: ${after.stoppedReason}`).join(', ')})`
}

function* aboveMaximum(
  seen: Seen,
  { name, maximum }: WatchedGroup,
  present: readonly TaskRecord[],
  changes: readonly TaskChange[],
): Iterable<string> {
  const started = changes.filter(({ before }) => before === undefined).length
  if (started === 0) return
  const count = present.filter((task) => isPresent(seen, task)).length
  if (count > maximum) yield `${name}: ${started} tasks were started, which makes ${count} of at most ${maximum}`
}

/** Of daemons, instances count: those that are to run one, and those of them on which a healthy one does. */
function* brokenOfDaemons(
  seen: Seen,
  { serviceName, status, deploymentConfiguration }: ServiceRecord,
  present: readonly TaskRecord[],
  changes: readonly TaskChange[],
): Iterable<string> {
  if (status !== 'ACTIVE') return
  const hosts = new Set(
    [...instancesOf(seen.feed).values()].filter(isUsable).map(({ containerInstanceId }) => containerInstanceId),
  )
  const hostsOf = (tasks: readonly TaskRecord[]): Set<string> =>
    new Set(tasks.flatMap((task) => hostOf(seen, task)?.containerInstanceId ?? []).filter((id) => hosts.has(id)))
  const healthy = hostsOf(present.filter((task) => isHealthy(seen, task)))
  const bared = hostsOf(changes.filter((change) => isHealthyStop(seen, change)).map(({ after }) => after))
  const minimum = Math.ceil((hosts.size * deploymentConfiguration.minimumHealthyPercent) / 100)
  if (![...bared].every((id) => healthy.has(id)) && healthy.size < minimum)
    yield `service ${serviceName}: a daemon was asked to stop, which leaves ${healthy.size} of ${minimum} instances with one`
  const counts = present.filter(
    (task) => isPresent(seen, task) && hosts.has(hostOf(seen, task)?.containerInstanceId ?? ''),
  )
  const isStarted = changes.some(({ before }) => before === undefined)
  if (isStarted && counts.length > hosts.size)
    yield `service ${serviceName}: a daemon was started, which makes ${counts.length} on ${hosts.size} instances`
}

const isUsable = ({ status, agentConnected }: ContainerInstanceRecord): boolean => status === 'ACTIVE' && agentConnected

const isHealthyStop = (seen: Seen, { before, after }: TaskChange): boolean =>
  isStoppedByScheduler(before, after) &&
  isHealthy(seen, before!) &&
  isInService(seen, before!, 'surely') &&
  hostOf(seen, after)?.agentConnected === true

const serviceKey = ({ clusterArn, group }: TaskRecord): string | undefined => {
  const name = serviceNameOfGroup(group)
  return name === undefined ? undefined : `${clusterArn}/${name}`
}

const serviceOf = (seen: Seen, key: string): ServiceRecord | undefined =>
  [...seen.feed.rows<ServiceRecord>('services').values()].find(
    ({ clusterArn, serviceName }) => `${clusterArn}/${serviceName}` === key,
  )

/** Runs, is to run on, its host is there, and its health check, if it has one, says that it is well. */
const isHealthy = (seen: Seen, task: TaskRecord): boolean => {
  if (task.desiredStatus !== 'RUNNING' || task.lastStatus !== 'RUNNING') return false
  const host = hostOf(seen, task)
  if (host === undefined || host.status === 'INACTIVE') return false
  const definition = seen.feed.rows<TaskDefinitionRecord>('taskDefinitions').get(task.taskDefinitionArn)
  const isChecked = definition?.containerDefinitions.some(
    ({ essential, healthCheck }) => essential !== false && healthCheck !== undefined,
  )
  return isChecked !== true || task.healthStatus === 'HEALTHY'
}

/** Behind load balancers, balancers say so of all its targets, or said so until a moment ago. */
const isInService = (
  { feed, targetHealth }: Seen,
  { taskId, startedBy = '' }: TaskRecord,
  how: 'surely' | 'lately',
) => {
  const revisionId = `/${startedBy.split('/').at(-1)}`
  const revision = [...feed.rows<ServiceRevisionRecord>('serviceRevisions').values()].find(({ serviceRevisionArn }) =>
    serviceRevisionArn.endsWith(revisionId),
  )
  if (revision?.loadBalancers === undefined) return true
  const targets = [...feed.rows<TargetRecord>('targets').values()].filter((target) => target.taskId === taskId)
  const isWell = (target: TargetRecord): boolean =>
    how === 'surely' ? targetHealth.isHealthy(target) : targetHealth.wasHealthyLately(target)
  return targets.length > 0 && targets.every(isWell)
}

/** Has not stopped. What is to stop on a host that nobody can reach does not count: nobody knows of it. */
const isPresent = (seen: Seen, task: TaskRecord): boolean => {
  if (task.lastStatus === 'STOPPED') return false
  const host = hostOf(seen, task)
  return task.desiredStatus === 'RUNNING' || (host?.status !== 'INACTIVE' && host?.agentConnected === true)
}

const hostOf = (seen: Seen, { containerInstanceId, hostInstanceId }: TaskRecord): ContainerInstanceRecord | undefined =>
  instancesOf(seen.feed).get(containerInstanceId ?? hostInstanceId ?? '')
