/** What an agent makes containers with: a Docker Engine, or a simulation of one. */
import path from 'node:path'
import type { AgentHost } from '../agent/agent.ts'
import type { AgentConfig } from '../agent/config.ts'
import { createBodyWith } from '../agent/docker/create-body.ts'
import { DockerRuntime } from '../agent/docker/docker-runtime.ts'
import { kernelPortRange } from '../agent/docker/dynamic-ports.ts'
import { type CgroupLimits, openTaskLimits } from '../agent/docker/task-limits/task-limits.ts'
import type { EngineTask } from '../agent/engine/task.ts'
import { FileImageRecords } from '../agent/images/file-image-records.ts'
import { Gate } from '../agent/images/gate.ts'
import { ImageCleanup } from '../agent/images/image-cleanup.ts'
import { ImageManager } from '../agent/images/image-manager.ts'
import { registryCredentials } from '../agent/images/registry-auth.ts'
import { untrackedCleanup } from '../agent/images/untracked-cleanup.ts'
import { capabilities } from '../agent/registration/capabilities.ts'
import { platformAttributes } from '../agent/registration/registration.ts'
import { type ContainerRuntime, RuntimeError, type RuntimeInfo } from '../agent/runtime.ts'
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
  /** Tasks that the agent has now: their images are in use. */
  readonly tasks: () => Iterable<EngineTask>
}

export interface OpenHost {
  readonly host: AgentHost
  close(): void
}

/** The machine that a simulated host pretends to be. */
const SIMULATED_CPUS = 16
const SIMULATED_MEMORY_MIB = 65_536

export const openHost = (runtimeName: string, options: HostOptions): Promise<OpenHost> =>
  runtimeName === 'simulated' ? openSimulatedHost(options) : openDockerHost(options)

const openDockerHost = async (options: HostOptions): Promise<OpenHost> => {
  const { config, clock, ids, log, tasks } = options
  const runtime = new DockerRuntime({
    endpoint: config.dockerHost,
    clock,
    ids,
    timeouts: {
      createMs: config.containerCreateTimeoutMs,
      startMs: config.containerStartTimeoutMs,
      manifestMs: config.manifestPullTimeoutMs,
      pullMs: config.imagePullTimeoutMs,
      pullInactivityMs: config.imagePullInactivityTimeoutMs,
    },
  })
  const info = await infoOf(runtime, config)
  const limits = await openTaskLimits(config, info, log)
  const gate = new Gate()
  const records = new FileImageRecords(path.join(config.dataDirectory, 'images.json'), log)
  const credentials = registryCredentials(config)
  const images = new ImageManager({
    runtime,
    behavior: config.imagePullBehavior,
    credentials,
    records,
    gate,
    clock,
    ids,
    log,
  })
  const cleanup = new ImageCleanup({
    runtime,
    config,
    records,
    gate,
    imagesInUse: () => imagesOf(tasks()),
    ...(config.untrackedImageCleanup && {
      untracked: untrackedCleanup({ runtime, config, records, gate, clock, log }),
    }),
    clock,
    log,
  })
  const environmentOf = images.environmentOf.bind(images)
  return {
    host: hostOf(runtime, info, images, options, environmentOf, limits),
    close: () => {
      cleanup.close()
      runtime.close()
    },
  }
}

const openSimulatedHost = async (options: HostOptions): Promise<OpenHost> => {
  const { clock, ids } = options
  const runtime = new SimulatedRuntime({ clock, ids, cpus: SIMULATED_CPUS, memoryMiB: SIMULATED_MEMORY_MIB })
  const info = await runtime.info()
  return { host: hostOf(runtime, info, new SimulatedImages(), options, () => []), close: () => runtime.close() }
}

const hostOf = (
  runtime: ContainerRuntime,
  info: RuntimeInfo,
  images: AgentHost['images'],
  { config }: HostOptions,
  imageEnvironment: Parameters<typeof createBodyWith>[0]['imageEnvironment'],
  limits?: CgroupLimits,
): AgentHost => {
  const dynamicHostPorts = config.dynamicHostPorts ?? kernelPortRange()
  return {
    runtime,
    info,
    images,
    createBody: ({ cluster, ownLabels }) =>
      createBodyWith({
        region: config.region,
        cluster,
        ownLabels,
        dynamicHostPorts,
        reservedPorts: config.reservedPorts,
        reservedPortsUdp: config.reservedPortsUdp,
        disablePrivileged: config.disablePrivileged,
        propagateTaskMemoryLimit: config.propagateTaskMemoryLimit,
        ...(limits && { cgroupParent: (taskArn) => limits.parent(taskArn) }),
        imageEnvironment,
      }),
    ...(limits && { limits }),
    attributes: [
      ...capabilities({ config, info, runtimeName: runtime.name, hasTaskLimits: limits !== undefined }),
      ...platformAttributes(config, info),
    ],
    dynamicHostPorts,
  }
}

const infoOf = async (runtime: DockerRuntime, { dockerHost }: AgentConfig): Promise<RuntimeInfo> => {
  try {
    return await runtime.info()
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error
    throw new UserError(
      `Docker does not answer at ${dockerHost.name}: ${error.message}. Start it, or simulate containers with --runtime simulated.`,
      { cause: error },
    )
  }
}

const imagesOf = (tasks: Iterable<EngineTask>): ReadonlySet<string> => {
  const references = new Set<string>()
  for (const { containers } of tasks) for (const { definition } of containers) references.add(definition.image)
  return references
}
