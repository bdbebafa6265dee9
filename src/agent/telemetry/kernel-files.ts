/**
 * What the kernel's files say of a container: those of its control groups, of version 1 or 2, and of the network of its first process. Pure:
 * text in, numbers out. https://www.kernel.org/doc/html/latest/admin-guide/cgroup-v1/ and /cgroup-v2.html, proc(5)
 */
import type { ContainerStats } from '../runtime.ts'

export type CgroupVersion = '1' | '2'

/** Where they are, below the root of the control groups. */
export interface GroupFiles {
  readonly cpu: string
  readonly memory: string
  readonly memoryStat: string
  readonly storage: string
}

/** Controller and file of each, as version 1 has them; in version 2 a group is the same for all controllers. */
const FILES: Readonly<Record<CgroupVersion, Readonly<Record<keyof GroupFiles, readonly [string, string]>>>> = {
  1: {
    cpu: ['cpuacct', 'cpuacct.usage'],
    memory: ['memory', 'memory.usage_in_bytes'],
    memoryStat: ['memory', 'memory.stat'],
    storage: ['blkio', 'blkio.throttle.io_service_bytes_recursive'],
  },
  2: {
    cpu: ['', 'cpu.stat'],
    memory: ['', 'memory.current'],
    memoryStat: ['', 'memory.stat'],
    storage: ['', 'io.stat'],
  },
}

/** Those of a container, from `/proc/PID/cgroup` of its process; undefined if the groups are not the container's own. */
export const groupFiles = (version: CgroupVersion, containerId: string, membership: string): GroupFiles | undefined => {
  const groups = groupsOf(membership)
  const files = Object.entries(FILES[version]).map(([name, [controller, file]]) => {
    const group = groups.get(controller)
    return group?.includes(containerId) ? [name, `/${controller}${group}/${file}`.replace('//', '/')] : undefined
  })
  return files.includes(undefined) ? undefined : (Object.fromEntries(files as string[][]) as unknown as GroupFiles)
}

/** Lines are `<hierarchy>:<controllers>:<group>`; the one of version 2 names no controller. */
const groupsOf = (membership: string): ReadonlyMap<string, string> =>
  new Map(
    membership
      .split('\n')
      .filter((line) => line !== '')
      .flatMap((line) => {
        const [, controllers = '', ...group] = line.split(':')
        return controllers.split(',').map((controller) => [controller, group.join(':')] as const)
      }),
  )

export const cpuNanoseconds = (version: CgroupVersion, text: string): number =>
  version === '1' ? Number(text) : (numberAfter(text, 'usage_usec') ?? 0) * 1000

/** Without the page cache, which the kernel takes back when it is needed. */
export const memoryBytes = (version: CgroupVersion, usage: string, stat: string): number =>
  Math.max(0, Number(usage) - (numberAfter(stat, version === '1' ? 'cache' : 'inactive_file') ?? 0))

export const storageBytes = (version: CgroupVersion, text: string, operation: 'read' | 'write'): number => {
  const pattern = version === '1' ? V1_STORAGE[operation] : V2_STORAGE[operation]
  return [...text.matchAll(pattern)].reduce((total, [, bytes]) => total + Number(bytes), 0)
}

const V1_STORAGE = { read: /^\d+:\d+ Read (\d+)$/gm, write: /^\d+:\d+ Write (\d+)$/gm }
const V2_STORAGE = { read: / rbytes=(\d+)/g, write: / wbytes=(\d+)/g }

/** The value of a line `<name> <value>`. */
const numberAfter = (text: string, name: string): number | undefined => {
  const at = text.startsWith(`${name} `) ? 0 : text.indexOf(`\n${name} `) + 1
  if (at === 0 && !text.startsWith(`${name} `)) return undefined
  return Number.parseInt(text.slice(at + name.length + 1), 10)
}

/** Of all interfaces but the loopback, from `/proc/PID/net/dev`. */
export const networkCounters = (text: string): ContainerStats['network'] => {
  const totals = Array.from({ length: 16 }, () => 0)
  for (const line of text.split('\n').slice(2)) {
    const [name = '', counters] = line.split(':')
    if (counters === undefined || name.trim() === 'lo') continue
    for (const [index, counter] of counters.trim().split(/\s+/).entries()) totals[index]! += Number(counter)
  }
  const [rxBytes = 0, rxPackets = 0, rxErrors = 0, rxDropped = 0] = totals
  const [txBytes = 0, txPackets = 0, txErrors = 0, txDropped = 0] = totals.slice(8)
  return { rxBytes, rxPackets, rxErrors, rxDropped, txBytes, txPackets, txErrors, txDropped }
}

/** Processor time of the host, as the engine tells it: nanoseconds of everything in the first line of `/proc/stat`. */
export const hostNanoseconds = (text: string): number => {
  const fields = text.slice(0, text.indexOf('\n')).split(/\s+/).slice(1, 9)
  return fields.reduce((total, field) => total + Number(field), 0) * NANOSECONDS_PER_TICK
}

/** The kernel's USER_HZ is 100 everywhere that containers run. */
const NANOSECONDS_PER_TICK = 1e7
