/** What a container instance has for tasks, and what tasks take of it. */
import type { ContainerInstanceRecord, TaskRecord } from '../../model/records.ts'

export interface InstanceCapacity {
  readonly cpuUnits: number
  readonly memoryMiB: number
}

/** What its agent registered. */
export const capacityOf = ({ registeredResources }: ContainerInstanceRecord): InstanceCapacity => {
  const amount = (resource: string): number =>
    registeredResources.find(({ name }) => name === resource)?.integerValue ?? 0
  return { cpuUnits: amount('CPU'), memoryMiB: amount('MEMORY') }
}

/** AWS: a task that reserves nothing is measured by what its instance has. Source: CpuReserved of Container Insights. */
export const reservedBy = ({ reservation }: TaskRecord, capacity: InstanceCapacity): InstanceCapacity => ({
  cpuUnits: reservation.cpuUnits > 0 ? reservation.cpuUnits : capacity.cpuUnits,
  memoryMiB: reservation.memoryMiB > 0 ? reservation.memoryMiB : capacity.memoryMiB,
})
