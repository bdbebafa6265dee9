/** Linux matters: capabilities, devices, tmpfs, swap, ulimits, sysctls, security options. Sources: the API reference's type of each. */
import type { LinuxParameters } from '@aws-sdk/client-ecs'
import { ecsEnums } from '../enums.ts'
import { type ContainerRule, networkModeOf, ensure, requireDistinct, requireOneOf, requireRange } from './rule.ts'

const CAPABILITIES: ReadonlySet<string> = new Set(
  `ALL AUDIT_CONTROL AUDIT_WRITE BLOCK_SUSPEND CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID IPC_LOCK IPC_OWNER KILL LEASE
   LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW SETFCAP SETGID SETPCAP SETUID
   SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG SYSLOG
   WAKE_ALARM`.split(/\s+/),
)

const MOUNT_OPTIONS: ReadonlySet<string> = new Set(
  `defaults ro rw suid nosuid dev nodev exec noexec sync async dirsync remount mand nomand atime noatime diratime nodiratime bind
   rbind unbindable runbindable private rprivate shared rshared slave rslave relatime norelatime strictatime nostrictatime mode
   uid gid nr_inodes nr_blocks mpol`.split(/\s+/),
)

const IPC_CONTROL = /^(kernel\.(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)|fs\.mqueue\..+)$/
const SECURITY_OPTION = /^(no-new-privileges|(label|apparmor|credentialspec):.+)$/
const INTEGER_MAX = 2 ** 31 - 1

export const linuxParametersAreValid: ContainerRule = ({ linuxParameters }) => {
  if (linuxParameters === undefined) return
  const { sharedMemorySize, maxSwap, swappiness } = linuxParameters
  checkCapabilities(linuxParameters)
  checkDevices(linuxParameters)
  checkTmpfs(linuxParameters)
  requireRange('linuxParameters.sharedMemorySize', sharedMemorySize, 1, INTEGER_MAX)
  requireRange('linuxParameters.maxSwap', maxSwap, 0, INTEGER_MAX)
  requireRange('linuxParameters.swappiness', swappiness, 0, 100)
}

const checkCapabilities = ({ capabilities = {} }: LinuxParameters): void => {
  for (const name of [...(capabilities.add ?? []), ...(capabilities.drop ?? [])]) {
    ensure(CAPABILITIES.has(name), `Invalid Linux capability '${name}'.`)
  }
}

const checkDevices = ({ devices = [] }: LinuxParameters): void => {
  for (const { hostPath, permissions = [] } of devices) {
    ensure(Boolean(hostPath), 'Device hostPath should not be null or empty.')
    for (const permission of permissions)
      requireOneOf('devices.permissions', permission, ecsEnums.DeviceCgroupPermission)
  }
}

const checkTmpfs = ({ tmpfs = [] }: LinuxParameters): void => {
  for (const { containerPath, size, mountOptions = [] } of tmpfs) {
    ensure(containerPath?.startsWith('/') ?? false, 'Tmpfs containerPath must be an absolute path.')
    ensure(size !== undefined, 'Tmpfs size must be specified.')
    requireRange('Tmpfs size', size, 1, INTEGER_MAX)
    for (const option of mountOptions) {
      ensure(MOUNT_OPTIONS.has(option.split('=')[0] ?? ''), `Invalid tmpfs mount option '${option}'.`)
    }
  }
}

export const ulimitsAreValid: ContainerRule = ({ ulimits = [] }) => {
  for (const { name, softLimit = 0, hardLimit = 0 } of ulimits) {
    requireOneOf('ulimits.name', name, ecsEnums.UlimitName)
    const unlimited = hardLimit === -1
    ensure(
      unlimited || softLimit <= hardLimit,
      `The soft limit of ulimit '${name}' must not be greater than its hard limit.`,
    )
  }
  requireDistinct(
    'Ulimit',
    ulimits.map(({ name }) => name),
  )
}

export const systemControlsAreValid: ContainerRule = ({ systemControls = [] }, task) => {
  for (const { namespace = '', value } of systemControls) {
    const isNetwork = namespace.startsWith('net.')
    ensure(isNetwork || IPC_CONTROL.test(namespace), `Invalid system control namespace '${namespace}'.`)
    ensure(Boolean(value), `System control '${namespace}' must have a value.`)
    ensure(
      !isNetwork || networkModeOf(task) !== 'host',
      'Network namespace system controls are not supported when networkMode=host.',
    )
    ensure(isNetwork || task.ipcMode !== 'host', 'IPC namespace system controls are not supported when ipcMode=host.')
  }
  requireDistinct(
    'System control',
    systemControls.map(({ namespace }) => namespace),
  )
}

export const securityOptionsAreValid: ContainerRule = ({ dockerSecurityOptions = [] }) => {
  for (const option of dockerSecurityOptions) {
    ensure(SECURITY_OPTION.test(option), `Invalid Docker security option '${option}'.`)
  }
}
