/** All placement strategies, and what ECS does when none is given. */
import type { PlacementStrategy } from '../types.ts'
import { binpack } from './binpack.ts'
import { random } from './random.ts'
import { spread, spreadAttribute } from './spread.ts'
import type { StrategyStep } from './strategy.ts'

type StepMakers = {
  readonly [Type in PlacementStrategy['type']]: (
    strategy: PlacementStrategy & { type: Type },
    depth: number,
  ) => StrategyStep
}

const strategies: StepMakers = { random, binpack, spread }

/** The steps of a search, the most significant first. */
export const stepsOf = (given: readonly PlacementStrategy[]): StrategyStep[] => {
  let depth = 0
  return given.map((strategy) => {
    const step = (strategies[strategy.type] as (strategy: PlacementStrategy, depth: number) => StrategyStep)(
      strategy,
      depth,
    )
    if (spreadAttribute(strategy) !== undefined) depth++
    return step
  })
}

/** Names of the attributes to spread over, the most significant first. */
export const spreadAttributes = (given: readonly PlacementStrategy[]): string[] =>
  given.map(spreadAttribute).filter((name) => name !== undefined)

/**
 * AWS: tasks of RunTask go anywhere they fit.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement.html
 */
export const RUN_TASK_STRATEGIES: readonly PlacementStrategy[] = [{ type: 'random' }]

/** AWS: tasks of services, and all tasks of Fargate, spread over Availability Zones. Here over instances as well, within a zone. */
export const SERVICE_STRATEGIES: readonly PlacementStrategy[] = [
  { type: 'spread', field: 'attribute:ecs.availability-zone' },
  { type: 'spread', field: 'instanceId' },
]
