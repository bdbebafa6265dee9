/**
 * What this agent tells the control plane it can do, as attributes of its container instance: tasks that need more are placed
 * elsewhere. Only what this version really does is here; a capability is added with the feature, in the list below.
 * Names: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html
 */
import { DATA_CHANNEL_CAPABILITY, EXECUTE_COMMAND_CAPABILITY } from '../../model/exec-session.ts'
import type { AttributeRecord } from '../../model/records.ts'
import type { AgentConfig } from '../config.ts'
import { LOGGING_DRIVERS } from '../config/settings.ts'
import { compareVersions } from '../docker/engine-api.ts'
import type { TaskRoleSupport } from '../metadata/task-roles.ts'
import type { ContainerRuntime, RuntimeInfo } from '../runtime.ts'

const CURRENT = 'ecs.capability.'
/** AWS: names from the time before the shorter prefix. */
const OLD = 'com.amazonaws.ecs.capability.'

/** Docker API versions that task definitions may ask for; the missing ones were never offered by the ECS agent. */
const DOCKER_API_VERSIONS = [
  '1.17',
  '1.18',
  '1.19',
  '1.20',
  '1.21',
  '1.22',
  '1.23',
  '1.24',
  '1.25',
  '1.28',
  '1.29',
  '1.30',
  '1.32',
]

/** Log routers: both kinds, what they may be told, and the driver that their containers name. */
const FIRELENS = [
  `${CURRENT}firelens.fluentbit`,
  `${CURRENT}firelens.fluentd`,
  `${CURRENT}firelens.options.config.file`,
  `${CURRENT}firelens.non-root-user`,
  `${CURRENT}logging-driver.awsfirelens.log-driver-buffer-limit`,
  `${OLD}logging-driver.awsfirelens`,
]

/** Parameter Store and Secrets Manager. */
const SECRET_STORES = ['ssm', 'asm']

/** This installation's own registry, also with the execution role. */
const REGISTRY = [`${OLD}ecr-auth`, `${CURRENT}execution-role-ecr-pull`, `${CURRENT}ecr-endpoint`]
const REGISTRY_SINCE = '1.19'

const HEALTH_CHECKS_SINCE = '1.24'

export interface CapabilityOptions {
  readonly config: Pick<
    AgentConfig,
    | 'availableLoggingDrivers'
    | 'awslogsExecutionRole'
    | 'disableDockerHealthCheck'
    | 'disablePrivileged'
    | 'apparmorCapable'
    | 'selinuxCapable'
  >
  readonly info: RuntimeInfo
  readonly runtimeName: ContainerRuntime['name']
  /** Whether limits of whole tasks are enforced. */
  readonly hasTaskLimits: boolean
  /** Log drivers that the engine has and this host has no use for. */
  readonly uselessLoggingDrivers?: ReadonlySet<string>
  /** Whether there are log routers on this host. */
  readonly hasLogRouting: boolean
  /** Which tasks get the credentials of their roles. */
  readonly taskRoles: TaskRoleSupport
}

export const capabilities = (options: CapabilityOptions): AttributeRecord[] => {
  const { config, info, runtimeName, hasTaskLimits, hasLogRouting, taskRoles } = options
  const offersHealthChecks =
    !config.disableDockerHealthCheck && compareVersions(info.apiVersion, HEALTH_CHECKS_SINCE) >= 0
  const drivers = loggingDrivers(options)
  return [
    `${CURRENT}container-ordering`,
    EXECUTE_COMMAND_CAPABILITY,
    DATA_CHANNEL_CAPABILITY,
    `${CURRENT}full-sync`,
    `${CURRENT}network.container-port-range`,
    `${CURRENT}container-restart-policy`,
    `${CURRENT}private-registry-authentication.secretsmanager`,
    ...SECRET_STORES.flatMap((store) => [
      `${CURRENT}secrets.${store}.environment-variables`,
      `${CURRENT}secrets.${store}.bootstrap.log-driver`,
    ]),
    ...info.volumePlugins.flatMap(pluginNames).map((plugin) => `${CURRENT}docker-plugin.${plugin}`),
    ...supportedApiVersions(info).map((version) => `${OLD}docker-remote-api.${version}`),
    ...drivers.map((driver) => `${OLD}logging-driver.${driver}`),
    ...when(config.awslogsExecutionRole && drivers.includes('awslogs'), `${CURRENT}execution-role-awslogs`),
    ...when(compareVersions(info.apiVersion, REGISTRY_SINCE) >= 0, ...REGISTRY),
    ...when(hasLogRouting, ...FIRELENS),
    ...when(!config.disablePrivileged, `${OLD}privileged-container`),
    ...when(config.selinuxCapable, `${OLD}selinux`),
    ...when(config.apparmorCapable, `${OLD}apparmor`),
    ...when(taskRoles.bridge, `${OLD}task-iam-role`),
    ...when(taskRoles.host, `${OLD}task-iam-role-network-host`),
    ...when(hasTaskLimits, `${CURRENT}task-cpu-mem-limit`, `${CURRENT}increased-task-cpu-limit`),
    ...when(offersHealthChecks, `${CURRENT}container-health-check`),
  ]
    .map((name): AttributeRecord => ({ name }))
    .concat({ name: 'longshore.runtime', value: runtimeName })
}

const when = (condition: boolean, ...names: readonly string[]): readonly string[] => (condition ? names : [])

/** AWS: a tag is written with a dot, and the latest one also without. */
const pluginNames = (plugin: string): readonly string[] => {
  const name = plugin.replace(':', '.')
  return name.endsWith('.latest') ? [name, name.slice(0, -'.latest'.length)] : [name]
}

const supportedApiVersions = ({ apiVersion }: RuntimeInfo): string[] =>
  DOCKER_API_VERSIONS.filter((version) => compareVersions(version, apiVersion) <= 0)

const loggingDrivers = ({ config, info, uselessLoggingDrivers }: CapabilityOptions): readonly string[] =>
  (config.availableLoggingDrivers ?? LOGGING_DRIVERS).filter(
    (driver) => info.loggingDrivers.includes(driver) && uselessLoggingDrivers?.has(driver) !== true,
  )
