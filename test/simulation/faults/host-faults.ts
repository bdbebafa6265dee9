/** Agents are killed, hang and come back; hosts reboot, have wrong clocks and no registry. */
import type { WorldAgent } from '../../world-agent.ts'
import { hostName, type Site } from '../site.ts'
import type { Fault } from './fault.ts'

const anyAgent = ({ world, chance }: Site): WorldAgent | undefined => chance.of(world.agents)

const crash: Fault = {
  name: 'crash',
  begin: (site) => {
    const agent = anyAgent(site)
    if (agent === undefined || agent.isDown) return undefined
    agent.kill()
    return {
      what: `the agent of ${hostName(site.world, agent)} is killed`,
      forMs: site.chance.span(100, 900_000),
      end: () => agent.restart(),
    }
  },
}

const reboot: Fault = {
  name: 'reboot',
  begin: (site) => {
    const agent = anyAgent(site)
    if (agent === undefined || agent.isDown) return undefined
    agent.kill()
    for (const { id } of agent.runtime.containers()) agent.runtime.exit(id, 137)
    return {
      what: `${hostName(site.world, agent)} reboots`,
      forMs: site.chance.span(20_000, 900_000),
      end: () => agent.restart(),
    }
  },
}

const hang: Fault = {
  name: 'hang',
  begin: (site) => {
    const agent = anyAgent(site)
    if (agent === undefined || agent.isDown || agent.wire.isSilent) return undefined
    agent.hang()
    return {
      what: `the agent of ${hostName(site.world, agent)} hangs`,
      forMs: site.chance.span(1000, 600_000),
      end: () => agent.goOn(),
    }
  },
}

const MOST_SKEW_MS = 240_000

const skew: Fault = {
  name: 'skew',
  begin: (site) => {
    const agent = anyAgent(site)
    if (agent === undefined) return undefined
    agent.clock.skewMs = site.chance.int(-MOST_SKEW_MS, MOST_SKEW_MS)
    return { what: `the clock of ${hostName(site.world, agent)} is off by ${agent.clock.skewMs} ms`, forMs: 0 }
  },
}

const noRegistry: Fault = {
  name: 'noRegistry',
  begin: (site) => {
    const agents = site.chance.some(site.world.agents, site.chance.int(1, 3))
    for (const agent of agents) agent.hasBrokenRegistry = true
    return {
      what: `no images for ${agents.map((agent) => hostName(site.world, agent)).join(', ')}`,
      forMs: site.chance.span(5000, 300_000),
      end: () => {
        for (const agent of agents) agent.hasBrokenRegistry = false
      },
    }
  },
}

export const hostFaults: readonly Fault[] = [crash, reboot, hang, skew, noRegistry]
