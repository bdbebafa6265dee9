/**
 * No host is given more than it has: neither by the records of the tasks that are on it, nor by the containers that really run there.
 */
import { hostConfigOf, type SimulatedContainer } from '../../../src/agent/simulated/simulated-container.ts'
import type { ContainerInstanceRecord, TaskRecord } from '../../../src/model/records.ts'
import { hostName } from '../site.ts'
import { activeByInstance, instancesOf, type MakeInvariant } from './invariant.ts'

const MEBIBYTE = 1024 * 1024

export const resources: MakeInvariant = ({ world, scenario }, feed) => ({
  name: 'resources',
  *check() {
    const instances = instancesOf(feed)
    for (const [id, tasks] of activeByInstance(feed)) {
      const instance = instances.get(id)
      if (instance !== undefined) yield* overReserved(instance, tasks)
    }
    for (const agent of world.agents) {
      const memoryMiB = sum(agent.runtime.containers().map(runningMemoryMiB))
      if (memoryMiB > scenario.hostMemoryMiB)
        yield `${hostName(world, agent)} has ${scenario.hostMemoryMiB} MiB, and its containers may take ${memoryMiB} MiB`
    }
  },
})

function* overReserved(instance: ContainerInstanceRecord, tasks: readonly TaskRecord[]): Iterable<string> {
  const cpu = sum(tasks.map(({ reservation }) => reservation.cpuUnits))
  const memory = sum(tasks.map(({ reservation }) => reservation.memoryMiB))
  const has = (name: string): number => instance.registeredResources.find((one) => one.name === name)?.integerValue ?? 0
  const { containerInstanceId: id } = instance
  if (cpu > has('CPU')) yield `instance ${id} has ${has('CPU')} CPU units, and its tasks hold ${cpu}`
  if (memory > has('MEMORY')) yield `instance ${id} has ${has('MEMORY')} MiB, and its tasks hold ${memory} MiB`
}

const runningMemoryMiB = ({ status, body }: SimulatedContainer): number =>
  status === 'running' ? Number(hostConfigOf(body).Memory ?? 0) / MEBIBYTE : 0

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
