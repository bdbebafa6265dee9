/**
 * Placement as anyone would first write it: look at every instance, keep those that pass, rank them. For tests, which hold the
 * index against it, and for the benchmark, which is measured by it. Shares no code with the index but the query language.
 */
import type { ContainerInstanceRecord, TaskRecord } from '../model/records.ts'
import { CompiledExpressions, type InstanceFacts } from './query-language.ts'
import type { PlacementRequest, PlacementStrategy } from './types.ts'

class ReferenceInstance implements InstanceFacts {
  record: ContainerInstanceRecord
  cpuUnits = 0
  memoryMiB = 0
  runningTasksCount = 0
  readonly groups = new Map<string, number>()
  /** Ports and GPUs that tasks have: `tcp/80`, `GPU-0`. */
  readonly taken = new Map<string, number>()

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
    const { reservation, containers, group } = task
    this.cpuUnits += sign * reservation.cpuUnits
    this.memoryMiB += sign * reservation.memoryMiB
    if (task.lastStatus === 'RUNNING') this.runningTasksCount += sign
    addTo(this.groups, group, sign)
    for (const port of reservation.tcpPorts) addTo(this.taken, `tcp/${port}`, sign)
    for (const port of reservation.udpPorts) addTo(this.taken, `udp/${port}`, sign)
    for (const { gpuIds = [] } of containers) for (const gpuId of gpuIds) addTo(this.taken, gpuId, sign)
  }
}

const addTo = (counts: Map<string, number>, key: string, sign: 1 | -1): void => {
  const count = (counts.get(key) ?? 0) + sign
  if (count === 0) counts.delete(key)
  else counts.set(key, count)
}

export class ReferenceScheduler {
  readonly #instances = new Map<string, ReferenceInstance>()
  readonly #expressions = new CompiledExpressions()

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
    let candidates: ReferenceInstance[] = []
    for (const instance of this.#instances.values()) if (this.#passes(request, instance)) candidates.push(instance)
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

  #passes(request: PlacementRequest, instance: ReferenceInstance): boolean {
    const { record } = instance
    return (
      record.clusterArn === request.clusterArn &&
      record.status === 'ACTIVE' &&
      record.agentConnected &&
      (request.capacityProviderName === undefined || request.capacityProviderName === record.capacityProviderName) &&
      fits(request, instance) &&
      request.requiredAttributes.every(({ name, value }) =>
        record.attributes.some(
          (attribute) => attribute.name === name && (value === undefined || value === attribute.value),
        ),
      ) &&
      request.constraints.every((constraint) =>
        constraint.type === 'distinctInstance'
          ? !instance.groups.has(request.group)
          : this.#expressions.get(constraint.expression)(record, instance),
      )
    )
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
    for (const instance of this.#instances.values()) {
      if (instance.record.clusterArn !== request.clusterArn) continue
      const values = valuesOf(instance, path)
      tally.set(values, (tally.get(values) ?? 0) + tasksOn(instance))
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
  const isTaken = (port: number, protocol: 'tcp' | 'udp', resource: string): boolean =>
    instance.taken.has(`${protocol}/${port}`) ||
    registered(instance, resource)?.stringSetValue?.includes(String(port)) === true
  return (
    left(instance, 'CPU') >= reservation.cpuUnits &&
    left(instance, 'MEMORY') >= reservation.memoryMiB &&
    !reservation.tcpPorts.some((port) => isTaken(port, 'tcp', 'PORTS')) &&
    !reservation.udpPorts.some((port) => isTaken(port, 'udp', 'PORTS_UDP')) &&
    (reservation.gpuCount === 0 || freeGpus(instance) >= reservation.gpuCount)
  )
}

const registered = ({ record }: ReferenceInstance, name: string) =>
  record.registeredResources.find((resource) => resource.name === name)

const left = (instance: ReferenceInstance, name: 'CPU' | 'MEMORY'): number =>
  (registered(instance, name)?.integerValue ?? 0) - (name === 'CPU' ? instance.cpuUnits : instance.memoryMiB)

const freeGpus = ({ record, taken }: ReferenceInstance): number =>
  record.gpuIds.filter((gpuId) => !taken.has(gpuId)).length

const valuesOf = ({ record }: ReferenceInstance, names: readonly string[]): string => {
  let values = ''
  for (const name of names) {
    const attribute = record.attributes.find((candidate) => candidate.name === name)
    values += attribute === undefined ? '\n-' : `\n+${attribute.value ?? ''}`
  }
  return values
}
