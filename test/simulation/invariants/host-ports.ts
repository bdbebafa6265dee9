/** No two tasks of an instance are given the same host port, and no container ever fails to start because its port is taken. */
import type { TaskRecord } from '../../../src/model/records.ts'
import { activeByInstance, type MakeInvariant } from './invariant.ts'

export const hostPorts: MakeInvariant = (_site, feed) => {
  const collided = new Set<string>()
  feed.listen((changes) => {
    for (const { table, key, after } of changes)
      if (table === 'tasks' && after !== undefined && saysCollision(after as TaskRecord)) collided.add(key)
  })
  return {
    name: 'host ports',
    *check() {
      for (const [id, tasks] of activeByInstance(feed)) {
        const ports = tasks.flatMap(portsOf)
        if (new Set(ports).size < ports.length)
          yield `tasks of instance ${id} share a host port: ${ports.toSorted().join(', ')}`
      }
      for (const taskId of collided) yield `task ${taskId} found its host port taken`
    },
  }
}

const portsOf = ({ reservation: { tcpPorts, udpPorts } }: TaskRecord): string[] => [
  ...tcpPorts.map((port) => `${port}/tcp`),
  ...udpPorts.map((port) => `${port}/udp`),
]

const saysCollision = ({ containers }: TaskRecord): boolean =>
  containers.some(({ reason }) => reason?.includes('port is already allocated') ?? false)
