/** What a launch asks of its instance and of the scheduler, from checked input: for whoever places tasks. Pure. */
import type { PlacementConstraint as ConstraintInput, PlacementStrategy as StrategyInput } from '@aws-sdk/client-ecs'
import type { TaskLaunch } from '../model/new-task.ts'
import type { TaskDefinitionRecord, WaitingTask } from '../model/records.ts'
import type { LaunchType } from '../model/task-reservation.ts'
import type { AttributeRequirement, PlacementConstraint, PlacementRequest, PlacementStrategy } from './types.ts'

/** Where tasks of a launch may go. `capacityProviderName`: of its instances, unless it is one of Fargate's, to which none belong. */
export const launchRequest = (
  launch: Pick<
    TaskLaunch,
    'clusterArn' | 'definition' | 'launchType' | 'overrides' | 'enableExecuteCommand' | 'group' | 'reservation'
  >,
  { placementConstraints, placementStrategy }: WaitingTask,
  count: number,
  capacityProviderName?: string,
): PlacementRequest => ({
  clusterArn: launch.clusterArn,
  count,
  group: launch.group,
  reservation: launch.reservation,
  requiredAttributes: requiredAttributes(launch),
  constraints: launchConstraints(placementConstraints, launch.definition),
  strategies: launchStrategies(placementStrategy, launch.launchType),
  capacityProviderName: launch.launchType === 'FARGATE' ? undefined : capacityProviderName,
})

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
  ...(overrides?.taskRoleArn ? [{ name: TASK_ROLE }] : []),
  ...(overrides?.taskRoleArn && definition.networkMode === 'host' ? [{ name: `${TASK_ROLE}-network-host` }] : []),
  ...(overrides?.containerOverrides?.some(({ environmentFiles = [] }) => environmentFiles.length > 0)
    ? [{ name: 'ecs.capability.env-files.s3' }]
    : []),
]

/** As definitions with a task role require it. */
const TASK_ROLE = 'com.amazonaws.ecs.capability.task-iam-role'

/** Fargate tasks share the network and the disk of their host, in the place of an interface and a volume of their own. */
const FARGATE_BRINGS: ReadonlySet<string> = new Set([
  'ecs.capability.task-eni',
  'ecs.capability.extensible-ephemeral-storage',
])

type Constrained = Pick<TaskDefinitionRecord, 'placementConstraints'>

export const definitionConstraints = ({ placementConstraints }: Constrained): readonly PlacementConstraint[] =>
  placementConstraints.map(({ expression = '' }) => ({ type: 'memberOf', expression }))

/** Constraints of a task or service, which were checked, and those of its definition. */
const launchConstraints = (
  given: readonly ConstraintInput[],
  definition: Constrained,
): readonly PlacementConstraint[] => [
  ...given.map(({ type, expression = '' }): PlacementConstraint =>
    type === 'distinctInstance' ? { type } : { type: 'memberOf', expression },
  ),
  ...definitionConstraints(definition),
]

/** AWS: Fargate spreads tasks over availability zones; below that, hosts are our own affair. */
const FARGATE_STRATEGIES: readonly PlacementStrategy[] = [
  { type: 'spread', field: 'attribute:ecs.availability-zone' },
  { type: 'spread', field: 'instanceId' },
]

/** Strategies of a task or service, which were checked. */
const launchStrategies = (given: readonly StrategyInput[], launchType: LaunchType): readonly PlacementStrategy[] =>
  launchType === 'FARGATE' ? FARGATE_STRATEGIES : given.map(launchStrategy)

const launchStrategy = ({ type, field = '' }: StrategyInput): PlacementStrategy => {
  if (type === 'random') return { type }
  if (type === 'binpack') return { type, field: field.toLowerCase() === 'cpu' ? 'cpu' : 'memory' }
  return { type: 'spread', field }
}
