/** The agent's own part of a container's `HostConfig`: what follows from the structured members of the payload. Pure. */
import type { EngineContainer, EngineTask } from '../engine/task.ts'
import { BodyError } from '../engine/tools.ts'
import { cpuShares } from './cpu-shares.ts'
import { type FirelensSettings, routerBinds } from '../firelens/container-settings.ts'
import type { JsonObject } from './overlay.ts'

const MIB = 1024 * 1024

/** Docker refuses a lower limit. AWS's agent raises to 4 MiB, which was Docker's limit before 20.10. */
const LEAST_MEMORY_MIB = 6

/** 0 for no limit. */
const memoryBytes = (memoryMiB: number): number => (memoryMiB > 0 ? Math.max(LEAST_MEMORY_MIB, memoryMiB) * MIB : 0)

export interface HostSettings {
  /** Parent control group of the task's containers, where task limits are enforced. */
  readonly cgroupParent?: string
  /** Give containers without a memory limit that of the task. */
  readonly propagateTaskMemoryLimit: boolean
  /** Absent where no logs are routed. */
  readonly firelens?: FirelensSettings
}

export const ownHostConfig = (task: EngineTask, container: EngineContainer, settings: HostSettings): JsonObject => {
  const { definition } = task
  return {
    CpuShares: cpuShares(container.definition.cpu),
    Memory: memoryOf(task, container, settings),
    NetworkMode: definition.networkMode ?? 'bridge',
    Binds: [...bindsOf(task, container), ...routerBinds(task, container, settings.firelens)],
    VolumesFrom: volumesFromOf(task, container),
    ...(linksAllowed(task) && { Links: linksOf(task, container) }),
    ...(definition.pidMode && { PidMode: definition.pidMode }),
    ...(definition.ipcMode && { IpcMode: definition.ipcMode }),
    ...(settings.cgroupParent !== undefined && { CgroupParent: settings.cgroupParent }),
  }
}

const memoryOf = (task: EngineTask, container: EngineContainer, settings: HostSettings): number => {
  const own = memoryBytes(container.definition.memory)
  return own === 0 && settings.propagateTaskMemoryLimit ? memoryBytes(task.definition.memory ?? 0) : own
}

const linksAllowed = (task: EngineTask): boolean => (task.definition.networkMode ?? 'bridge') === 'bridge'

/** `source:path[:ro]`. A host path that is missing is made by the engine, as ECS documents. */
const bindsOf = (task: EngineTask, container: EngineContainer): string[] =>
  (container.definition.mountPoints ?? []).map(({ sourceVolume, containerPath, readOnly }) => {
    const volume = task.volumes.find(({ name }) => name === sourceVolume)
    if (volume === undefined)
      throw new BodyError(`container ${container.definition.name} mounts the unknown volume ${sourceVolume}`)
    return `${volume.source}:${containerPath}${readOnly ? ':ro' : ''}`
  })

const volumesFromOf = (task: EngineTask, container: EngineContainer): string[] =>
  (container.definition.volumesFrom ?? []).map(
    ({ sourceContainer, readOnly }) => `${dockerNameOf(task, sourceContainer)}${readOnly ? ':ro' : ''}`,
  )

/** A link is `name` or `name:alias`. */
const linksOf = (task: EngineTask, container: EngineContainer): string[] =>
  (container.definition.links ?? []).map((link) => {
    const [name = link, alias = name] = link.split(':')
    return `${dockerNameOf(task, name)}:${alias}`
  })

const dockerNameOf = (task: EngineTask, name: string): string => {
  const container = task.containers.find(({ definition }) => definition.name === name)
  if (container === undefined) throw new BodyError(`the task has no container ${name}`)
  return container.dockerName
}
