/** Placement constraints and strategies of a request, checked; and the scheduler's failures in ECS's form. */
import type {
  Failure,
  PlacementConstraint as ConstraintInput,
  PlacementStrategy as StrategyInput,
} from '@aws-sdk/client-ecs'
import { containerInstanceArn } from '../../model/arn.ts'
import { PLACEMENT_CONSTRAINTS, PLACEMENT_STRATEGIES } from '../../model/limits.ts'
import type { TaskDefinitionRecord } from '../../model/records.ts'
import type { LaunchType } from '../../model/task-reservation.ts'
import { ExpressionError } from '../../scheduler/query/expression-error.ts'
import { compileExpression } from '../../scheduler/query-language.ts'
import type { PlacementFailure } from '../../scheduler/types.ts'
import { ecsEnums, oneOf } from './enums.ts'
import { invalidParameter } from './faults.ts'

/** Of a request; those of the definition were checked when it was registered. */
export const checkConstraints = (
  given: readonly ConstraintInput[],
  definition: Pick<TaskDefinitionRecord, 'placementConstraints'>,
  launchType: LaunchType,
): void => {
  if (launchType === 'FARGATE' && given.length > 0)
    throw invalidParameter('Placement constraints are not supported with FARGATE launch type.')
  if (given.length + definition.placementConstraints.length > PLACEMENT_CONSTRAINTS)
    throw invalidParameter(`A task can have at most ${PLACEMENT_CONSTRAINTS} placement constraints.`)
  for (const constraint of given) checkConstraint(constraint)
}

const checkConstraint = ({ type, expression }: ConstraintInput): void => {
  if (oneOf('placementConstraints.type', type ?? '', ecsEnums.PlacementConstraintType) === 'distinctInstance') {
    if (expression)
      throw invalidParameter('You cannot specify an expression with the distinctInstance constraint type.')
    return
  }
  if (!expression) throw invalidParameter('The memberOf constraint type requires an expression.')
  checkExpression(expression)
}

const checkExpression = (expression: string): void => {
  try {
    compileExpression(expression)
  } catch (error) {
    throw error instanceof ExpressionError ? invalidParameter(error.message) : error
  }
}

export const checkStrategies = (given: readonly StrategyInput[], launchType: LaunchType): void => {
  if (launchType === 'FARGATE' && given.length > 0)
    throw invalidParameter('Placement strategies are not supported with FARGATE launch type.')
  if (given.length > PLACEMENT_STRATEGIES)
    throw invalidParameter(`A task can have at most ${PLACEMENT_STRATEGIES} placement strategies.`)
  for (const strategy of given) checkStrategy(strategy)
}

const checkStrategy = ({ type, field = '' }: StrategyInput): void => {
  switch (oneOf('placementStrategy.type', type ?? '', ecsEnums.PlacementStrategyType)) {
    case 'random':
      if (field) throw invalidParameter('The random placement strategy does not take a field.')
      return
    case 'binpack':
      if (!/^(cpu|memory)$/i.test(field))
        throw invalidParameter(`Invalid field '${field}' for the binpack placement strategy: cpu or memory is needed.`)
      return
    case 'spread':
      if (field !== 'instanceId' && field !== 'host' && !/^attribute:[\w./-]{1,128}$/.test(field))
        throw invalidParameter(
          `Invalid field '${field}' for the spread placement strategy: instanceId, host or attribute:<name> is needed.`,
        )
  }
}

/** AWS: Fargate never tells which machine had no room. */
const NO_FARGATE_CAPACITY =
  'Capacity is unavailable at this time. Please try again later or in a different availability zone'

export const describeFailures = (
  failures: readonly PlacementFailure[],
  clusterArn: string,
  launchType: LaunchType,
): Failure[] => {
  if (launchType === 'FARGATE') return failures.length === 0 ? [] : [{ reason: NO_FARGATE_CAPACITY }]
  return failures.map(({ containerInstanceId, reason, detail }) => ({
    ...(containerInstanceId === undefined ? {} : { arn: containerInstanceArn(clusterArn, containerInstanceId) }),
    reason,
    ...(detail === undefined ? {} : { detail }),
  }))
}
