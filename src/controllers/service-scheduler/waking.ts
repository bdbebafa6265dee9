/** Which services a change concerns. A change of a task costs a look at that task, not at the services. */
import { serviceArn, serviceNameOfGroup } from '../../model/arn.ts'
import type { TargetHealthReport } from '../../model/load-balancing/messages.ts'
import type { LoadBalancerRecord, TargetRecord } from '../../model/load-balancing/records.ts'
import type { ContainerInstanceRecord, TaskRecord } from '../../model/records.ts'
import type { ServiceRecord } from '../../model/service-records.ts'
import type { ChangeSet, Store } from '../../store/store.ts'
import { isStopped, type TableName } from '../../store/tables.ts'
import { ServiceSets } from './service-sets.ts'
import { isUsable, UsableZones } from './usable-zones.ts'

type Wake = (serviceArn: string) => void

/** Tables whose rows name their service. A change-set may touch others besides those that are watched. */
const SERVICE_ROWS: ReadonlySet<TableName> = new Set(['services', 'deployments', 'taskSets', 'serviceDeployments'])

export class Waking {
  readonly #store: Store
  readonly #daemons = new ServiceSets()
  readonly #blocked = new ServiceSets()
  /** Those that are to be balanced over Availability Zones. */
  readonly #balanced = new ServiceSets()
  readonly #zones = new UsableZones()
  /** Those whose traffic is shifted when balancers say so. */
  readonly #awaitingBalancers = new Set<string>()

  constructor(store: Store) {
    this.#store = store
  }

  watch(wake: Wake): () => void {
    const { services, containerInstances } = this.#store.tables
    for (const service of services.rows()) this.#serviceChanged(service)
    for (const instance of containerInstances.rows()) this.#zones.apply(undefined, instance)
    return this.#store.watch(
      [...SERVICE_ROWS, 'tasks', 'containerInstances', 'targets', 'loadBalancers'],
      (changeSet) => this.#changed(changeSet, wake),
    )
  }

  /** Balancers have something new to say of these targets. */
  heard(reports: readonly TargetHealthReport[], wake: Wake): void {
    for (const { targetGroupArn, target } of reports) {
      const row = this.#store.tables.targets.get(`${targetGroupArn}/${target}`)
      if (row?.drainingUntil === undefined) this.#wakeServiceOf(row?.taskId, wake)
    }
  }

  /** Balancers go by newer rules. */
  served(wake: Wake): void {
    for (const arn of this.#awaitingBalancers) wake(arn)
  }

  setAwaitingBalancers(arn: string, isAwaiting: boolean): void {
    if (isAwaiting) this.#awaitingBalancers.add(arn)
    else this.#awaitingBalancers.delete(arn)
  }

  /** Whether tasks of the service wait for a place: what may give them one wakes it. */
  setBlocked(
    { clusterArn, serviceArn: arn }: Pick<ServiceRecord, 'clusterArn' | 'serviceArn'>,
    isBlocked: boolean,
  ): void {
    this.#blocked.set(clusterArn, arn, isBlocked)
  }

  /** How many services of the cluster wait for a place. */
  blockedCount(clusterArn: string): number {
    return this.#blocked.size(clusterArn)
  }

  #changed({ changes }: ChangeSet, wake: Wake): void {
    for (const { table, before, after } of changes) {
      if (table === 'tasks') this.#taskChanged(before as TaskRecord, after as TaskRecord, wake)
      else if (table === 'containerInstances')
        this.#instanceChanged(before as ContainerInstanceRecord, after as ContainerInstanceRecord, wake)
      else if (table === 'targets') this.#targetChanged(before as TargetRecord, after as TargetRecord, wake)
      else if (table === 'loadBalancers')
        this.#loadBalancerChanged(before as LoadBalancerRecord, after as LoadBalancerRecord, wake)
      else if (SERVICE_ROWS.has(table as TableName)) this.#rowChanged(table, (after ?? before) as ServiceRecord, wake)
    }
  }

  #rowChanged(table: string, row: ServiceRecord, wake: Wake): void {
    if (table === 'services') this.#serviceChanged(row)
    wake(row.serviceArn)
  }

  #serviceChanged(service: ServiceRecord): void {
    const { clusterArn, serviceArn: arn, status, schedulingStrategy, availabilityZoneRebalancing } = service
    const isActive = status === 'ACTIVE'
    this.#daemons.set(clusterArn, arn, isActive && schedulingStrategy === 'DAEMON')
    this.#balanced.set(clusterArn, arn, isActive && availabilityZoneRebalancing === 'ENABLED')
    if (!isActive) this.setBlocked(service, false)
  }

  #taskChanged(before: TaskRecord | undefined, after: TaskRecord | undefined, wake: Wake): void {
    if (before === undefined || !isNews(before, after)) return
    const name = serviceNameOfGroup(before.group)
    if (name !== undefined) wake(serviceArn(before.clusterArn, name))
    if (after === undefined || isStopped(after)) this.#blocked.forEach(before.clusterArn, wake)
  }

  #instanceChanged(
    before: ContainerInstanceRecord | undefined,
    after: ContainerInstanceRecord | undefined,
    wake: Wake,
  ): void {
    const instance = after ?? before
    if (instance === undefined || isSameHost(before, after)) return
    if (this.#zones.apply(before, after)) this.#balanced.forEach(instance.clusterArn, wake)
    this.#daemons.forEach(instance.clusterArn, wake)
    if (after !== undefined && isUsable(after)) this.#blocked.forEach(after.clusterArn, wake)
    if (before !== undefined && before.status !== after?.status) this.#wakeTasksOf(instance, wake)
  }

  /** Only that a target is its task's no more is news: the task may stop now, or another take its place. */
  #targetChanged(before: TargetRecord | undefined, after: TargetRecord | undefined, wake: Wake): void {
    if (before?.taskId !== after?.taskId) this.#wakeServiceOf(before?.taskId, wake)
  }

  /** What is healthy behind a load balancer is a matter of whether it is served. */
  #loadBalancerChanged(
    before: LoadBalancerRecord | undefined,
    after: LoadBalancerRecord | undefined,
    wake: Wake,
  ): void {
    if (after === undefined || before?.state === after.state) return
    const { targetGroups, targets } = this.#store.tables
    for (const { targetGroupArn, loadBalancerArns } of targetGroups.rows())
      if (loadBalancerArns.includes(after.loadBalancerArn))
        for (const { taskId } of targets.iterate('byTargetGroup', targetGroupArn)) this.#wakeServiceOf(taskId, wake)
  }

  #wakeServiceOf(taskId: string | undefined, wake: Wake): void {
    const task = taskId === undefined ? undefined : this.#store.tables.tasks.get(taskId)
    const name = task && serviceNameOfGroup(task.group)
    if (task !== undefined && name !== undefined) wake(serviceArn(task.clusterArn, name))
  }

  #wakeTasksOf({ containerInstanceId }: ContainerInstanceRecord, wake: Wake): void {
    for (const { clusterArn, group } of this.#store.tables.tasks.iterate('activeByInstance', containerInstanceId)) {
      const name = serviceNameOfGroup(group)
      if (name !== undefined) wake(serviceArn(clusterArn, name))
    }
  }
}

/** Nothing changed that placement or a service looks at. */
const isSameHost = (before: ContainerInstanceRecord | undefined, after: ContainerInstanceRecord | undefined): boolean =>
  before !== undefined &&
  after !== undefined &&
  before.status === after.status &&
  before.agentConnected === after.agentConnected &&
  before.attributes === after.attributes &&
  before.capacityProviderName === after.capacityProviderName

/** The scheduler itself starts tasks and takes note of them; it has to hear of what others do. */
const isNews = (before: TaskRecord, after: TaskRecord | undefined): boolean =>
  after === undefined
    ? !isStopped(before)
    : before.lastStatus !== after.lastStatus ||
      before.desiredStatus !== after.desiredStatus ||
      before.healthStatus !== after.healthStatus ||
      portsOf(before) !== portsOf(after) ||
      before.protectedUntil !== after.protectedUntil

/** Where a task's containers are reached; reported with its containers, which may be later than that it runs. */
const portsOf = ({ containers, lastStatus }: TaskRecord): number =>
  lastStatus === 'RUNNING'
    ? containers
        .flatMap(({ networkBindings = [] }) => networkBindings)
        .reduce((sum, { hostPort = 1 }) => sum + hostPort, 0)
    : 0
