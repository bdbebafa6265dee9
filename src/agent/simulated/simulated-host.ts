/** A host that is not there: everything that an agent needs of it, put together from the configuration. */
import type { Clock } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import type { AgentHost } from '../agent.ts'
import type { AgentConfig } from '../config.ts'
import { createBodyWith } from '../docker/create-body.ts'
import { kernelPortRange } from '../docker/dynamic-ports.ts'
import { wantedTaskRoles } from '../metadata/task-roles.ts'
import { capabilities } from '../registration/capabilities.ts'
import { platformAttributes } from '../registration/registration.ts'
import { SimulatedImages } from './simulated-images.ts'
import { SimulatedRuntime } from './simulated-runtime.ts'

export interface SimulatedHostOptions {
  readonly config: AgentConfig
  readonly clock: Clock
  readonly ids: Ids
}

export interface SimulatedHost extends AgentHost {
  readonly runtime: SimulatedRuntime
}

/** The machine that it pretends to be. */
const CPUS = 16
const MEMORY_MIB = 65_536

export const openSimulatedHost = async ({ config, clock, ids }: SimulatedHostOptions): Promise<SimulatedHost> => {
  const runtime = new SimulatedRuntime({ clock, ids, cpus: CPUS, memoryMiB: MEMORY_MIB })
  const info = await runtime.info()
  const dynamicHostPorts = config.dynamicHostPorts ?? kernelPortRange()
  const { region, reservedPorts, reservedPortsUdp, disablePrivileged } = config
  // Nobody asks for credentials in containers that are simulated.
  const taskRoles = wantedTaskRoles(config)
  const common = { region, reservedPorts, reservedPortsUdp, disablePrivileged, dynamicHostPorts, taskRoles }
  // Nor do they write lines, for which a log router would need its files.
  const firelens = { directory: config.dataDirectory, isAsync: true }
  const settings = { ...common, firelens, logRelay: { logOptions: () => ({}) } }
  return {
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
}
