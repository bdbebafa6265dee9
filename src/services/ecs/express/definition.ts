/**
 * The task definitions of Express services: made of what a request says and the defaults of Express Mode, or of the definition that there is,
 * with a request laid over it; or the customer's own. Defaults: "Task definition defaults" and the following in the developer guide, sizes
 * as in the API reference.
 */
import type {
  Compatibility,
  ContainerDefinition,
  ExpressGatewayContainer,
  RegisterTaskDefinitionRequest,
} from '@aws-sdk/client-ecs'
import { compact } from '../../../kit/compact.ts'
import { util } from '../../../kit/node.ts'
import { EXPRESS_CONTAINER, EXPRESS_TAG } from '../../../model/express-gateway.ts'
import type { Tag, TaskDefinitionRecord } from '../../../model/records.ts'
import type { EcsContext } from '../context.ts'
import { invalidParameter } from '../faults.ts'
import { insertTaskDefinition } from '../insert-task-definition.ts'
import { requireActiveTaskDefinition } from '../lookups.ts'

/** What requests say of tasks. */
export interface ExpressTaskRequest {
  readonly taskDefinitionArn?: string | undefined
  readonly primaryContainer?: ExpressGatewayContainer | undefined
  readonly executionRoleArn?: string | undefined
  readonly taskRoleArn?: string | undefined
  readonly cpu?: string | undefined
  readonly memory?: string | undefined
  readonly cpuArchitecture?: 'X86_64' | 'ARM64' | undefined
}

const MANAGED_MEMBERS = [
  'primaryContainer',
  'executionRoleArn',
  'taskRoleArn',
  'cpu',
  'memory',
  'cpuArchitecture',
] as const

const DEFAULT_PORT = 80
const DEFAULT_SIZE = { cpu: '256', memory: '512' } as const

/** Whether a request says anything of tasks. */
export const asksForDefinition = (request: ExpressTaskRequest): boolean =>
  request.taskDefinitionArn !== undefined || MANAGED_MEMBERS.some((member) => request[member] !== undefined)

/** The customer's own definition, if the request names one. */
export const ownDefinition = (context: EcsContext, request: ExpressTaskRequest): TaskDefinitionRecord | undefined => {
  if (request.taskDefinitionArn === undefined) return undefined
  const given = MANAGED_MEMBERS.find((member) => request[member] !== undefined)
  if (given !== undefined) throw invalidParameter(`${given} cannot be specified together with taskDefinitionArn.`)
  const definition = requireActiveTaskDefinition(context, request.taskDefinitionArn)
  if (!definition.compatibilities.includes('FARGATE'))
    throw invalidParameter('The task definition of an Express service must be compatible with FARGATE.')
  expressPort(definition)
  return definition
}

/** The container that requests are for. */
export const mainContainer = ({
  containerDefinitions,
}: Pick<TaskDefinitionRecord, 'containerDefinitions'>): ContainerDefinition | undefined =>
  containerDefinitions.find(({ name }) => name === EXPRESS_CONTAINER)

/** The one port of the container that requests are for. */
export const expressPort = (definition: Pick<TaskDefinitionRecord, 'containerDefinitions'>): number => {
  const [mapping, ...more] = mainContainer(definition)?.portMappings ?? []
  const { containerPort, protocol = 'tcp', name } = mapping ?? {}
  if (containerPort === undefined || protocol !== 'tcp' || name === undefined || more.length > 0)
    throw invalidParameter(
      `The task definition must have a container named ${EXPRESS_CONTAINER} with a single TCP port mapping that has a ` +
        'containerPort and a name.',
    )
  return containerPort
}

interface NewDefinition {
  readonly family: string
  /** The group that the container logs to unless the request says otherwise. */
  readonly logGroupName: string
  readonly tags: readonly Tag[]
}

export const insertNewDefinition = (
  context: EcsContext,
  request: ExpressTaskRequest,
  { family, logGroupName, tags }: NewDefinition,
): TaskDefinitionRecord => {
  const { primaryContainer, executionRoleArn } = request
  if (!primaryContainer) throw invalidParameter('primaryContainer or taskDefinitionArn must be specified.')
  if (!executionRoleArn) throw invalidParameter('executionRoleArn must be specified.')
  const blank = { name: EXPRESS_CONTAINER, essential: true, ...CONTAINER_DEFAULTS, ...logsTo(context, logGroupName) }
  return insertTaskDefinition(context, {
    family,
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    runtimePlatform: platform(request.cpuArchitecture ?? 'X86_64'),
    ...DEFAULT_SIZE,
    ...taskMembers(request),
    containerDefinitions: [withContainer(context, blank, primaryContainer)],
    tags: [...tags, EXPRESS_TAG],
  })
}

const CONTAINER_DEFAULTS = {
  versionConsistency: 'enabled',
  linuxParameters: { initProcessEnabled: true },
  stopTimeout: 30,
} as const satisfies Partial<ContainerDefinition>

const platform = (cpuArchitecture: 'X86_64' | 'ARM64') => ({ operatingSystemFamily: 'LINUX', cpuArchitecture }) as const

const taskMembers = ({ executionRoleArn, taskRoleArn, cpu, memory }: ExpressTaskRequest) =>
  compact({ executionRoleArn, taskRoleArn: taskRoleArn || undefined, cpu, memory })

/** A further revision of what the service has now, where the request asks for something else; that itself where it does not. */
export const updatedDefinition = (
  context: EcsContext,
  current: TaskDefinitionRecord,
  request: ExpressTaskRequest,
): TaskDefinitionRecord => {
  const own = ownDefinition(context, request)
  if (own !== undefined) return own
  const before = registrable(current)
  const { primaryContainer, cpuArchitecture } = request
  const wanted: RegisterTaskDefinitionRequest = {
    ...before,
    ...taskMembers(request),
    ...(cpuArchitecture && { runtimePlatform: platform(cpuArchitecture) }),
    containerDefinitions: current.containerDefinitions.map((container) =>
      container.name === EXPRESS_CONTAINER && primaryContainer
        ? withContainer(context, container, primaryContainer)
        : container,
    ),
  }
  return util.isDeepStrictEqual(wanted, before) ? current : insertTaskDefinition(context, wanted)
}

/** What is made of a definition when it is registered is not registered again. */
const registrable = (record: TaskDefinitionRecord): RegisterTaskDefinitionRequest => {
  const {
    taskDefinitionArn: _arn,
    revision: _revision,
    status: _status,
    registeredAt: _at,
    registeredBy: _by,
    compatibilities: _compatibilities,
    requiresAttributes: _attributes,
    deregisteredAt: _deregisteredAt,
    deleteRequestedAt: _deleteRequestedAt,
    inferenceAccelerators: _none,
    ...request
  } = record
  return {
    ...request,
    containerDefinitions: [...request.containerDefinitions],
    tags: [...request.tags],
    volumes: [...request.volumes],
    placementConstraints: [...request.placementConstraints],
    requiresCompatibilities: (request.requiresCompatibilities ?? []) as Compatibility[],
  }
}

/** What the request leaves out of the container stays as it is. */
const withContainer = (
  context: EcsContext,
  before: ContainerDefinition,
  given: ExpressGatewayContainer,
): ContainerDefinition => {
  const { image, containerPort, awsLogsConfiguration, repositoryCredentials, command, environment, secrets } = given
  const { credentialsParameter } = repositoryCredentials ?? {}
  return {
    ...before,
    ...compact({ image, command, environment, secrets }),
    ...(credentialsParameter && { repositoryCredentials: { credentialsParameter } }),
    ...(awsLogsConfiguration && logsTo(context, awsLogsConfiguration.logGroup, awsLogsConfiguration.logStreamPrefix)),
    ...(containerPort !== undefined || before.portMappings === undefined
      ? { portMappings: [portMapping(containerPort ?? DEFAULT_PORT)] }
      : {}),
  }
}

const portMapping = (containerPort: number) =>
  ({ name: `port-${containerPort}`, containerPort, hostPort: containerPort, protocol: 'tcp' }) as const

const logsTo = (
  { region }: Pick<EcsContext, 'region'>,
  logGroup = '',
  logStreamPrefix = 'ecs',
): Pick<ContainerDefinition, 'logConfiguration'> => ({
  logConfiguration: {
    logDriver: 'awslogs',
    options: {
      'awslogs-group': logGroup,
      'awslogs-region': region,
      'awslogs-stream-prefix': logStreamPrefix,
      mode: 'non-blocking',
      'max-buffer-size': '25m',
    },
  },
})

/** As the API of Express services describes it. */
export const describeContainer = (container: ContainerDefinition): ExpressGatewayContainer => {
  const { image, portMappings = [], logConfiguration, command, environment, secrets, repositoryCredentials } = container
  const options = logConfiguration?.logDriver === 'awslogs' ? logConfiguration.options : undefined
  return {
    image,
    ...compact({ containerPort: portMappings[0]?.containerPort, command, environment, secrets, repositoryCredentials }),
    ...(options && {
      awsLogsConfiguration: {
        logGroup: options['awslogs-group'],
        logStreamPrefix: options['awslogs-stream-prefix'],
      },
    }),
  }
}
