/** No container runs on for long that does not belong to a task which is to run there, on a host whose agent can be told so. */
import { isDraining } from '../../../src/store/load-balancing/draining-tasks.ts'
import type { TaskRecord } from '../../../src/model/records.ts'
import type { WorldAgent } from '../../world-agent.ts'
import { hostName } from '../site.ts'
import { instancesOf, type MakeInvariant, taskIdOf } from './invariant.ts'

/** Longer than any stop timeout, reconnection and repetition together. */
const BOUND_MS = 5 * 60_000

export const orphans: MakeInvariant = ({ world }, feed) => {
  /** Since when a container has been without a task, while its agent could have been told. */
  const since = new Map<string, number>()
  const isReachable = (agent: WorldAgent): boolean => {
    if (!world.isRunning || agent.isDown || !agent.isRegistered) return false
    if (agent.wire.isCut || agent.wire.isSilent || agent.wire.trouble !== undefined) return false
    return instancesOf(feed).get(agent.containerInstanceId)?.agentConnected === true
  }
  const isWanted = (taskId: string, agent: WorldAgent): boolean => {
    const task = feed.rows<TaskRecord>('tasks').get(taskId)
    if (task === undefined || task.lastStatus === 'STOPPED') return false
    if (task.desiredStatus === 'STOPPED' && !isDraining(world.store.tables, task)) return false
    return (task.containerInstanceId ?? task.hostInstanceId) === agent.containerInstanceId
  }
  return {
    name: 'orphans',
    *check() {
      const now = world.clock.now()
      for (const agent of world.agents) {
        const canBeTold = isReachable(agent)
        for (const container of agent.runtime.containers()) {
          const isOrphan = canBeTold && container.status === 'running' && !isWanted(taskIdOf(container), agent)
          if (!isOrphan) since.delete(container.id)
          else if (!since.has(container.id)) since.set(container.id, now)
          if (now - (since.get(container.id) ?? now) > BOUND_MS)
            yield `${container.name} has run on ${hostName(world, agent)} for ${BOUND_MS / 1000} s without a task`
        }
      }
    },
  }
}
