/** Containers crash, run out of memory, and turn unhealthy for a while. */
import type { SimulatedContainer } from '../../../src/agent/simulated/simulated-container.ts'
import type { WorldAgent } from '../../world-agent.ts'
import { hostName, type Site } from '../site.ts'
import type { Fault } from './fault.ts'

interface Found {
  readonly agent: WorldAgent
  readonly container: SimulatedContainer
}

const anyContainer = ({ world, chance }: Site, suits = (_container: SimulatedContainer) => true): Found | undefined => {
  const agent = chance.of(world.agents)
  const running = agent?.runtime.containers().filter(({ status }) => status === 'running') ?? []
  const container = chance.of(running.filter(suits))
  return agent === undefined || container === undefined ? undefined : { agent, container }
}

const exit: Fault = {
  name: 'exit',
  begin: (site) => {
    const found = anyContainer(site)
    if (found === undefined) return undefined
    const isOomKilled = site.chance.is(0.3)
    found.container.exit(isOomKilled ? 137 : site.chance.int(0, 2), isOomKilled)
    return { what: `${found.container.name} on ${hostName(site.world, found.agent)} exits`, forMs: 0 }
  },
}

const sick: Fault = {
  name: 'sick',
  begin: (site) => {
    const found = anyContainer(site, ({ body }) => body.Healthcheck !== undefined)
    if (found === undefined) return undefined
    const { agent, container } = found
    container.setHealth('unhealthy')
    return {
      what: `${container.name} on ${hostName(site.world, agent)} turns unhealthy`,
      forMs: site.chance.span(1000, 300_000),
      end: () => container.setHealth('healthy'),
    }
  },
}

export const containerFaults: readonly Fault[] = [exit, sick]
