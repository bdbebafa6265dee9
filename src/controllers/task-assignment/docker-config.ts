/**
 * The part of a container definition that travels to agents in the shape of the Docker Engine API: every setting that the payload has
 * no member of its own for. Source of the mapping: "This parameter maps to ..." of ContainerDefinition and LinuxParameters in the ECS
 * API reference; of the shapes: https://docs.docker.com/reference/api/engine/version/v1.41/
 */
import type { ContainerDefinition, Device, HealthCheck, LinuxParameters, Tmpfs } from '@aws-sdk/client-ecs'
import type { PayloadTask } from '../../agentlink/acs-messages.ts'
import { compact } from '../../kit/compact.ts'

const MIB = 1024 * 1024
const NANOSECONDS = 1_000_000_000

type LogOptions = Readonly<Record<string, string>>

/** A container's definition with its overrides applied, as far as Docker is concerned. */
export interface DockerSettings {
  readonly definition: ContainerDefinition
  /** Hard limit; 0 for none. */
  readonly memoryMiB: number
  readonly memoryReservationMiB: number | undefined
  readonly networkMode: NonNullable<PayloadTask['networkMode']>
  /** Mode of the log driver where the definition names none; undefined leaves it to Docker. */
  readonly logDriverMode: string | undefined
  readonly taskId: string
}

/** `ContainerConfig` as JSON text. */
export const containerConfig = ({ definition }: DockerSettings): string =>
  JSON.stringify({
    Labels: definition.dockerLabels,
    User: definition.user,
    WorkingDir: definition.workingDirectory,
    Hostname: definition.hostname,
    NetworkDisabled: definition.disableNetworking,
    Tty: definition.pseudoTerminal,
    OpenStdin: definition.interactive,
    Healthcheck: definition.healthCheck && healthcheck(definition.healthCheck),
  })

/** `HostConfig` as JSON text. */
export const hostConfig = (settings: DockerSettings): string => {
  const { definition, networkMode, memoryReservationMiB } = settings
  return JSON.stringify({
    NetworkMode: networkMode,
    Privileged: definition.privileged,
    ReadonlyRootfs: definition.readonlyRootFilesystem,
    MemoryReservation: memoryReservationMiB && memoryReservationMiB * MIB,
    Dns: nonEmpty(definition.dnsServers),
    DnsSearch: nonEmpty(definition.dnsSearchDomains),
    ExtraHosts: nonEmpty(definition.extraHosts?.map(({ hostname, ipAddress }) => `${hostname}:${ipAddress}`)),
    SecurityOpt: nonEmpty(definition.dockerSecurityOptions),
    Ulimits: nonEmpty(
      definition.ulimits?.map(({ name, softLimit, hardLimit }) => ({ Name: name, Soft: softLimit, Hard: hardLimit })),
    ),
    Sysctls: sysctls(definition),
    LogConfig: logConfig(settings),
    ...linuxSettings(definition.linuxParameters ?? {}, settings.memoryMiB),
  })
}

const nonEmpty = <T>(list: readonly T[] | undefined): readonly T[] | undefined =>
  list === undefined || list.length === 0 ? undefined : list

/** Defaults are those that the API reference states. */
const healthcheck = ({ command, interval = 30, timeout = 5, retries = 3, startPeriod }: HealthCheck): object => ({
  Test: command,
  Interval: interval * NANOSECONDS,
  Timeout: timeout * NANOSECONDS,
  Retries: retries,
  StartPeriod: startPeriod && startPeriod * NANOSECONDS,
})

const sysctls = ({ systemControls }: ContainerDefinition): object | undefined =>
  nonEmpty(systemControls) &&
  Object.fromEntries((systemControls ?? []).map(({ namespace, value }) => [namespace, value]))

const logConfig = ({ definition, logDriverMode, taskId }: DockerSettings): object | undefined => {
  const { name = '', logConfiguration } = definition
  if (logConfiguration === undefined) return undefined
  const { logDriver, options = {} } = logConfiguration
  // Options of FireLens are its router's, which knows no mode; all drivers of Docker do.
  const mode = logDriver === 'awsfirelens' ? undefined : logDriverMode
  const own = logDriver === 'awslogs' ? awslogsOptions(options, `${name}/${taskId}`) : options
  return { Type: logDriver, Config: { ...compact({ mode }), ...own } }
}

/** AWS: the stream is `prefix/container/task-id`. Without a prefix Docker names it, after the container's id. */
const awslogsOptions = (options: LogOptions, streamSuffix: string): LogOptions => {
  const { 'awslogs-stream-prefix': prefix, ...others } = options
  return prefix === undefined ? others : { 'awslogs-stream': `${prefix}/${streamSuffix}`, ...others }
}

const linuxSettings = (linux: LinuxParameters, memoryMiB: number): object => ({
  CapAdd: nonEmpty(linux.capabilities?.add),
  CapDrop: nonEmpty(linux.capabilities?.drop),
  Devices: nonEmpty(linux.devices?.map(device)),
  Init: linux.initProcessEnabled,
  ShmSize: linux.sharedMemorySize && linux.sharedMemorySize * MIB,
  Tmpfs: nonEmpty(linux.tmpfs) && Object.fromEntries((linux.tmpfs ?? []).map(tmpfs)),
  ...swap(linux, memoryMiB),
})

/** AWS: Docker counts memory and swap together; swappiness means nothing without a `maxSwap`. */
const swap = ({ maxSwap, swappiness }: LinuxParameters, memoryMiB: number): object =>
  maxSwap === undefined || memoryMiB === 0
    ? {}
    : compact({ MemorySwap: (memoryMiB + maxSwap) * MIB, MemorySwappiness: swappiness })

const PERMISSION_LETTERS: Readonly<Record<string, string>> = { read: 'r', write: 'w', mknod: 'm' }

const device = ({ hostPath, containerPath, permissions }: Device): object => ({
  PathOnHost: hostPath,
  PathInContainer: containerPath ?? hostPath,
  CgroupPermissions: permissions?.length ? permissions.map((name) => PERMISSION_LETTERS[name]).join('') : 'rwm',
})

const tmpfs = ({ containerPath, size, mountOptions }: Tmpfs): [string | undefined, string] => [
  containerPath,
  [...(mountOptions ?? []), `size=${size}m`].join(','),
]
