/**
 * Task limits through the kernel's control group files, for engines whose cgroup driver is `cgroupfs`: `/ecs/<task id>` in every
 * hierarchy of version 1, or in the one of version 2.
 * https://www.kernel.org/doc/html/latest/admin-guide/cgroup-v1/ and /cgroup-v2.html
 */
import { mkdir, readdir, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { resourceId } from '../../../model/arn.ts'
import type { EngineTask } from '../../engine/task.ts'
import { type Limits, limitsOf, type LimitSettings } from './limits.ts'
import type { CgroupLimits } from './task-limits.ts'

const PARENT = 'ecs'

/** A file below the control group root, and what is written to it. */
type Setting = readonly [file: string, value: string]

interface Version {
  /** Directories to make for a group, in order. */
  readonly directories: (group: string) => readonly string[]
  readonly settings: (group: string, limits: Limits) => readonly Setting[]
  /** Settings that let groups below `group` have limits. */
  readonly delegation: (group: string) => readonly Setting[]
}

const V1_CONTROLLERS = ['cpu', 'memory', 'pids']

const VERSION_1: Version = {
  directories: (group) => V1_CONTROLLERS.map((controller) => join(controller, group)),
  settings: (group, limits) => [
    [join('cpu', group, 'cpu.cfs_period_us'), String(limits.cpuPeriodMicroseconds)],
    [join('cpu', group, 'cpu.cfs_quota_us'), String(limits.cpuQuotaMicroseconds ?? -1)],
    ...(limits.cpuShares === undefined ? [] : [[join('cpu', group, 'cpu.shares'), String(limits.cpuShares)] as const]),
    [join('memory', group, 'memory.limit_in_bytes'), String(limits.memoryBytes ?? -1)],
    [join('pids', group, 'pids.max'), String(limits.pids ?? 'max')],
  ],
  // Without it older kernels count a child's memory for the child alone.
  delegation: (group) => [[join('memory', group, 'memory.use_hierarchy'), '1']],
}

const VERSION_2: Version = {
  directories: (group) => [group],
  settings: (group, limits) => [
    [join(group, 'cpu.max'), `${limits.cpuQuotaMicroseconds ?? 'max'} ${limits.cpuPeriodMicroseconds}`],
    ...(limits.cpuShares === undefined
      ? []
      : [[join(group, 'cpu.weight'), String(cpuWeight(limits.cpuShares))] as const]),
    [join(group, 'memory.max'), String(limits.memoryBytes ?? 'max')],
    [join(group, 'pids.max'), String(limits.pids ?? 'max')],
  ],
  delegation: (group) => [[join(group, 'cgroup.subtree_control'), '+cpu +memory +pids']],
}

/** Shares of version 1, 2 to 262144, on the scale of version 2, 1 to 10000, as runc converts them. */
export const cpuWeight = (shares: number): number => 1 + Math.floor(((shares - 2) * 9999) / 262_142)

export class ControlGroups implements CgroupLimits {
  readonly #root: string
  readonly #version: Version
  readonly #settings: LimitSettings

  private constructor(root: string, version: Version, settings: LimitSettings) {
    this.#root = root
    this.#version = version
    this.#settings = settings
  }

  /** Makes the parent of all tasks' groups; rejects where this process may not. */
  static async open(root: string, version: '1' | '2', settings: LimitSettings): Promise<ControlGroups> {
    const groups = new ControlGroups(root, version === '2' ? VERSION_2 : VERSION_1, settings)
    await groups.#makeParent()
    return groups
  }

  parent(taskArn: string): string {
    return `/${groupOf(taskArn)}`
  }

  async apply(task: EngineTask): Promise<void> {
    const limits = limitsOf(task, this.#settings)
    const group = groupOf(task.arn)
    await this.#makeDirectories(group)
    await this.#write(this.#version.settings(group, limits))
  }

  /** The engine makes directories of its own for the group, in hierarchies that the limits do not use. */
  async remove(taskArn: string): Promise<void> {
    const group = groupOf(taskArn)
    const hierarchies = this.#version === VERSION_2 ? ['.'] : await readdir(this.#root)
    for (const hierarchy of hierarchies) await removeDirectory(join(this.#root, hierarchy, group))
  }

  async #makeParent(): Promise<void> {
    if (this.#version === VERSION_2) await this.#write(VERSION_2.delegation('.'))
    await this.#makeDirectories(PARENT)
    const delegation = this.#write(this.#version.delegation(PARENT))
    // Newer kernels of version 1 always count a group's children in, and refuse to be told.
    if (this.#version === VERSION_1) await delegation.catch(() => undefined)
    else await delegation
  }

  async #makeDirectories(group: string): Promise<void> {
    for (const directory of this.#version.directories(group)) await makeDirectory(join(this.#root, directory))
  }

  async #write(settings: readonly Setting[]): Promise<void> {
    for (const [file, value] of settings) await writeFile(join(this.#root, file), value)
  }
}

const groupOf = (taskArn: string): string => join(PARENT, resourceId(taskArn))

const makeDirectory = async (directory: string): Promise<void> => {
  try {
    await mkdir(directory)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

const removeDirectory = async (directory: string): Promise<void> => {
  try {
    await rmdir(directory)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error
  }
}
