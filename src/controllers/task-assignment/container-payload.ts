/** One container of a task as its agent is told: the definition's container with the task's overrides applied. */
import type { ContainerDefinition, ContainerOverride, PortMapping, Secret } from '@aws-sdk/client-ecs'
import type {
  DependencyCondition,
  EcrAuthData,
  PayloadContainer,
  PayloadPortMapping,
  PayloadSecret,
  RegistryAuthentication,
} from '../../agentlink/acs-messages.ts'
import { compact } from '../../kit/compact.ts'
import { containerArn, parameterNameOf, parseArn } from '../../model/arn.ts'
import { EXECUTE_COMMAND_AGENT, SESSIONS_PER_CONTAINER } from '../../model/exec-session.ts'
import type { TaskRecord } from '../../model/records.ts'
import { containerConfig, type DockerSettings, hostConfig } from './docker-config.ts'

export interface ContainerContext {
  readonly task: TaskRecord
  readonly networkMode: DockerSettings['networkMode']
  /** Where containers have an address of their own, or none, not all that they listen at is published on the host. */
  readonly publishedPorts: (definition: ContainerDefinition) => readonly PortMapping[] | undefined
  readonly hasExecutionCredentials: boolean
  readonly logDriverMode: string | undefined
  /** For images of this registry. */
  readonly ecrAuthOf: ((image: string) => Omit<EcrAuthData, 'useExecutionRole'> | undefined) | undefined
  /** By container name, of images that are to be these whatever their tags say by now. */
  readonly imageDigests: Readonly<Record<string, string>> | undefined
}

export const containerPayload = (definition: ContainerDefinition, context: ContainerContext): PayloadContainer => {
  const { task, networkMode, logDriverMode } = context
  const name = definition.name ?? ''
  const override = task.overrides?.containerOverrides?.find((candidate) => candidate.name === name) ?? {}
  const memoryMiB = override.memory ?? definition.memory ?? 0
  const memoryReservationMiB = override.memoryReservation ?? definition.memoryReservation
  const { taskId } = task
  const docker: DockerSettings = { definition, memoryMiB, memoryReservationMiB, networkMode, logDriverMode, taskId }
  return compact({
    name,
    image: pinned(definition.image ?? '', context.imageDigests?.[name]),
    containerArn: containerArn(task.clusterArn, taskId, containerIdOf(task, name)),
    cpu: override.cpu ?? definition.cpu ?? 0,
    memory: memoryMiB,
    essential: definition.essential ?? true,
    command: override.command ?? definition.command,
    entryPoint: definition.entryPoint,
    environment: environment(definition, override, task),
    environmentFiles: environmentFiles(override.environmentFiles ?? definition.environmentFiles),
    portMappings: context.publishedPorts(definition)?.map(portMapping),
    links: definition.links,
    startTimeout: definition.startTimeout,
    stopTimeout: definition.stopTimeout,
    healthCheckType: definition.healthCheck && ('docker' as const),
    restartPolicy: restartPolicy(definition),
    // The command of an override is in `command` already, where every agent reads it.
    overrides: '{}',
    dockerConfig: { config: containerConfig(docker), hostConfig: hostConfig(docker) },
    ...relations(definition),
    ...withCredentials(definition, context),
  })
}

/** AWS: agents pull by the digest where there is one, and leave the tag be. */
const pinned = (image: string, digest: string | undefined): string =>
  digest === undefined || image.includes('@') ? image : `${image}@${digest}`

const containerIdOf = (task: TaskRecord, name: string): string =>
  task.containers.find((container) => container.name === name)?.containerId ?? ''

/** The definition's, the override's over it, and what ECS adds unless the user has set it. */
const environment = (
  definition: ContainerDefinition,
  override: ContainerOverride,
  { launchType }: TaskRecord,
): Readonly<Record<string, string>> => {
  const variables: Record<string, string> = {
    AWS_EXECUTION_ENV: launchType === 'FARGATE' ? 'AWS_ECS_FARGATE' : 'AWS_ECS_EC2',
  }
  for (const { name = '', value = '' } of [...(definition.environment ?? []), ...(override.environment ?? [])]) {
    variables[name] = value
  }
  return variables
}

const environmentFiles = (files: ContainerDefinition['environmentFiles']): PayloadContainer['environmentFiles'] =>
  files?.map(({ value = '', type = 's3' }) => ({ value, type }))

const portMapping = ({ containerPort, hostPort, containerPortRange, protocol }: PortMapping): PayloadPortMapping =>
  compact({
    containerPort,
    hostPort: containerPortRange === undefined ? (hostPort ?? 0) : undefined,
    containerPortRange,
    protocol: protocol ?? 'tcp',
  })

const restartPolicy = ({ restartPolicy: policy }: ContainerDefinition): PayloadContainer['restartPolicy'] =>
  policy &&
  compact({
    enabled: policy.enabled ?? false,
    ignoredExitCodes: policy.ignoredExitCodes,
    restartAttemptPeriod: policy.restartAttemptPeriod,
  })

/** What ties the container to others and to volumes. */
const relations = (definition: ContainerDefinition): Partial<PayloadContainer> =>
  compact({
    mountPoints: definition.mountPoints?.map(({ sourceVolume = '', containerPath = '', readOnly = false }) => ({
      sourceVolume,
      containerPath,
      readOnly,
    })),
    volumesFrom: definition.volumesFrom?.map(({ sourceContainer = '', readOnly = false }) => ({
      sourceContainer,
      readOnly,
    })),
    dependsOn: definition.dependsOn?.map(({ containerName = '', condition = 'START' }) => ({
      containerName,
      condition: condition as DependencyCondition,
    })),
  })

/** What needs credentials, or other services than ECS. */
const withCredentials = (definition: ContainerDefinition, context: ContainerContext): Partial<PayloadContainer> =>
  compact({
    secrets: secrets(definition, context.task),
    logsAuthStrategy:
      context.hasExecutionCredentials && definition.logConfiguration?.logDriver === 'awslogs'
        ? ('ExecutionRole' as const)
        : undefined,
    firelensConfiguration:
      definition.firelensConfiguration &&
      compact({
        type: definition.firelensConfiguration.type ?? 'fluentbit',
        options: definition.firelensConfiguration.options,
      }),
    registryAuthentication: registryAuthentication(definition, context),
    credentialSpecs: definition.credentialSpecs,
    managedAgents: context.task.enableExecuteCommand === true ? [EXECUTE_COMMAND] : undefined,
  })

/** The limit is a text, as all properties are. */
const EXECUTE_COMMAND = { name: EXECUTE_COMMAND_AGENT, properties: { sessionLimit: String(SESSIONS_PER_CONTAINER) } }

const secrets = (definition: ContainerDefinition, task: TaskRecord): PayloadContainer['secrets'] => {
  const all = [
    ...(definition.secrets ?? []).map((secret) => payloadSecret(secret, task, 'CONTAINER')),
    ...(definition.logConfiguration?.secretOptions ?? []).map((secret) => payloadSecret(secret, task, 'LOG_DRIVER')),
  ]
  return all.length === 0 ? undefined : all
}

/** AWS: an ARN of Secrets Manager names a secret, everything else a parameter of Systems Manager, here or where its ARN says. */
const payloadSecret = (
  { name = '', valueFrom = '' }: Secret,
  { clusterArn }: TaskRecord,
  target: PayloadSecret['target'],
): PayloadSecret => {
  const own = parseArn(clusterArn)
  const arn = parseArn(valueFrom)
  // The ECS agent asks for parameters by the names that answers have; those of other accounts have none here.
  const parameterName = arn?.account === own?.account ? parameterNameOf(valueFrom) : undefined
  return {
    name,
    valueFrom: parameterName ?? valueFrom,
    region: arn?.region ?? own?.region ?? '',
    provider: arn?.service === 'secretsmanager' ? 'asm' : 'ssm',
    type: target === 'CONTAINER' ? 'ENVIRONMENT_VARIABLE' : 'BOOTSTRAP',
    target,
  }
}

const registryAuthentication = (
  { image = '', repositoryCredentials }: ContainerDefinition,
  { task, hasExecutionCredentials, ecrAuthOf }: ContainerContext,
): RegistryAuthentication | undefined => {
  if (repositoryCredentials?.credentialsParameter !== undefined) {
    const { credentialsParameter } = repositoryCredentials
    const region = parseArn(credentialsParameter)?.region ?? parseArn(task.clusterArn)?.region ?? ''
    return { type: 'asm', asmAuthData: { credentialsParameter, region } }
  }
  const ecr = ecrAuthOf?.(image)
  return ecr && { type: 'ecr', ecrAuthData: { ...ecr, useExecutionRole: hasExecutionCredentials } }
}
