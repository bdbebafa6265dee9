/** How services are deployed in a run: every strategy, with hooks to pause at and times to bake that are not longer than the run. */
import type { DeploymentConfiguration, DeploymentLifecycleHookStage } from '@aws-sdk/client-ecs'
import type { Chance } from '../chance.ts'
import type { Scenario } from '../scenario.ts'

type Make = (chance: Chance) => DeploymentConfiguration

const bakeTime: Make = (chance) => ({ bakeTimeInMinutes: chance.is(0.5) ? 0 : chance.int(1, 3) })

/** Always such that a deployment can go forward whatever the desired count is. */
const PERCENTS: readonly DeploymentConfiguration[] = [
  {},
  { minimumHealthyPercent: 100, maximumPercent: 200 },
  { minimumHealthyPercent: 50, maximumPercent: 200 },
  { minimumHealthyPercent: 0, maximumPercent: 100 },
  { minimumHealthyPercent: 66, maximumPercent: 200 },
]

const DAEMON_PERCENTS: readonly DeploymentConfiguration[] = [
  {},
  { minimumHealthyPercent: 50, maximumPercent: 100 },
  { minimumHealthyPercent: 0, maximumPercent: 100 },
]

const STRATEGIES: readonly { readonly name: string; readonly make: Make }[] = [
  { name: 'BLUE_GREEN', make: (chance) => ({ strategy: 'BLUE_GREEN', ...hooks(chance), ...bakeTime(chance) }) },
  {
    name: 'LINEAR',
    make: (chance) => ({
      strategy: 'LINEAR',
      linearConfiguration: {
        stepPercent: chance.one([20, 33.3, 50]),
        stepBakeTimeInMinutes: chance.int(0, 2),
      },
      ...hooks(chance),
      ...bakeTime(chance),
    }),
  },
  {
    name: 'CANARY',
    make: (chance) => ({
      strategy: 'CANARY',
      canaryConfiguration: { canaryPercent: chance.one([5, 10, 50]), canaryBakeTimeInMinutes: chance.int(0, 3) },
      ...hooks(chance),
      ...bakeTime(chance),
    }),
  },
]

const PAUSES: readonly DeploymentLifecycleHookStage[] = [
  'PRE_SCALE_UP',
  'POST_SCALE_UP',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
]

const hooks: Make = (chance) => ({
  lifecycleHooks: chance.is(0.5)
    ? []
    : [
        {
          targetType: 'PAUSE',
          lifecycleStages: chance.some(PAUSES, 2),
          timeoutConfiguration: {
            timeoutInMinutes: chance.int(1, 10),
            action: chance.one(['CONTINUE', 'ROLLBACK'] as const),
          },
        },
      ],
})

const rolling: Make = (chance) => ({
  strategy: 'ROLLING',
  ...bakeTime(chance),
  ...(chance.is(0.2) ? { earlySuccessCriteria: earlySuccess(chance) } : {}),
})

const earlySuccess = (chance: Chance): DeploymentConfiguration['earlySuccessCriteria'] => ({
  enable: true,
  healthyPercent: 100,
  sourceServiceRevisionCleanup: chance.one(['DEFERRED', 'BLOCKING'] as const),
})

export const deploymentConfiguration = (
  chance: Chance,
  { weightOf }: Scenario,
  isDaemon: boolean,
): DeploymentConfiguration => ({
  ...(isDaemon
    ? chance.one(DAEMON_PERCENTS)
    : {
        ...strategyOf(chance, weightOf),
        ...chance.one(PERCENTS),
      }),
  ...(chance.is(0.4) ? { deploymentCircuitBreaker: { enable: true, rollback: chance.is(0.5) } } : {}),
})

const strategyOf = (chance: Chance, weightOf: Scenario['weightOf']): DeploymentConfiguration => {
  const weighted = STRATEGIES.map((strategy) => ({ ...strategy, weight: weightOf(`strategy ${strategy.name}`) }))
  const make = chance.is(0.5) ? undefined : chance.weighted(weighted)?.make
  return (make ?? rolling)(chance)
}
