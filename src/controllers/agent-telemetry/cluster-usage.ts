/**
 * What a cluster uses now: in all, and by service, task or container instance. Pure. Only what agents reported within the last minute counts.
 */
import { clusterNameOf, serviceArn, serviceNameOfGroup, taskDefinitionOf } from '../../model/arn.ts'
import type { ClusterUsage, SilentInstance, Usage, UsageKind, UsageRow } from '../../model/usage.ts'
import type { ReadTables } from '../../store/tables.ts'
import { ofCluster, ofFamily, ofInstance, ofService, ofTask } from './dimensions.ts'
import { capacityOf, type InstanceCapacity, reservedBy } from './instance-capacity.ts'
import { type HostedTask, hostsOf, type TaskHost } from './running-tasks.ts'
import { percent, rounded, sum, sumOfKnown } from './sums.ts'
import type { LatestUsage, UsageBook } from './usage-book.ts'
import { ecsHistory, type HistorySource, hostedHistory, insightsHistory } from './usage-history.ts'

/** With where its past is to be read. */
export interface SourcedRow {
  readonly row: UsageRow
  readonly source: HistorySource
}

export interface SourcedUsage extends Omit<ClusterUsage, 'cluster' | 'rows'> {
  readonly cluster: SourcedRow
  readonly rows: readonly SourcedRow[]
}

/** A report older than this tells nothing of now: agents report every 20 seconds. */
const FRESH_MS = 60_000

interface LiveTask extends HostedTask {
  readonly latest: LatestUsage | undefined
}

interface LiveHost extends TaskHost {
  readonly tasks: readonly LiveTask[]
}

export interface UsageQuestion {
  readonly tables: ReadTables
  readonly book: Pick<UsageBook, 'get' | 'openedAt'>
  readonly clusterArn: string
  readonly by: UsageKind
  readonly now: number
}

export const clusterUsage = ({ tables, book, clusterArn, by, now }: UsageQuestion): SourcedUsage => {
  const latestOf = (taskId: string): LatestUsage | undefined => {
    const latest = book.get(taskId)
    return latest !== undefined && now - latest.receivedAt <= FRESH_MS ? latest : undefined
  }
  const hosts: LiveHost[] = hostsOf(tables, clusterArn).map(({ instance, tasks }) => ({
    instance,
    tasks: tasks.map((each) => ({ ...each, latest: latestOf(each.task.taskId) })),
  }))
  const tasks = hosts.flatMap((host) => host.tasks)
  const cluster = clusterRow(clusterArn, hosts, tasks)
  const rows: Readonly<Record<UsageKind, () => SourcedRow[]>> = {
    cluster: () => [cluster],
    service: () => serviceRows(tables, clusterArn, tasks),
    task: () => tasks.map(taskRow),
    instance: () => hosts.map(instanceRow),
  }
  return { clusterArn, at: now, by, cluster, rows: rows[by](), silentInstances: silentHosts(hosts, book.openedAt, now) }
}

const clusterRow = (clusterArn: string, hosts: readonly LiveHost[], tasks: readonly LiveTask[]): SourcedRow => {
  const capacities = hosts.map(({ instance }) => capacityOf(instance))
  const reserved = total(capacities)
  return { row: rowOf(clusterNameOf(clusterArn), tasks, reserved), source: ecsHistory(ofCluster(clusterArn)) }
}

/** Of tasks that belong to no service, by family. */
const serviceRows = (tables: ReadTables, clusterArn: string, tasks: readonly LiveTask[]): SourcedRow[] => {
  const ofServices = Map.groupBy(tasks, ({ task }) => serviceNameOfGroup(task.group) ?? '')
  const names = tables.services.find('byCluster', clusterArn).map(({ serviceName }) => serviceName)
  const services = names.map((name) => {
    const desiredTasks = tables.services.get(serviceArn(clusterArn, name))?.desiredCount ?? 0
    const row = { ...rowOf(name, ofServices.get(name) ?? []), desiredTasks }
    return { row, source: ecsHistory(ofService(clusterArn, name)) }
  })
  const families = Map.groupBy(ofServices.get('') ?? [], ({ task }) => taskDefinitionOf(task.taskDefinitionArn).family)
  const others = [...families].map(([family, members]) => ({
    row: { ...rowOf(family, members), family },
    source: insightsHistory(ofFamily(members[0]!.task)),
  }))
  return [...services, ...others]
}

const taskRow = (live: LiveTask): SourcedRow => {
  const { task, instance } = live
  const service = serviceNameOfGroup(task.group)
  const row = {
    ...rowOf(task.taskId, [live]),
    ...(service !== undefined && { service }),
    family: taskDefinitionOf(task.taskDefinitionArn).family,
    containerInstanceId: instance.containerInstanceId,
    ...(task.healthStatus !== undefined && { healthStatus: task.healthStatus }),
    ...(task.startedAt !== undefined && { startedAt: task.startedAt }),
  }
  return { row, source: insightsHistory(ofTask(task)) }
}

const instanceRow = ({ instance, tasks }: LiveHost): SourcedRow => {
  const capacity = capacityOf(instance)
  const { status, agentConnected } = instance
  const row = { ...rowOf(instance.containerInstanceId, tasks, capacity), status, agentConnected }
  return { row, source: hostedHistory(ofInstance(instance), capacity) }
}

/** `given` is what there is; without it, utilisation is of what tasks reserve. */
const rowOf = (name: string, tasks: readonly LiveTask[], given?: InstanceCapacity): UsageRow => {
  const reported = tasks.filter(({ latest }) => latest !== undefined)
  const usage = usageOf(reported)
  const base = given ?? total(reported.map(reservedOf))
  const [cpuPercent, memoryPercent] = [percent(usage.cpuUnits, base.cpuUnits), percent(usage.memoryMiB, base.memoryMiB)]
  return {
    name,
    runningTasks: tasks.length,
    reportedTasks: reported.length,
    usage,
    reserved: given ?? total(tasks.map(reservedOf)),
    ...(cpuPercent !== undefined && { cpuPercent: rounded(cpuPercent) }),
    ...(memoryPercent !== undefined && { memoryPercent: rounded(memoryPercent) }),
  }
}

const reservedOf = ({ task, capacity }: LiveTask): InstanceCapacity => reservedBy(task, capacity)

const total = (amounts: readonly InstanceCapacity[]): InstanceCapacity => ({
  cpuUnits: sum(amounts.map(({ cpuUnits }) => cpuUnits)),
  memoryMiB: sum(amounts.map(({ memoryMiB }) => memoryMiB)),
})

const usageOf = (tasks: readonly LiveTask[]): Usage => {
  const of = (read: (latest: LatestUsage) => number | undefined): number | undefined =>
    sumOfKnown(tasks.map(({ latest }) => latest && read(latest)))
  const members: Record<keyof Usage, number | undefined> = {
    cpuUnits: of(({ usage }) => usage.cpuUnits),
    memoryMiB: of(({ usage }) => usage.memoryMiB),
    networkRxBytesPerSecond: of(({ usage }) => usage.networkRxBytesPerSecond),
    networkTxBytesPerSecond: of(({ usage }) => usage.networkTxBytesPerSecond),
    storageReadBytesPerSecond: of(({ storageReadBytesPerSecond }) => storageReadBytesPerSecond),
    storageWriteBytesPerSecond: of(({ storageWriteBytesPerSecond }) => storageWriteBytesPerSecond),
  }
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [[name, rounded(value)]])),
  )
}

/** A task that has just started cannot have been reported yet, nor can any to a server that has. */
const silentHosts = (hosts: readonly LiveHost[], openedAt: number, now: number): SilentInstance[] =>
  hosts
    .filter(({ tasks }) => tasks.every(({ latest }) => latest === undefined))
    .filter(({ tasks }) => tasks.some(({ task }) => now - Math.max(openedAt, task.startedAt ?? now) > FRESH_MS))
    .map(({ instance: { containerInstanceId, agentConnected }, tasks }) => ({
      containerInstanceId,
      agentConnected,
      runningTasks: tasks.length,
    }))
