/** Nothing runs twice: of each container of each task at most one is running, on all hosts together, and none is started again. */
import { hostName } from '../site.ts'
import { CONTAINER_LABEL, type MakeInvariant, TASK_LABEL } from './invariant.ts'

export const once: MakeInvariant = ({ world }) => {
  /** Id of the first running container of a task's container. */
  const first = new Map<string, string>()
  return {
    name: 'once',
    *check() {
      for (const agent of world.agents) {
        for (const { id, status, labels } of agent.runtime.containers()) {
          if (status === 'created') continue
          const what = `${labels[CONTAINER_LABEL]} of ${labels[TASK_LABEL]}`
          const known = first.get(what)
          if (known === undefined) first.set(what, id)
          else if (known !== id) yield `container ${what} was started a second time, on ${hostName(world, agent)}`
        }
      }
    },
  }
}
