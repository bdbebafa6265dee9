/**
 * Statistics of containers from the kernel's own files, as the engine itself gets them. The engine takes a thousand times as long for a
 * question, most of it in processes of its own. Where a container's files are not to be found (the engine is on another host or in a
 * namespace of its own) there are no statistics from here.
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import type { Clock } from '../../kit/clock.ts'
import { isoText } from '../../kit/timestamps.ts'
import { type ContainerRuntime, type ContainerStats, RuntimeError } from '../runtime.ts'
import {
  type CgroupVersion,
  cpuNanoseconds,
  type GroupFiles,
  groupFiles,
  hostNanoseconds,
  memoryBytes,
  networkCounters,
  storageBytes,
} from './kernel-files.ts'

export interface KernelStatsOptions {
  readonly runtime: Pick<ContainerRuntime, 'inspect'>
  readonly clock: Clock
  readonly cgroupVersion: CgroupVersion
  /** e.g. `/sys/fs/cgroup`. */
  readonly cgroupRoot: string
  readonly cpus: number
  /** Not `/proc` in tests. */
  readonly procRoot?: string
}

/** A container from one of its starts on: after a restart in place it has another process, and other files. */
export interface ContainerRun {
  readonly dockerId: string
  /** The same for as long as it runs. */
  readonly run: string
}

interface Place {
  readonly run: string
  /** Undefined where they were not found: the engine is asked then. */
  readonly files: (GroupFiles & { readonly network: string }) | undefined
}

const LONGEST_FILE = 64 * 1024
/** So long it is one moment. */
const HOST_FRESH_MS = 20

export class KernelStats {
  readonly #options: KernelStatsOptions
  readonly #procRoot: string
  readonly #places = new Map<string, Place>()
  readonly #buffer = Buffer.allocUnsafe(LONGEST_FILE)
  #host = { readAt: -Infinity, nanoseconds: 0 }

  constructor(options: KernelStatsOptions) {
    this.#options = options
    this.#procRoot = options.procRoot ?? '/proc'
  }

  /** Undefined if the engine has to be asked. */
  async stats(container: ContainerRun): Promise<ContainerStats | undefined> {
    const known = this.#places.get(container.dockerId)
    const place = known?.run === container.run ? known : await this.#find(container)
    if (place.files === undefined) return undefined
    try {
      return this.#read(place.files)
    } catch {
      // It has just ended, or begun anew: the next sample finds it again.
      this.#places.delete(container.dockerId)
      return undefined
    }
  }

  forget(dockerId: string): void {
    this.#places.delete(dockerId)
  }

  async #find({ dockerId, run }: ContainerRun): Promise<Place> {
    const place = { run, files: await this.#filesOf(dockerId) }
    this.#places.set(dockerId, place)
    return place
  }

  /** The engine names a process; it is the container's if its control groups are. */
  async #filesOf(dockerId: string): Promise<Place['files']> {
    try {
      const processId = (await this.#options.runtime.inspect(dockerId))?.processId
      if (processId === undefined) return undefined
      const membership = readFileSync(`${this.#procRoot}/${processId}/cgroup`, 'utf8')
      const files = groupFiles(this.#options.cgroupVersion, dockerId, membership)
      if (files === undefined) return undefined
      const found = { ...files, network: `${this.#procRoot}/${processId}/net/dev` }
      this.#read(found)
      return found
    } catch (error) {
      if (error instanceof RuntimeError) throw error
      return undefined
    }
  }

  #read(files: NonNullable<Place['files']>): ContainerStats {
    const { clock, cgroupVersion: version, cgroupRoot, cpus } = this.#options
    const group = (file: string): string => this.#text(cgroupRoot + file)
    const readAt = clock.now()
    const cpuTotalNanoseconds = cpuNanoseconds(version, group(files.cpu))
    const storage = group(files.storage)
    const hostTotal = this.#hostTotal(readAt)
    return {
      readAt,
      cpuTotalNanoseconds,
      onlineCpus: cpus,
      memoryBytes: memoryBytes(version, group(files.memory), group(files.memoryStat)),
      network: networkCounters(this.#text(files.network)),
      storageReadBytes: storageBytes(version, storage, 'read'),
      storageWriteBytes: storageBytes(version, storage, 'write'),
      document: {
        read: isoText(readAt),
        cpu_stats: {
          cpu_usage: { total_usage: cpuTotalNanoseconds },
          system_cpu_usage: hostTotal,
          online_cpus: cpus,
        },
      },
    }
  }

  /** It takes longer to read than all files of a container. */
  #hostTotal(readAt: number): number {
    if (Math.abs(readAt - this.#host.readAt) > HOST_FRESH_MS)
      this.#host = { readAt, nanoseconds: hostNanoseconds(this.#text(`${this.#procRoot}/stat`)) }
    return this.#host.nanoseconds
  }

  /** Short files that the kernel makes as they are read. */
  #text(file: string): string {
    const descriptor = openSync(file, 'r')
    try {
      return this.#buffer.toString('latin1', 0, readSync(descriptor, this.#buffer, 0, LONGEST_FILE, 0))
    } finally {
      closeSync(descriptor)
    }
  }
}
