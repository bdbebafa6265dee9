/** Nothing runs twice: of each container of each task at most one is running, on all hosts together, and none is started again. */
import { hostName } from '../site.ts'
import { CONTAINER_LABEL, type MakeInvariant, TASK_LABEL } from './invariant.ts'

export const once: MakeInvariant = ({ world }) => {
  /** Id of the first running container of a task's container. */
  const first = new Map<string, string>()
  /** Ids of containers that were looked at: each is of one task for ever. */
  const known = new Set<string>()
  return {
    name: 'once',
    *check() {
      for (const agent of world.agents) {
        for (const { id, status, labels } of agent.runtime.containers()) {
          if (status === 'created' || known.has(id)) continue
          known.add(id)
          const what = `${labels[CONTAINER_LABEL]} of ${labels[TASK_LABEL]}`
          if (!first.has(what)) first.set(what, id)
          else yield `container ${what} was started a second time, on ${hostName(world, agent)}`
        }
      }
    },
  }
}
