/**
 * A world that has come to rest stays so: nobody writes anything down for an hour. What may be written is what time alone brings about:
 * records are forgotten, agents connect anew, and a service says every six hours that it is in its steady state.
 */
import type { ContainerInstanceRecord, TaskRecord } from '../../../src/model/records.ts'
import type { ServiceEventRecord } from '../../../src/model/service-records.ts'
import type { JournalEntry } from '../../../src/store/journal/journal.ts'
import type { Site } from '../site.ts'
import { isRestless } from './converged.ts'

const SHOWN = 300
/** What a new connection of its agent, and what that says of its health, change of an instance. */
const CONNECTION = new Set(['agentConnected', 'agentDisconnectedAt', 'healthStatus', 'version'])

/** Watches from now on; gives what moved. */
export const stillness = ({ disk, world }: Site): (() => readonly string[]) => {
  const moved: string[] = []
  const instances = new Map(
    [...world.store.tables.containerInstances.rows()].map((row) => [row.containerInstanceId, essence(row)]),
  )
  const isExpected = ({ table, key, row }: JournalEntry): boolean => {
    if (row === undefined) return true
    const record: unknown = JSON.parse(row)
    if (table === 'tasks') return isRestless(world, record as TaskRecord)
    if (table === 'containerInstances') return essence(record as ContainerInstanceRecord) === instances.get(key)
    return table === 'serviceEvents' && (record as ServiceEventRecord).message.endsWith('has reached a steady state.')
  }
  disk.onWrite = (entries) => {
    for (const entry of entries)
      if (!isExpected(entry))
        moved.push(`${entry.table} ${entry.key} was written: ${entry.row?.slice(0, SHOWN) ?? 'removed'}`)
  }
  return () => {
    disk.onWrite = () => {}
    return moved
  }
}

/** Of an instance: all but its connection. */
const essence = (instance: ContainerInstanceRecord): string =>
  JSON.stringify(
    Object.entries(instance)
      .filter(([member]) => !CONNECTION.has(member))
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  )
