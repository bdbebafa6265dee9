/**
 * The attributes that a container instance must have to run tasks of a definition: one per capability that the definition makes
 * use of, by the names under which agents advertise them. Placement leaves out instances that lack one.
 */
import type { ContainerDefinition, RegisterTaskDefinitionRequest, Secret, Volume } from '@aws-sdk/client-ecs'
import type { AttributeRecord } from '../../model/records.ts'
import { isEcrImage } from './task-definition-rules/compatibilities.ts'
import { networkModeOf, requiresFargate } from './task-definition-rules/rule.ts'

type Task = RegisterTaskDefinitionRequest

/** Capabilities have two prefixes, an older and a newer. */
const OLD = 'com.amazonaws.ecs.capability.'
const NEW = 'ecs.capability.'
const dockerApi = (version: string): string => `${OLD}docker-remote-api.${version}`

/** Each attribute once, in the order of their names. */
export const requiredAttributes = (task: Task): readonly AttributeRecord[] => {
  const names = new Set([
    ...ofTask(task),
    ...(task.containerDefinitions ?? []).flatMap((container) => ofContainer(container, task)),
    ...(task.volumes ?? []).flatMap(ofVolume),
  ])
  return [...[...names].map((name) => ({ name })), ...ofPlatform(task)].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** The values of the record whose condition holds. */
const whichHold = (attributes: Readonly<Record<string, unknown>>): string[] =>
  Object.keys(attributes).filter((name) => Boolean(attributes[name]))

const ofTask = (task: Task): string[] => {
  const mode = networkModeOf(task)
  return whichHold({
    [`${OLD}task-iam-role`]: task.taskRoleArn,
    [`${OLD}task-iam-role-network-host`]: task.taskRoleArn && mode === 'host',
    [`${NEW}task-eni`]: mode === 'awsvpc',
    [dockerApi('1.18')]: mode === 'awsvpc',
    // AWS: Fargate has its own limits; definitions for it do not name the capability.
    [`${NEW}task-cpu-mem-limit`]: (task.cpu || task.memory) && !requiresFargate(task),
    [`${NEW}pid-ipc-namespace-sharing`]: task.pidMode || task.ipcMode,
    [`${NEW}aws-appmesh`]: task.proxyConfiguration,
    [`${NEW}extensible-ephemeral-storage`]: task.ephemeralStorage,
    [`${NEW}fault-injection`]: task.enableFaultInjection,
  })
}

/** What the instance is, rather than what it can do. */
const ofPlatform = ({ runtimePlatform }: Task): AttributeRecord[] => {
  const { cpuArchitecture, operatingSystemFamily } = runtimePlatform ?? {}
  const system = operatingSystemFamily?.startsWith('WINDOWS') ? 'windows' : 'linux'
  return [
    ...(cpuArchitecture ? [{ name: 'ecs.cpu-architecture', value: cpuArchitecture.toLowerCase() }] : []),
    ...(operatingSystemFamily ? [{ name: 'ecs.os-type', value: system }] : []),
    ...(system === 'windows' && operatingSystemFamily ? [{ name: 'ecs.os-family', value: operatingSystemFamily }] : []),
  ]
}

const ofContainer = (container: ContainerDefinition, task: Task): string[] => [
  ...ofDocker(container),
  ...ofLinux(container),
  ...ofLogging(container, task),
  ...ofImage(container, task),
  ...(container.secrets ?? []).map((secret) => `${NEW}secrets.${secretStore(secret)}.environment-variables`),
  ...whichHold({
    [`${NEW}container-ordering`]: container.dependsOn?.length || container.startTimeout || container.stopTimeout,
    [`${NEW}container-health-check`]: container.healthCheck,
    [`${NEW}container-restart-policy`]: container.restartPolicy?.enabled,
    [`${NEW}network.container-port-range`]: container.portMappings?.some((mapping) => mapping.containerPortRange),
    [`${NEW}env-files.s3`]: container.environmentFiles?.length,
    [`${NEW}gmsa`]: container.credentialSpecs?.some((spec) => spec.startsWith('credentialspec:')),
    [`${NEW}gmsa-domainless`]: container.credentialSpecs?.some((spec) => spec.startsWith('credentialspecdomainless:')),
  }),
]

/** The version of the Docker API that first had the feature. */
const ofDocker = (container: ContainerDefinition): string[] => {
  const { linuxParameters, logConfiguration, healthCheck } = container
  return whichHold({
    [dockerApi('1.17')]: container.readonlyRootFilesystem || container.dockerSecurityOptions?.length,
    [dockerApi('1.18')]: logConfiguration || container.ulimits?.length || container.dockerLabels,
    [dockerApi('1.19')]: logConfiguration?.logDriver === 'awslogs',
    [dockerApi('1.20')]: logConfiguration?.logDriver === 'gelf',
    [dockerApi('1.21')]: container.memoryReservation,
    [dockerApi('1.22')]: linuxParameters?.sharedMemorySize || linuxParameters?.tmpfs?.length,
    [dockerApi('1.24')]: healthCheck || container.systemControls?.length,
    [dockerApi('1.25')]: linuxParameters?.initProcessEnabled,
    [dockerApi('1.29')]: healthCheck?.startPeriod,
  })
}

const ofLinux = ({ privileged, dockerSecurityOptions = [] }: ContainerDefinition): string[] =>
  whichHold({
    [`${OLD}privileged-container`]: privileged,
    [`${OLD}selinux`]: dockerSecurityOptions.some((option) => option.startsWith('label:')),
    [`${OLD}apparmor`]: dockerSecurityOptions.some((option) => option.startsWith('apparmor:')),
    [`${NEW}gmsa`]: dockerSecurityOptions.some((option) => option.startsWith('credentialspec:')),
  })

const ofLogging = (
  { logConfiguration, firelensConfiguration, user = '0' }: ContainerDefinition,
  task: Task,
): string[] => {
  const { logDriver, options = {}, secretOptions = [] } = logConfiguration ?? {}
  const { type, options: routerOptions = {} } = firelensConfiguration ?? {}
  const configFrom = routerOptions['config-file-type']
  return whichHold({
    [`${OLD}logging-driver.${logDriver}`]: logDriver,
    [`${NEW}execution-role-awslogs`]: logDriver === 'awslogs' && task.executionRoleArn,
    [`${NEW}logging-driver.awsfirelens.log-driver-buffer-limit`]: options['log-driver-buffer-limit'],
    [`${NEW}firelens.${type}`]: type,
    [`${NEW}firelens.options.config.${configFrom}`]: configFrom,
    [`${NEW}firelens.non-root-user`]: type && Number(user.split(':', 1)[0]) !== 0,
    ...Object.fromEntries(
      secretOptions.map((secret) => [`${NEW}secrets.${secretStore(secret)}.bootstrap.log-driver`, true]),
    ),
  })
}

const ofImage = ({ image, repositoryCredentials }: ContainerDefinition, task: Task): string[] => {
  const fromEcr = isEcrImage(image)
  return whichHold({
    [`${OLD}ecr-auth`]: fromEcr,
    [dockerApi('1.19')]: fromEcr,
    [`${NEW}execution-role-ecr-pull`]: fromEcr && task.executionRoleArn,
    [`${NEW}private-registry-authentication.secretsmanager`]: repositoryCredentials,
  })
}

/** Secrets Manager (`asm`), or Parameter Store for its ARNs and for bare names. */
const secretStore = ({ valueFrom = '' }: Secret): 'asm' | 'ssm' =>
  /^arn:[^:]+:secretsmanager:/.test(valueFrom) ? 'asm' : 'ssm'

const ofVolume = (volume: Volume): string[] => {
  const { dockerVolumeConfiguration: docker, efsVolumeConfiguration: efs } = volume
  return whichHold({
    [`${NEW}docker-plugin.${docker?.driver ?? 'local'}`]: docker,
    [dockerApi('1.25')]: docker,
    [`${NEW}efs`]: efs,
    [`${NEW}efsAuth`]: efs?.authorizationConfig ?? (efs?.transitEncryption === 'ENABLED' || undefined),
    [`${NEW}fsxWindowsFileServer`]: volume.fsxWindowsFileServerVolumeConfiguration,
    [`${NEW}storage.s3-files`]: volume.s3filesVolumeConfiguration,
    [`${NEW}storage.ebs-task-volume-attach`]: volume.configuredAtLaunch,
  })
}
