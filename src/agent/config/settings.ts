/**
 * Every setting that this agent honours: its variable, its default and how it is read. The names are the ECS agent's; those that
 * begin with `LONGSHORE_` have no counterpart there. What each one does is told in `docs/guides/agent-configuration.md`, and a test
 * holds that page to this table.
 */
import { DEFAULT_DOCKER_HOST, type EngineEndpoint, parseDockerHost } from '../docker/engine-endpoint.ts'
import {
  balancerList,
  commaList,
  duration,
  flag,
  integer,
  integerOfAtLeast,
  ipAddress,
  jsonObject,
  listOf,
  oneOf,
  portList,
  portRange,
  type PortRange,
  type Reader,
  requestRate,
  stringMap,
  text,
  ValueError,
} from './values.ts'

export interface Setting<T> {
  readonly variable: string
  /** Older or more general names, read where `variable` is not set. */
  readonly aliases: readonly string[]
  readonly fallback: T
  readonly read: Reader<T>
}

const setting = <T>(
  variable: string,
  fallback: NoInfer<T>,
  read: Reader<T>,
  aliases: readonly string[] = [],
): Setting<T> => ({
  variable,
  aliases,
  fallback,
  read,
})

/** A setting that may be absent. */
const optional = <T>(variable: string, read: Reader<T>, aliases: readonly string[] = []): Setting<T | undefined> =>
  setting<T | undefined>(variable, undefined, read, aliases)

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

const MOST = Number.MAX_SAFE_INTEGER

/** AWS: the largest `kernel.pid_max`. */
const MOST_PIDS = 4_194_304

/** Log drivers of ECS, and those of Docker beside them. */
export const LOGGING_DRIVERS = [
  'json-file',
  'local',
  'syslog',
  'journald',
  'gelf',
  'fluentd',
  'awslogs',
  'splunk',
  'logentries',
  'sumologic',
  'none',
  'awsfirelens',
] as const

const dockerHost: Reader<EngineEndpoint> = (value) => {
  const endpoint = parseDockerHost(value)
  if (endpoint === undefined) throw new ValueError('unix://<path> or tcp://<host>:<port>')
  return Object.freeze(endpoint)
}

const METADATA_RATE = { perSecond: 40, burst: 60 }

/** AWS: a host without scheme is reached by https. */
const backendHost: Reader<string> = (value) => {
  const url = value.includes('://') ? value : `https://${value}`
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) throw new ValueError('a host or an http(s) URL')
  return url.replace(/\/+$/, '')
}

export type LogLevelSetting = 'crit' | 'error' | 'warn' | 'info' | 'debug' | 'none'
const logLevel = oneOf(['crit', 'error', 'warn', 'info', 'debug', 'none'])

/** On: failure to make control groups ends the agent. Auto: it only turns the limits off. */
export type TaskLimitSetting = 'on' | 'off' | 'auto'
const taskLimit: Reader<TaskLimitSetting> = (value, warn) => (flag(value, warn) ? 'on' : 'off')

const rolloverType: Reader<'size' | 'hourly' | 'none'> = (value, warn) => {
  const type = oneOf(['size', 'hourly', 'date', 'none'])(value, warn)
  return type === 'date' ? 'hourly' : type
}

export const SETTINGS = {
  /** Absent: `default`, which the agent creates if it is missing. */
  cluster: optional('ECS_CLUSTER', text),
  backendHost: optional('ECS_BACKEND_HOST', backendHost),
  region: setting('AWS_DEFAULT_REGION', 'us-east-1', text, ['AWS_REGION']),
  dockerHost: setting(
    'DOCKER_HOST',
    dockerHost(DEFAULT_DOCKER_HOST, () => {}),
    dockerHost,
  ),
  dataDirectory: setting('ECS_DATADIR', '/var/lib/ecs/data', text),
  checkpoint: setting('ECS_CHECKPOINT', true, flag),

  logFile: optional('ECS_LOGFILE', text),
  logLevel: setting<LogLevelSetting>('ECS_LOGLEVEL', 'info', logLevel),
  /** Of the log file; absent: as `logLevel`. */
  logLevelOnInstance: optional<LogLevelSetting>('ECS_LOGLEVEL_ON_INSTANCE', logLevel),
  logRolloverType: setting('ECS_LOG_ROLLOVER_TYPE', 'size', rolloverType),
  logMaxFileSizeMB: setting('ECS_LOG_MAX_FILE_SIZE_MB', 5, integer(1, 1_000_000)),
  logMaxRollCount: setting('ECS_LOG_MAX_ROLL_COUNT', 24, integer(1, 10_000)),
  logOutputFormat: setting('ECS_LOG_OUTPUT_FORMAT', 'logfmt', oneOf(['logfmt', 'json'])),

  reservedPorts: setting('ECS_RESERVED_PORTS', [22, 2375, 2376, 51_678, 51_679, 51_680], portList),
  reservedPortsUdp: setting('ECS_RESERVED_PORTS_UDP', [], portList),
  reservedMemoryMiB: setting('ECS_RESERVED_MEMORY', 0, integer(0, MOST)),
  /** Absent: the kernel's range for outgoing connections, as it is for Docker. */
  dynamicHostPorts: optional<PortRange>('ECS_DYNAMIC_HOST_PORT_RANGE', portRange),
  instanceAttributes: setting('ECS_INSTANCE_ATTRIBUTES', {}, stringMap),
  /** Where load balancers reach the host ports of tasks. Absent: where the control plane sees this host's calls come from. */
  privateIpAddress: optional('LONGSHORE_PRIVATE_IP_ADDRESS', ipAddress),
  /** Machines of balancers that may send in the name of clients; replies go back through them. */
  balancers: setting('LONGSHORE_BALANCERS', [], balancerList),
  containerInstanceTags: setting('ECS_CONTAINER_INSTANCE_TAGS', {}, stringMap),
  detailedOsFamily: setting('ECS_DETAILED_OS_FAMILY', 'LINUX', text),

  engineAuthType: optional('ECS_ENGINE_AUTH_TYPE', oneOf(['docker', 'dockercfg'])),
  engineAuthData: optional('ECS_ENGINE_AUTH_DATA', jsonObject),
  /** Absent: all that work on this host. */
  availableLoggingDrivers: optional('ECS_AVAILABLE_LOGGING_DRIVERS', listOf(LOGGING_DRIVERS)),
  awslogsExecutionRole: setting('ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE', true, flag),
  firelensAsync: setting('ECS_ENABLE_FIRELENS_ASYNC', true, flag),
  disablePrivileged: setting('ECS_DISABLE_PRIVILEGED', false, flag),
  selinuxCapable: setting('ECS_SELINUX_CAPABLE', false, flag),
  apparmorCapable: setting('ECS_APPARMOR_CAPABLE', false, flag),
  disableDockerHealthCheck: setting('ECS_DISABLE_DOCKER_HEALTH_CHECK', false, flag),
  excludeIpv6PortBinding: setting('ECS_EXCLUDE_IPV6_PORTBINDING', true, flag),

  taskIamRole: setting('ECS_ENABLE_TASK_IAM_ROLE', false, flag),
  taskIamRoleNetworkHost: setting('ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST', false, flag),
  /** 0 for no task metadata endpoint, and so for no task roles. */
  taskMetadataPort: setting('LONGSHORE_TASK_METADATA_PORT', 51_679, integer(0, 65_535)),
  taskMetadataRate: setting('ECS_TASK_METADATA_RPS_LIMIT', METADATA_RATE, requestRate(METADATA_RATE)),
  disableTaskMetadataAz: setting('ECS_DISABLE_TASK_METADATA_AZ', false, flag),
  containerMetadata: setting('ECS_ENABLE_CONTAINER_METADATA', false, flag),
  skipLocalhostTrafficFilter: setting('ECS_SKIP_LOCALHOST_TRAFFIC_FILTER', false, flag),
  /** Absent: `audit.log` beside the log file, or in the data directory. */
  auditLogFile: optional('ECS_AUDIT_LOGFILE', text),
  auditLogFileDisabled: setting('ECS_AUDIT_LOGFILE_DISABLED', false, flag),

  taskCpuMemLimit: setting<TaskLimitSetting>('ECS_ENABLE_TASK_CPU_MEM_LIMIT', 'auto', taskLimit),
  cgroupPath: setting('ECS_CGROUP_PATH', '/sys/fs/cgroup', text),
  cgroupCpuPeriodMs: setting(
    'ECS_CGROUP_CPU_PERIOD',
    100,
    duration({ minimumMs: 8, maximumMs: 100, replacementMs: 100 }),
  ),
  taskPidsLimit: optional('ECS_TASK_PIDS_LIMIT', integer(1, MOST_PIDS)),
  propagateTaskMemoryLimit: setting('ECS_PROPAGATE_TASK_MEMORY_LIMIT_CGROUPV2', false, flag),

  taskCleanupWaitMs: setting('ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION', 3 * HOUR, duration({ minimumMs: SECOND })),
  taskCleanupJitterMs: setting('ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION_JITTER', 0, duration()),
  containerStopTimeoutMs: setting('ECS_CONTAINER_STOP_TIMEOUT', 30 * SECOND, duration({ minimumMs: SECOND })),
  containerStartTimeoutMs: setting('ECS_CONTAINER_START_TIMEOUT', 3 * MINUTE, duration({ minimumMs: 45 * SECOND })),
  containerCreateTimeoutMs: setting('ECS_CONTAINER_CREATE_TIMEOUT', 4 * MINUTE, duration({ minimumMs: MINUTE })),
  manifestPullTimeoutMs: setting('ECS_MANIFEST_PULL_TIMEOUT', MINUTE, duration({ minimumMs: 30 * SECOND })),
  imagePullTimeoutMs: setting('ECS_IMAGE_PULL_TIMEOUT', 2 * HOUR, duration({ minimumMs: SECOND })),
  imagePullInactivityTimeoutMs: setting('ECS_IMAGE_PULL_INACTIVITY_TIMEOUT', MINUTE, duration({ minimumMs: MINUTE }), [
    'ECS_DOCKER_PULL_INACTIVITY_TIMEOUT',
  ]),
  imagePullBehavior: setting(
    'ECS_IMAGE_PULL_BEHAVIOR',
    'default',
    oneOf(['default', 'always', 'once', 'prefer-cached']),
  ),
  pullDependentContainersUpfront: setting('ECS_PULL_DEPENDENT_CONTAINERS_UPFRONT', false, flag),

  disableImageCleanup: setting('ECS_DISABLE_IMAGE_CLEANUP', false, flag),
  imageCleanupIntervalMs: setting('ECS_IMAGE_CLEANUP_INTERVAL', 30 * MINUTE, duration({ minimumMs: 10 * MINUTE })),
  imageMinimumCleanupAgeMs: setting('ECS_IMAGE_MINIMUM_CLEANUP_AGE', HOUR, duration()),
  imagesDeletedPerCycle: setting('ECS_NUM_IMAGES_DELETE_PER_CYCLE', 5, integerOfAtLeast(1)),
  untrackedImageCleanup: setting('ECS_ENABLE_UNTRACKED_IMAGE_CLEANUP', false, flag),
  untrackedImageMinimumCleanupAgeMs: setting('NON_ECS_IMAGE_MINIMUM_CLEANUP_AGE', HOUR, duration()),
  untrackedContainersDeletedPerCycle: setting('NONECS_NUM_CONTAINERS_DELETE_PER_CYCLE', 5, integerOfAtLeast(1)),
  excludedUntrackedImages: setting('ECS_EXCLUDE_UNTRACKED_IMAGE', [], commaList),

  sharedVolumeMatchFullConfig: setting('ECS_SHARED_VOLUME_MATCH_FULL_CONFIG', false, flag),

  disableMetrics: setting('ECS_DISABLE_METRICS', false, flag),
  /** If not, there is a sample every second. The ECS agent's default is that; one in 10 seconds tells nearly as much for a tenth of the time. */
  pollMetrics: setting('ECS_POLL_METRICS', true, flag),
  pollingMetricsWaitMs: setting(
    'ECS_POLLING_METRICS_WAIT_DURATION',
    10 * SECOND,
    duration({ minimumMs: 5 * SECOND, maximumMs: 20 * SECOND }),
  ),

  /** 0 for no introspection API. */
  introspectionPort: setting('LONGSHORE_INTROSPECTION_PORT', 51_678, integer(0, 65_535)),
  allowOffhostIntrospectionAccess: setting('ECS_ALLOW_OFFHOST_INTROSPECTION_ACCESS', false, flag),
} as const satisfies Readonly<Record<string, Setting<unknown>>>

type Settings = typeof SETTINGS

/** What the operator has configured, read and checked once. */
export type AgentConfig = {
  readonly [Name in keyof Settings]: Settings[Name] extends Setting<infer Value> ? Value : never
}
