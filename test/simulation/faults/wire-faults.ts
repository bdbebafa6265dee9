/** Networks are cut, go silent, and lose, delay and repeat calls. */
import type { WorldAgent } from '../../world-agent.ts'
import { hostName, type Site } from '../site.ts'
import type { Fault } from './fault.ts'

const names = ({ world }: Site, agents: readonly WorldAgent[]): string =>
  agents.length > 5 ? `${agents.length} hosts` : agents.map((agent) => hostName(world, agent)).join(', ')

/** One, or a part of the network with several. */
const someAgents = ({ world, chance }: Site): WorldAgent[] =>
  chance.some(world.agents, chance.is(0.7) ? 1 : chance.int(1, Math.ceil(world.agents.length / 3)))

const cut: Fault = {
  name: 'cut',
  begin: (site) => {
    const agents = someAgents(site).filter(({ wire }) => !wire.isCut)
    if (agents.length === 0) return undefined
    for (const { wire } of agents) wire.cut()
    return {
      what: `the network of ${names(site, agents)} is cut`,
      forMs: site.chance.span(500, 900_000),
      end: () => {
        for (const { wire } of agents) wire.mend()
      },
    }
  },
}

const silence: Fault = {
  name: 'silence',
  begin: (site) => {
    const agents = someAgents(site).filter(({ wire }) => !wire.isSilent)
    if (agents.length === 0) return undefined
    for (const { wire } of agents) wire.silence()
    return {
      what: `nothing gets through to or from ${names(site, agents)}`,
      forMs: site.chance.span(500, 600_000),
      end: () => {
        for (const { wire } of agents) wire.speak()
      },
    }
  },
}

const drop: Fault = {
  name: 'drop',
  begin: (site) => {
    const agents = someAgents(site)
    for (const { wire } of agents) wire.dropConnections()
    return { what: `the connections of ${names(site, agents)} break`, forMs: 0 }
  },
}

const trouble: Fault = {
  name: 'trouble',
  begin: (site) => {
    const { chance } = site
    const agents = someAgents(site)
    const mostMs = chance.span(10, 20_000)
    const [loss, repeats] = [chance.one([0, 0.1, 0.5]), chance.one([0, 0.2, 0.8])]
    for (const { wire } of agents) {
      wire.trouble = {
        losesCall: () => chance.is(loss),
        losesAnswer: () => chance.is(loss),
        repeatsCall: () => chance.is(repeats),
        delayMs: () => chance.int(0, mostMs),
      }
    }
    return {
      what: `calls of ${names(site, agents)} are lost (${loss}), repeated (${repeats}) and up to ${mostMs} ms late`,
      forMs: chance.span(10_000, 300_000),
      end: () => {
        for (const { wire } of agents) wire.trouble = undefined
      },
    }
  },
}

export const wireFaults: readonly Fault[] = [cut, silence, drop, trouble]
