/** What an agent makes containers with: a Docker Engine, or a simulation of one. */
import type { AgentHost } from '../agent/agent.ts'
import type { AgentConfig } from '../agent/config.ts'
import { openDockerHost } from '../agent/docker/docker-host.ts'
import type { EngineTask } from '../agent/engine/task.ts'
import type { MetadataSettings } from '../agent/metadata/container-settings.ts'
import type { TaskRoleSupport } from '../agent/metadata/task-roles.ts'
import type { LogRelay } from '../agent/log-relay/log-relay.ts'
import { RuntimeError } from '../agent/runtime.ts'
import type { Clock } from '../kit/clock.ts'
import { UserError } from '../kit/command.ts'
import type { Ids } from '../kit/ids.ts'
import type { Log } from '../kit/log.ts'

export interface HostOptions {
  readonly config: AgentConfig
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  /** Which tasks get the credentials of their roles on a host that is real. */
  readonly taskRoles: TaskRoleSupport
  /** How containers find out about themselves. */
  readonly metadata?: MetadataSettings
  /** Absent where Docker's awslogs driver cannot be used. */
  readonly logRelay?: Pick<LogRelay, 'logOptions'>
}

export interface OpenHost {
  readonly host: AgentHost
  /** Begins what goes on beside the tasks; the images of these are in use. */
  startCleanup(tasks: () => Iterable<EngineTask>): void
  close(): void
}

export const openHost = (runtimeName: string, options: HostOptions): Promise<OpenHost> =>
  runtimeName === 'simulated' ? openSimulated(options) : openDocker(options)

const openDocker = async (options: HostOptions): Promise<OpenHost> => {
  try {
    const host = await openDockerHost(options)
    return { host, startCleanup: (tasks) => host.startImageCleanup(tasks), close: () => host.close() }
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error
    const { name } = options.config.dockerHost
    throw new UserError(
      `Docker does not answer at ${name}: ${error.message}. Start it, or simulate containers with --runtime simulated.`,
      { cause: error },
    )
  }
}

/** Loaded for who asks for it. */
const openSimulated = async (options: HostOptions): Promise<OpenHost> => {
  const { openSimulatedHost } = await import('../agent/simulated/simulated-host.ts')
  const host = await openSimulatedHost(options)
  return { host, startCleanup: () => {}, close: () => host.runtime.close() }
}
