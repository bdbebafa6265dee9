/**
 * Enforces a task's CPU, memory and process limits over all its containers together, by a control group that is the parent of
 * theirs. How such a group is made depends on the host: `control-groups.ts` writes the kernel's files, `systemd-slices.ts` asks systemd.
 */
import type { Log } from '../../../kit/log.ts'
import type { AgentConfig } from '../../config.ts'
import { ConfigError } from '../../config.ts'
import type { TaskLimits } from '../../engine/tools.ts'
import type { RuntimeInfo } from '../../runtime.ts'

export interface CgroupLimits extends TaskLimits {
  /** What the engine is given as `CgroupParent` of the task's containers. */
  parent(taskArn: string): string
}

/** Undefined where limits are turned off, or cannot be enforced and need not be: the agent does not offer them then. */
export const openTaskLimits = async (
  config: AgentConfig,
  info: RuntimeInfo,
  log: Log,
): Promise<CgroupLimits | undefined> => {
  if (config.taskCpuMemLimit === 'off') return undefined
  try {
    if (!('socketPath' in config.dockerHost.target)) throw new Error('the Docker Engine is on another host')
    return await (info.cgroupDriver === 'systemd' ? openSlices(config, info) : openGroups(config, info))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    if (config.taskCpuMemLimit === 'on')
      throw new ConfigError(`ECS_ENABLE_TASK_CPU_MEM_LIMIT: cannot make control groups: ${reason}`)
    log.warn('task CPU and memory limits are off: cannot make control groups', { reason })
    return undefined
  }
}

const openSlices = async (config: AgentConfig, { cgroupVersion }: RuntimeInfo): Promise<CgroupLimits> => {
  const { SystemdSlices } = await import('./systemd-slices.ts')
  return SystemdSlices.open(cgroupVersion, config)
}

const openGroups = async (config: AgentConfig, { cgroupVersion }: RuntimeInfo): Promise<CgroupLimits> => {
  const { ControlGroups } = await import('./control-groups.ts')
  return ControlGroups.open(config.cgroupPath, cgroupVersion, config)
}
