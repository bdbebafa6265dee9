/**
 * Which instance has what left, kept up to date row by row, so that a placement costs far less than a look at all instances.
 * Fed from the store within each transaction, so that it knows of tasks that are not durable yet.
 */
import { assert, defined } from '../kit/assert.ts'
import type { Ids } from '../kit/ids.ts'
import type { ContainerInstanceRecord, TaskRecord } from '../model/records.ts'
import { admittedInstances, admittedZones, type AdmissionRequest } from './admission.ts'
import { ClusterCapacity, type Share } from './index/cluster-capacity.ts'
import type { InstanceState } from './index/instance-state.ts'
import { noInstances, PlacementRun } from './placement.ts'
import { CompiledExpressions, type InstanceFacts } from './query-language.ts'
import type { PlacementRequest, PlacementResult, RemainingResources } from './types.ts'

export type { RemainingResources } from './types.ts'

const NO_FACTS: InstanceFacts = { runningTasksCount: 0, hasTaskGroup: () => false, taskGroups: () => [] }

export class CapacityIndex {
  readonly #ids: Ids
  readonly #clusters = new Map<string, ClusterCapacity>()
  readonly #instances = new Map<string, InstanceState>()
  readonly #expressions = new CompiledExpressions()

  /** `ids`: where strategies draw lots. */
  constructor(ids: Ids) {
    this.#ids = ids
  }

  /** A container instance was registered, changed or removed. */
  applyInstance(before: ContainerInstanceRecord | undefined, after: ContainerInstanceRecord | undefined): void {
    const { containerInstanceId, clusterArn } = defined(after ?? before, 'container instance')
    if (after === undefined && !this.#instances.has(containerInstanceId)) return
    const instance = this.#instance(containerInstanceId, clusterArn)
    this.#cluster(instance.clusterArn).setRecord(instance, after)
    this.#tidy(instance)
  }

  /** A task was started, changed or removed. It holds its share of its host until it has stopped. */
  applyTask(before: TaskRecord | undefined, after: TaskRecord | undefined): void {
    const [hostBefore, hostAfter] = [hostHeldBy(before), hostHeldBy(after)]
    if (before !== undefined && after !== undefined && hostBefore === hostAfter && holdTheSame(before, after)) {
      if (hostAfter !== undefined) this.#countRunning(hostAfter, after.clusterArn, isRunning(after) - isRunning(before))
      return
    }
    if (after !== undefined && hostAfter !== undefined) this.#hold(hostAfter, after)
    if (before !== undefined && hostBefore !== undefined) this.#release(hostBefore, before)
  }

  /**
   * Chooses instances for `count` tasks, each counting for the next; the index itself stays as it is until the tasks are inserted.
   * Throws `ExpressionError` if a `memberOf` constraint cannot be read.
   */
  place(request: PlacementRequest): PlacementResult {
    const cluster = this.#clusters.get(request.clusterArn)
    const { containerInstanceIds } = request
    if (cluster === undefined) return nowhere(request)
    const run = new PlacementRun(cluster, request, this.#expressions, this.#ids)
    if (containerInstanceIds === undefined) return run.anywhere()
    return run.on(containerInstanceIds, (id) => {
      const instance = this.#instances.get(id)
      return instance?.record !== undefined && instance.clusterArn === request.clusterArn ? instance : undefined
    })
  }

  /** Ids of the instances that the constraints admit, whatever they have left. Throws `ExpressionError` as `place` does. */
  admitted(request: AdmissionRequest): readonly string[] {
    const cluster = this.#clusters.get(request.clusterArn)
    return cluster === undefined ? [] : admittedInstances(cluster, request, this.#expressions)
  }

  /** The Availability Zones of those instances. */
  zones(request: AdmissionRequest): readonly string[] {
    const cluster = this.#clusters.get(request.clusterArn)
    return cluster === undefined ? [] : admittedZones(cluster, request, this.#expressions)
  }

  /** What is left of a registered instance; ports and GPUs are those in use. */
  remaining(containerInstanceId: string): RemainingResources | undefined {
    const instance = this.#instances.get(containerInstanceId)
    return instance?.record === undefined ? undefined : instance.remaining()
  }

  /** What cluster queries may ask of an instance besides its record. */
  facts(containerInstanceId: string): InstanceFacts {
    return this.#instances.get(containerInstanceId) ?? NO_FACTS
  }

  #hold(host: string, task: TaskRecord): void {
    const instance = this.#instance(host, task.clusterArn)
    const cluster = this.#cluster(instance.clusterArn)
    cluster.hold(instance, shareOf(task))
    if (isRunning(task) > 0) cluster.countRunning(instance, 1)
  }

  #release(host: string, task: TaskRecord): void {
    const instance = defined(this.#instances.get(host), 'host of a task')
    const cluster = this.#cluster(instance.clusterArn)
    cluster.release(instance, shareOf(task))
    if (isRunning(task) > 0) cluster.countRunning(instance, -1)
    cluster.tidyGroup(task.group)
    this.#tidy(instance)
  }

  #countRunning(host: string, clusterArn: string, difference: number): void {
    if (difference !== 0) this.#cluster(clusterArn).countRunning(this.#instance(host, clusterArn), difference)
  }

  #instance(containerInstanceId: string, clusterArn: string): InstanceState {
    const known = this.#instances.get(containerInstanceId)
    if (known !== undefined) return known
    const instance = this.#cluster(clusterArn).add(containerInstanceId)
    this.#instances.set(containerInstanceId, instance)
    return instance
  }

  #cluster(clusterArn: string): ClusterCapacity {
    const known = this.#clusters.get(clusterArn)
    if (known !== undefined) return known
    const cluster = new ClusterCapacity(clusterArn)
    this.#clusters.set(clusterArn, cluster)
    return cluster
  }

  /** Forgets an instance that neither a record nor a task speaks of, and a cluster without instances. */
  #tidy(instance: InstanceState): void {
    if (instance.record !== undefined || instance.tasksCount > 0) return
    assert(instance.runningTasksCount === 0, 'an instance without tasks has none that run')
    const cluster = this.#cluster(instance.clusterArn)
    cluster.remove(instance)
    this.#instances.delete(instance.containerInstanceId)
    if (cluster.isEmpty) this.#clusters.delete(cluster.clusterArn)
  }
}

/** The instance whose resources the task holds, if it holds any. */
const hostHeldBy = (task: TaskRecord | undefined): string | undefined =>
  task === undefined || task.lastStatus === 'STOPPED' || task.lastStatus === 'DELETED'
    ? undefined
    : (task.containerInstanceId ?? task.hostInstanceId)

/** A change of status leaves these as they are, members and all. */
const holdTheSame = (before: TaskRecord, after: TaskRecord): boolean =>
  before.group === after.group &&
  before.reservation === after.reservation &&
  (before.containers === after.containers || before.reservation.gpuCount === 0)

/** AWS: Fargate's tasks do not count on an instance. */
const isRunning = (task: TaskRecord): 0 | 1 =>
  task.lastStatus === 'RUNNING' && task.containerInstanceId !== undefined ? 1 : 0

const shareOf = (task: TaskRecord): Share => ({
  group: task.group,
  reservation: task.reservation,
  gpuIds: task.reservation.gpuCount === 0 ? [] : task.containers.flatMap(({ gpuIds }) => gpuIds ?? []),
})

const nowhere = (request: PlacementRequest): PlacementResult => ({
  placements: [],
  failures: request.containerInstanceIds?.map((containerInstanceId) => ({
    containerInstanceId,
    reason: 'MISSING',
  })) ?? [noInstances(request)],
})
