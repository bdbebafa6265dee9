/** What is left of one container instance. Tasks may be known before their instance is, and outlive it. */
import type { ContainerInstanceRecord, TaskReservation } from '../../model/records.ts'
import type { InstanceFacts } from '../query/compiler.ts'
import type { RemainingResources } from '../types.ts'
import type { TaskGroup } from './task-group.ts'

interface Registered {
  readonly cpuUnits: number
  readonly memoryMiB: number
  readonly tcpPorts: readonly number[]
  readonly udpPorts: readonly number[]
}

const NOTHING: Registered = { cpuUnits: 0, memoryMiB: 0, tcpPorts: [], udpPorts: [] }

export class InstanceState implements InstanceFacts {
  readonly containerInstanceId: string
  readonly clusterArn: string
  /** The instance's number within its cluster. */
  readonly slot: number
  readonly #groups: ReadonlyMap<string, TaskGroup>
  /** Absent while only tasks speak of the instance. */
  #record: ContainerInstanceRecord | undefined
  #registered = NOTHING
  #takenCpuUnits = 0
  #takenMemoryMiB = 0
  /** Those of tasks; a port stands here once per task that has it. */
  readonly #tcpPorts: number[] = []
  readonly #udpPorts: number[] = []
  readonly #gpuIds: string[] = []
  /** Left over; negative where tasks take more than is registered. */
  cpuUnits = 0
  memoryMiB = 0
  tasksCount = 0
  runningTasksCount = 0

  constructor(containerInstanceId: string, clusterArn: string, slot: number, groups: ReadonlyMap<string, TaskGroup>) {
    this.containerInstanceId = containerInstanceId
    this.clusterArn = clusterArn
    this.slot = slot
    this.#groups = groups
  }

  get record(): ContainerInstanceRecord | undefined {
    return this.#record
  }

  set record(record: ContainerInstanceRecord | undefined) {
    if (record?.registeredResources !== this.#record?.registeredResources || record === undefined) {
      this.#registered = record === undefined ? NOTHING : registeredBy(record)
    }
    this.#record = record
    this.#subtract()
  }

  /** Takes a task's share. */
  hold(reservation: TaskReservation, gpuIds: readonly string[]): void {
    this.#take(reservation, 1)
    for (const port of reservation.tcpPorts) this.#tcpPorts.push(port)
    for (const port of reservation.udpPorts) this.#udpPorts.push(port)
    for (const gpuId of gpuIds) this.#gpuIds.push(gpuId)
  }

  /** Gives back what `hold` took. */
  release(reservation: TaskReservation, gpuIds: readonly string[]): void {
    this.#take(reservation, -1)
    for (const port of reservation.tcpPorts) removeOne(this.#tcpPorts, port)
    for (const port of reservation.udpPorts) removeOne(this.#udpPorts, port)
    for (const gpuId of gpuIds) removeOne(this.#gpuIds, gpuId)
  }

  hasTcpPort(port: number): boolean {
    return this.#tcpPorts.includes(port) || this.#registered.tcpPorts.includes(port)
  }

  hasUdpPort(port: number): boolean {
    return this.#udpPorts.includes(port) || this.#registered.udpPorts.includes(port)
  }

  freeGpuIds(): string[] {
    return this.#record?.gpuIds.filter((gpuId) => !this.#gpuIds.includes(gpuId)) ?? []
  }

  hasTaskGroup(group: string): boolean {
    return (this.#groups.get(group)?.counts.get(this.slot) ?? 0) > 0
  }

  *taskGroups(): Iterable<string> {
    for (const group of this.#groups.values()) if (group.counts.get(this.slot) > 0) yield group.name
  }

  remaining(): RemainingResources {
    return {
      cpuUnits: this.cpuUnits,
      memoryMiB: this.memoryMiB,
      tcpPorts: [...new Set([...this.#registered.tcpPorts, ...this.#tcpPorts])],
      udpPorts: [...new Set([...this.#registered.udpPorts, ...this.#udpPorts])],
      gpuIds: [...new Set(this.#gpuIds)],
    }
  }

  #take(reservation: TaskReservation, tasks: 1 | -1): void {
    this.#takenCpuUnits += tasks * reservation.cpuUnits
    this.#takenMemoryMiB += tasks * reservation.memoryMiB
    this.tasksCount += tasks
    this.#subtract()
  }

  #subtract(): void {
    this.cpuUnits = this.#registered.cpuUnits - this.#takenCpuUnits
    this.memoryMiB = this.#registered.memoryMiB - this.#takenMemoryMiB
  }
}

const registeredBy = ({ registeredResources }: ContainerInstanceRecord): Registered => {
  const find = (name: string) => registeredResources.find((resource) => resource.name === name)
  return {
    cpuUnits: find('CPU')?.integerValue ?? 0,
    memoryMiB: find('MEMORY')?.integerValue ?? 0,
    tcpPorts: find('PORTS')?.stringSetValue?.map(Number) ?? [],
    udpPorts: find('PORTS_UDP')?.stringSetValue?.map(Number) ?? [],
  }
}

const removeOne = <T>(list: T[], item: T): void => {
  const at = list.lastIndexOf(item)
  if (at < 0) return
  const last = list.pop()!
  if (at < list.length) list[at] = last
}
