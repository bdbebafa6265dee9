/** No task is terminated before its targets are gone: they have drained, or their delay is over. One that ends by itself waits for nobody. */
import type { TargetRecord } from '../../../src/model/load-balancing/records.ts'
import type { TaskRecord } from '../../../src/model/records.ts'
import type { MakeInvariant } from './invariant.ts'

/** Exit code of what was sent SIGTERM. */
const TERMINATED = 143

export const draining: MakeInvariant = (_site, feed) => {
  const breaches: string[] = []
  feed.listen((changes) => {
    for (const { table, before, after } of changes)
      if (table === 'tasks' && after !== undefined && isEnd(before as TaskRecord | undefined, after as TaskRecord)) {
        const { taskId, stoppedReason } = after as TaskRecord
        const left = [...feed.rows<TargetRecord>('targets').values()].filter((target) => target.taskId === taskId)
        if (left.length > 0) breaches.push(`task ${taskId} was terminated and is a target still: ${stoppedReason}`)
      }
  })
  return { name: 'draining', check: () => breaches.splice(0) }
}

const isEnd = (before: TaskRecord | undefined, { lastStatus, containers }: TaskRecord): boolean =>
  lastStatus === 'STOPPED' &&
  before?.lastStatus !== 'STOPPED' &&
  containers.every(({ exitCode }) => exitCode === TERMINATED)
