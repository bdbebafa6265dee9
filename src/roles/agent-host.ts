/** What an agent makes containers with: a Docker Engine, or a simulation of one. */
import type { AgentHost } from '../agent/agent.ts'
import type { AgentConfig } from '../agent/config.ts'
import { createBodyWith } from '../agent/docker/create-body.ts'
import { openDockerHost } from '../agent/docker/docker-host.ts'
import { kernelPortRange } from '../agent/docker/dynamic-ports.ts'
import type { EngineTask } from '../agent/engine/task.ts'
import type { MetadataSettings } from '../agent/metadata/container-settings.ts'
import type { TaskRoleSupport } from '../agent/metadata/credentials-route.ts'
import { wantedTaskRoles } from '../agent/metadata/task-metadata.ts'
import type { LogRelay } from '../agent/log-relay/log-relay.ts'
import { capabilities } from '../agent/registration/capabilities.ts'
import { platformAttributes } from '../agent/registration/registration.ts'
import { RuntimeError } from '../agent/runtime.ts'
import { SimulatedImages } from '../agent/simulated/simulated-images.ts'
import { SimulatedRuntime } from '../agent/simulated/simulated-runtime.ts'
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

/** The machine that a simulated host pretends to be. */
const SIMULATED_CPUS = 16
const SIMULATED_MEMORY_MIB = 65_536

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

const openSimulated = async ({ config, clock, ids }: HostOptions): Promise<OpenHost> => {
  const runtime = new SimulatedRuntime({ clock, ids, cpus: SIMULATED_CPUS, memoryMiB: SIMULATED_MEMORY_MIB })
  const info = await runtime.info()
  const dynamicHostPorts = config.dynamicHostPorts ?? kernelPortRange()
  const { region, reservedPorts, reservedPortsUdp, disablePrivileged } = config
  // Nobody asks for credentials in containers that are simulated.
  const taskRoles = wantedTaskRoles(config)
  const common = { region, reservedPorts, reservedPortsUdp, disablePrivileged, dynamicHostPorts, taskRoles }
  // Nor do they write lines, for which a log router would need its files.
  const firelens = { directory: config.dataDirectory, isAsync: true }
  const settings = { ...common, firelens, logRelay: { logOptions: () => ({}) } }
  const host: AgentHost = {
    runtime,
    info,
    images: new SimulatedImages(),
    createBody: (agent) =>
      createBodyWith({ ...settings, ...agent, propagateTaskMemoryLimit: false, imageEnvironment: () => [] }),
    attributes: [
      ...capabilities({
        config,
        info,
        runtimeName: runtime.name,
        hasTaskLimits: false,
        hasLogRouting: true,
        taskRoles,
      }),
      ...platformAttributes(config, info),
    ],
    dynamicHostPorts,
  }
  return { host, startCleanup: () => {}, close: () => runtime.close() }
}
