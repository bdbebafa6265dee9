/**
 * From a valid RegisterTaskDefinition request to the record of a new revision: defaults filled in and sizes converted as ECS does,
 * so that what is read back is what agents get.
 */
import type { ContainerDefinition, PortMapping, RegisterTaskDefinitionRequest, Volume } from '@aws-sdk/client-ecs'
import { taskDefinitionArn } from '../../model/arn.ts'
import type { TaskDefinitionRecord } from '../../model/records.ts'
import type { EcsContext } from './context.ts'
import { roleNamed } from './pass-role.ts'
import { requiredAttributes } from './required-attributes.ts'
import { checkedTags } from './tags.ts'
import { compatibilitiesOf } from './task-definition-rules/compatibilities.ts'
import { HEALTH_CHECK_DEFAULTS, RESTART_ATTEMPT_PERIOD_SECONDS } from './task-definition-rules/lifecycle.ts'
import { protocolOf } from './task-definition-rules/ports.ts'
import { parseCpu, parseMemory } from './task-definition-rules/task-size.ts'

/** Members that are kept as they are given, absent ones absent. */
const KEPT = ['networkMode', 'pidMode', 'ipcMode', 'proxyConfiguration', 'ephemeralStorage', 'runtimePlatform'] as const

export const taskDefinitionRecord = (
  input: RegisterTaskDefinitionRequest,
  revision: number,
  context: EcsContext,
): TaskDefinitionRecord => {
  const { family = '', requiresCompatibilities = [], cpu, memory } = input
  return {
    taskDefinitionArn: taskDefinitionArn(context.region, context.account, family, revision),
    family,
    revision,
    status: 'ACTIVE',
    registeredAt: context.now,
    registeredBy: context.principal.arn,
    containerDefinitions: (input.containerDefinitions ?? []).map((container) => completeContainer(container, input)),
    volumes: (input.volumes ?? []).map(completeVolume),
    placementConstraints: input.placementConstraints ?? [],
    compatibilities: compatibilitiesOf(input),
    requiresAttributes: requiredAttributes(input),
    enableFaultInjection: input.enableFaultInjection ?? false,
    tags: checkedTags(input.tags),
    ...(requiresCompatibilities.length > 0 && { requiresCompatibilities: [...new Set(requiresCompatibilities)] }),
    ...(cpu && { cpu: String(parseCpu(cpu)) }),
    ...(memory && { memory: String(parseMemory(memory)) }),
    ...(input.taskRoleArn && { taskRoleArn: roleNamed(context, input.taskRoleArn) }),
    ...(input.executionRoleArn && { executionRoleArn: roleNamed(context, input.executionRoleArn) }),
    ...Object.fromEntries(KEPT.flatMap((member) => (input[member] === undefined ? [] : [[member, input[member]]]))),
  }
}

const completeContainer = (
  container: ContainerDefinition,
  { networkMode = 'bridge' }: RegisterTaskDefinitionRequest,
): ContainerDefinition => {
  const { healthCheck, restartPolicy } = container
  return {
    ...container,
    cpu: container.cpu ?? 0,
    portMappings: (container.portMappings ?? []).map((mapping) => completePort(mapping, networkMode)),
    essential: container.essential ?? true,
    environment: container.environment ?? [],
    mountPoints: container.mountPoints ?? [],
    volumesFrom: container.volumesFrom ?? [],
    systemControls: container.systemControls ?? [],
    // AWS: a log router is root's unless it says otherwise, and is described so.
    ...(container.firelensConfiguration && { user: container.user ?? '0' }),
    ...(healthCheck && { healthCheck: { ...HEALTH_CHECK_DEFAULTS, ...healthCheck } }),
    ...(restartPolicy && {
      restartPolicy: { restartAttemptPeriod: RESTART_ATTEMPT_PERIOD_SECONDS, ...restartPolicy },
    }),
  }
}

/** In bridge mode, host port 0 means one that the agent chooses; in the others the container's port is the host's. */
const completePort = (mapping: PortMapping, networkMode: string): PortMapping => {
  const protocol = protocolOf(mapping)
  if (mapping.containerPortRange !== undefined) return { ...mapping, protocol }
  const hostPort = networkMode === 'bridge' ? (mapping.hostPort ?? 0) : mapping.containerPort
  return { ...mapping, hostPort, protocol }
}

/** A volume that says nothing more than its name is an empty host volume. */
const completeVolume = (volume: Volume): Volume => {
  const { dockerVolumeConfiguration: docker, efsVolumeConfiguration: efs } = volume
  if (docker) return { ...volume, dockerVolumeConfiguration: { scope: 'task', driver: 'local', ...docker } }
  if (efs) return { ...volume, efsVolumeConfiguration: { rootDirectory: '/', ...efs } }
  const {
    fsxWindowsFileServerVolumeConfiguration: fsx,
    s3filesVolumeConfiguration: s3files,
    configuredAtLaunch,
  } = volume
  return fsx || s3files || configuredAtLaunch ? volume : { host: {}, ...volume }
}
