/** Placement constraints and strategies of a request, checked and in the scheduler's form; and its failures in ECS's. */
import type {
  Failure,
  PlacementConstraint as ConstraintInput,
  PlacementStrategy as StrategyInput,
} from '@aws-sdk/client-ecs'
import { containerInstanceArn } from '../../model/arn.ts'
import { PLACEMENT_CONSTRAINTS, PLACEMENT_STRATEGIES } from '../../model/limits.ts'
import type { TaskDefinitionRecord } from '../../model/records.ts'
import type { TaskLaunch } from '../../model/new-task.ts'
import type { LaunchType } from '../../model/task-reservation.ts'
import { ExpressionError } from '../../scheduler/query/expression-error.ts'
import { compileExpression } from '../../scheduler/query-language.ts'
import type {
  AttributeRequirement,
  PlacementConstraint,
  PlacementFailure,
  PlacementStrategy,
} from '../../scheduler/types.ts'
import { ecsEnums, oneOf } from './enums.ts'
import { invalidParameter } from './faults.ts'

/** The constraints of the request and those of the definition, which were checked when it was registered. */
export const checkedConstraints = (
  given: readonly ConstraintInput[],
  definition: TaskDefinitionRecord,
  launchType: LaunchType,
): readonly PlacementConstraint[] => {
  if (launchType === 'FARGATE' && given.length > 0)
    throw invalidParameter('Placement constraints are not supported with FARGATE launch type.')
  if (given.length + definition.placementConstraints.length > PLACEMENT_CONSTRAINTS)
    throw invalidParameter(`A task can have at most ${PLACEMENT_CONSTRAINTS} placement constraints.`)
  return [...given.map(checkedConstraint), ...definitionConstraints(definition)]
}

export const definitionConstraints = ({ placementConstraints }: TaskDefinitionRecord): readonly PlacementConstraint[] =>
  placementConstraints.map(({ expression = '' }) => ({ type: 'memberOf', expression }))

const checkedConstraint = ({ type, expression }: ConstraintInput): PlacementConstraint => {
  if (oneOf('placementConstraints.type', type ?? '', ecsEnums.PlacementConstraintType) === 'distinctInstance') {
    if (expression)
      throw invalidParameter('You cannot specify an expression with the distinctInstance constraint type.')
    return { type: 'distinctInstance' }
  }
  if (!expression) throw invalidParameter('The memberOf constraint type requires an expression.')
  checkExpression(expression)
  return { type: 'memberOf', expression }
}

const checkExpression = (expression: string): void => {
  try {
    compileExpression(expression)
  } catch (error) {
    throw error instanceof ExpressionError ? invalidParameter(error.message) : error
  }
}

/** AWS: Fargate spreads tasks over availability zones; below that, hosts are our own affair. */
const FARGATE_STRATEGIES: readonly PlacementStrategy[] = [
  { type: 'spread', field: 'attribute:ecs.availability-zone' },
  { type: 'spread', field: 'instanceId' },
]

export const checkedStrategies = (
  given: readonly StrategyInput[],
  launchType: LaunchType,
): readonly PlacementStrategy[] => {
  if (launchType === 'FARGATE') {
    if (given.length === 0) return FARGATE_STRATEGIES
    throw invalidParameter('Placement strategies are not supported with FARGATE launch type.')
  }
  if (given.length > PLACEMENT_STRATEGIES)
    throw invalidParameter(`A task can have at most ${PLACEMENT_STRATEGIES} placement strategies.`)
  return given.map(checkedStrategy)
}

const checkedStrategy = ({ type, field = '' }: StrategyInput): PlacementStrategy => {
  switch (oneOf('placementStrategy.type', type ?? '', ecsEnums.PlacementStrategyType)) {
    case 'random':
      if (field) throw invalidParameter('The random placement strategy does not take a field.')
      return { type: 'random' }
    case 'binpack': {
      const resource = field.toLowerCase()
      if (resource !== 'cpu' && resource !== 'memory')
        throw invalidParameter(`Invalid field '${field}' for the binpack placement strategy: cpu or memory is needed.`)
      return { type: 'binpack', field: resource }
    }
    case 'spread':
      if (field !== 'instanceId' && field !== 'host' && !/^attribute:[\w./-]{1,128}$/.test(field))
        throw invalidParameter(
          `Invalid field '${field}' for the spread placement strategy: instanceId, host or attribute:<name> is needed.`,
        )
      return { type: 'spread', field }
  }
}

/** What an instance needs beyond room: capabilities of the definition, and of the way in which it is launched. */
/** What an instance must offer for the definition, the overrides and what the request asks for besides. */
export const requiredAttributes = ({
  definition,
  launchType,
  overrides,
  enableExecuteCommand,
}: Pick<
  TaskLaunch,
  'definition' | 'launchType' | 'overrides' | 'enableExecuteCommand'
>): readonly AttributeRequirement[] => [
  ...(launchType === 'FARGATE'
    ? definition.requiresAttributes.filter(({ name }) => !FARGATE_BRINGS.has(name))
    : definition.requiresAttributes),
  ...(launchType === 'EXTERNAL' ? [{ name: 'ecs.capability.external' }] : []),
  ...(enableExecuteCommand ? [{ name: 'ecs.capability.execute-command' }] : []),
  ...(overrides?.taskRoleArn ? [{ name: 'com.amazonaws.ecs.capability.task-iam-role' }] : []),
  ...(overrides?.containerOverrides?.some(({ environmentFiles = [] }) => environmentFiles.length > 0)
    ? [{ name: 'ecs.capability.env-files.s3' }]
    : []),
]

/** Fargate tasks share the network and the disk of their host, in the place of an interface and a volume of their own. */
const FARGATE_BRINGS: ReadonlySet<string> = new Set([
  'ecs.capability.task-eni',
  'ecs.capability.extensible-ephemeral-storage',
])

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
