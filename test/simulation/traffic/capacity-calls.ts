/** Capacity providers of a run, over two Auto Scaling groups, and the strategies that use them. */
import type { CapacityProviderStrategyItem } from '@aws-sdk/client-ecs'
import type { Chance } from '../chance.ts'
import { GROUPS } from '../scenario.ts'
import type { Site } from '../site.ts'
import { attempt } from './caller.ts'

export const createProviders = async (site: Site): Promise<void> => {
  const groups = site.scenario.hasProviders ? GROUPS : []
  for (const [index, name] of groups.entries()) {
    // Only where scaling is managed do tasks wait; elsewhere they are refused.
    const status = index === 0 || site.chance.is(0.5) ? 'ENABLED' : 'DISABLED'
    await attempt(site, 'CreateCapacityProvider', {
      name,
      autoScalingGroupProvider: { autoScalingGroupArn: name, managedScaling: { status } },
    })
  }
  await attempt(site, 'PutClusterCapacityProviders', {
    cluster: 'default',
    capacityProviders: [...groups, 'FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: [],
  })
}

const [FIRST, SECOND] = GROUPS

export const groupStrategy = (chance: Chance): CapacityProviderStrategyItem[] =>
  chance.one([
    [{ capacityProvider: FIRST, weight: 1 }],
    [{ capacityProvider: SECOND, weight: 1 }],
    [
      { capacityProvider: FIRST, base: 1, weight: 1 },
      { capacityProvider: SECOND, weight: 2 },
    ],
    [
      { capacityProvider: FIRST, weight: 3 },
      { capacityProvider: SECOND, weight: 1 },
    ],
    [
      { capacityProvider: FIRST, base: 2, weight: 0 },
      { capacityProvider: SECOND, weight: 1 },
    ],
  ])

export const fargateStrategy = (chance: Chance): CapacityProviderStrategyItem[] =>
  chance.one([
    [{ capacityProvider: 'FARGATE', weight: 1 }],
    [
      { capacityProvider: 'FARGATE', base: 1, weight: 1 },
      { capacityProvider: 'FARGATE_SPOT', weight: 3 },
    ],
  ])
