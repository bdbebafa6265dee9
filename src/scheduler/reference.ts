/**
 * Placement as anyone would first write it: look at every instance, keep those that pass, rank them. For tests, which hold the
 * index against it, and for the benchmark, which is measured by it. Shares no code with the index but the query language.
 */
import type { ContainerInstanceRecord, TaskRecord } from '../model/records.ts'
import { compileExpression, type InstanceFacts } from './query-language.ts'
import type { PlacementRequest, PlacementStrategy } from './types.ts'

class ReferenceInstance implements InstanceFacts {
  record: ContainerInstanceRecord
  readonly tasks = new Map<string, TaskRecord>()
  readonly groups = new Map<string, number>()
  cpuUnits = 0
  memoryMiB = 0
  runningTasksCount = 0

  constructor(record: ContainerInstanceRecord) {
    this.record = record
  }

  hasTaskGroup(group: string): boolean {
    return this.groups.has(group)
  }

  taskGroups(): Iterable<string> {
    return this.groups.keys()
  }

  add(task: TaskRecord, sign: 1 | -1): void {
    if (sign > 0) this.tasks.set(task.taskId, task)
    else this.tasks.delete(task.taskId)
    this.cpuUnits += sign * task.reservation.cpuUnits
    this.memoryMiB += sign * task.reservation.memoryMiB
    if (task.lastStatus === 'RUNNING') this.runningTasksCount += sign
    const count = (this.groups.get(task.group) ?? 0) + sign
    if (count === 0) this.groups.delete(task.group)
    else this.groups.set(task.group, count)
  }
}

export class ReferenceScheduler {
  readonly #instances = new Map<string, ReferenceInstance>()
  readonly #predicates = new Map<string, ReturnType<typeof compileExpression>>()

  applyInstance(record: ContainerInstanceRecord): void {
    const known = this.#instances.get(record.containerInstanceId)
    if (known === undefined) this.#instances.set(record.containerInstanceId, new ReferenceInstance(record))
    else known.record = record
  }

  removeInstance(containerInstanceId: string): void {
    this.#instances.delete(containerInstanceId)
  }

  applyTask(before: TaskRecord | undefined, after: TaskRecord | undefined): void {
    if (before !== undefined && before.lastStatus !== 'STOPPED') this.#host(before)?.add(before, -1)
    if (after !== undefined && after.lastStatus !== 'STOPPED') this.#host(after)?.add(after, 1)
  }

  /** Every instance that the next task of the request may go to: the best ones, all equal. */
  best(request: PlacementRequest): string[] {
    let candidates = this.#inCluster(request).filter((instance) => this.#passes(request, instance))
    const path: string[] = []
    for (const strategy of request.strategies) {
      if (strategy.type === 'random') break
      if (strategy.type === 'spread' && strategy.field.startsWith('attribute:')) path.push(strategy.field.slice(10))
      candidates = least(candidates, this.#rankOf(request, strategy, path))
    }
    return candidates.map(({ record }) => record.containerInstanceId)
  }

  #host(task: TaskRecord): ReferenceInstance | undefined {
    return this.#instances.get(task.containerInstanceId ?? task.hostInstanceId ?? '')
  }

  #inCluster({ clusterArn }: PlacementRequest): ReferenceInstance[] {
    return [...this.#instances.values()].filter(({ record }) => record.clusterArn === clusterArn)
  }

  #passes(request: PlacementRequest, instance: ReferenceInstance): boolean {
    const { record } = instance
    return (
      record.status === 'ACTIVE' &&
      record.agentConnected &&
      fits(request, instance) &&
      request.requiredAttributes.every(({ name, value }) =>
        record.attributes.some(
          (attribute) => attribute.name === name && (value === undefined || value === attribute.value),
        ),
      ) &&
      request.constraints.every((constraint) =>
        constraint.type === 'distinctInstance'
          ? !instance.groups.has(request.group)
          : this.#predicate(constraint.expression)(record, instance),
      )
    )
  }

  #predicate(text: string): ReturnType<typeof compileExpression> {
    const predicate = this.#predicates.get(text) ?? compileExpression(text)
    this.#predicates.set(text, predicate)
    return predicate
  }

  #rankOf(
    request: PlacementRequest,
    strategy: PlacementStrategy,
    path: readonly string[],
  ): (instance: ReferenceInstance) => number {
    if (strategy.type === 'binpack') return (instance) => left(instance, strategy.field === 'cpu' ? 'CPU' : 'MEMORY')
    const tasksOn = (instance: ReferenceInstance) => instance.groups.get(request.group) ?? 0
    if (strategy.type === 'spread' && !strategy.field.startsWith('attribute:')) return tasksOn
    const tally = new Map<string, number>()
    for (const instance of this.#inCluster(request)) {
      const key = valuesOf(instance, path)
      tally.set(key, (tally.get(key) ?? 0) + tasksOn(instance))
    }
    const lacks = ({ record }: ReferenceInstance) => !record.attributes.some(({ name }) => name === path.at(-1))
    return (instance) => (lacks(instance) ? Infinity : (tally.get(valuesOf(instance, path)) ?? 0))
  }
}

const least = (
  candidates: ReferenceInstance[],
  rankOf: (instance: ReferenceInstance) => number,
): ReferenceInstance[] => {
  let lowest = Infinity
  let kept: ReferenceInstance[] = []
  for (const candidate of candidates) {
    const rank = rankOf(candidate)
    if (rank < lowest) kept = []
    if (rank > lowest) continue
    lowest = rank
    kept.push(candidate)
  }
  return kept
}

const fits = ({ reservation }: PlacementRequest, instance: ReferenceInstance): boolean => {
  if (left(instance, 'CPU') < reservation.cpuUnits || left(instance, 'MEMORY') < reservation.memoryMiB) return false
  const clash = (ports: readonly number[], name: string, field: 'tcpPorts' | 'udpPorts') =>
    ports.some(
      (port) =>
        registered(instance, name)?.stringSetValue?.includes(String(port)) === true ||
        [...instance.tasks.values()].some((task) => task.reservation[field].includes(port)),
    )
  return (
    !clash(reservation.tcpPorts, 'PORTS', 'tcpPorts') &&
    !clash(reservation.udpPorts, 'PORTS_UDP', 'udpPorts') &&
    (reservation.gpuCount === 0 || freeGpus(instance) >= reservation.gpuCount)
  )
}

const registered = ({ record }: ReferenceInstance, name: string) =>
  record.registeredResources.find((resource) => resource.name === name)

const left = (instance: ReferenceInstance, name: 'CPU' | 'MEMORY'): number =>
  (registered(instance, name)?.integerValue ?? 0) - (name === 'CPU' ? instance.cpuUnits : instance.memoryMiB)

const freeGpus = ({ record, tasks }: ReferenceInstance): number => {
  const used = new Set(
    [...tasks.values()].flatMap(({ containers }) => containers.flatMap(({ gpuIds }) => gpuIds ?? [])),
  )
  return record.gpuIds.filter((gpuId) => !used.has(gpuId)).length
}

const valuesOf = ({ record }: ReferenceInstance, names: readonly string[]): string =>
  JSON.stringify(
    names.map((name) => {
      const attribute = record.attributes.find((candidate) => candidate.name === name)
      return attribute === undefined ? null : (attribute.value ?? '')
    }),
  )
