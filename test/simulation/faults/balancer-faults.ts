/** Balancers are killed and lose their connections, and targets do not answer them for a while. */
import type { FakeBalancer } from '../../fakes/fake-balancer.ts'
import type { Site } from '../site.ts'
import type { Fault } from './fault.ts'

const anyBalancer = ({ world, chance }: Site): FakeBalancer | undefined => chance.of(world.balancers)

const nameOf = ({ world }: Site, balancer: FakeBalancer): string => `balancer ${world.balancers.indexOf(balancer)}`

const kill: Fault = {
  name: 'balancerKill',
  begin: (site) => {
    const balancer = anyBalancer(site)
    if (balancer === undefined) return undefined
    balancer.kill()
    return {
      what: `${nameOf(site, balancer)} is killed`,
      forMs: site.chance.span(100, 300_000),
      end: () => balancer.restart(),
    }
  },
}

/** Those whose key begins with some digits after the colon: a part of all, the same for as long as it lasts. */
const deaf: Fault = {
  name: 'deafTargets',
  begin: (site) => {
    const balancer = anyBalancer(site)
    if (balancer === undefined) return undefined
    const part = site.chance.int(1, 4)
    balancer.surroundings.answers = ({ port }) => port % 4 >= part
    return {
      what: `a part of the targets does not answer ${nameOf(site, balancer)}`,
      forMs: site.chance.span(1000, 300_000),
      end: () => {
        balancer.surroundings.answers = () => true
      },
    }
  },
}

const drop: Fault = {
  name: 'balancerDrop',
  begin: (site) => {
    const balancer = anyBalancer(site)
    if (balancer === undefined) return undefined
    balancer.wire.dropConnections()
    return { what: `${nameOf(site, balancer)} loses its connection`, forMs: 0 }
  },
}

export const balancerFaults: readonly Fault[] = [kill, deaf, drop]
