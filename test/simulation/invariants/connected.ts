/** An agent that cannot be reached is not shown as connected for long. */
import { hostName } from '../site.ts'
import { instancesOf, type MakeInvariant } from './invariant.ts'

/** Two heartbeats of 45 seconds without an answer, the turn of the third, and some time for a slow disk. */
const BOUND_MS = 200_000

export const connected: MakeInvariant = ({ world }, feed) => {
  const since = new Map<object, number>()
  return {
    name: 'connected',
    *check() {
      const now = world.clock.now()
      for (const agent of world.agents) {
        const isAway =
          world.isRunning && agent.isRegistered && (agent.isDown || agent.wire.isCut || agent.wire.isSilent)
        const isShown = isAway && instancesOf(feed).get(agent.containerInstanceId)?.agentConnected === true
        if (!isShown) since.delete(agent)
        else if (!since.has(agent)) since.set(agent, now)
        if (now - (since.get(agent) ?? now) > BOUND_MS)
          yield `${hostName(world, agent)} has been out of reach for ${BOUND_MS / 1000} s and is shown as connected`
      }
    },
  }
}
