/**
 * Everything that an agent on a Docker host needs of it, put together from the configuration: the runtime, images and their clean-up,
 * create bodies, task limits, and what to tell the control plane of the host.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import type { Log } from '../../kit/log.ts'
import type { AgentHost } from '../agent.ts'
import type { AgentConfig } from '../config.ts'
import type { EngineTask } from '../engine/task.ts'
import type { LogRouting } from '../engine/tools.ts'
import type { LogRelay } from '../log-relay/log-relay.ts'
import { routersDirectory } from '../firelens/routers-directory.ts'
import { FileImageRecords } from '../images/file-image-records.ts'
import { Gate } from '../images/gate.ts'
import { ImageCleanup } from '../images/image-cleanup.ts'
import { ImageManager } from '../images/image-manager.ts'
import { type ImageRecords, MemoryImageRecords } from '../images/image-records.ts'
import { OwnRegistry } from '../images/own-registry.ts'
import { registryCredentials } from '../images/registry-auth.ts'
import { untrackedCleanup } from '../images/untracked-cleanup.ts'
import type { MetadataSettings } from '../metadata/container-settings.ts'
import type { TaskRoleSupport } from '../metadata/task-roles.ts'
import { capabilities } from '../registration/capabilities.ts'
import { platformAttributes } from '../registration/registration.ts'
import type { RuntimeInfo } from '../runtime.ts'
import type { KernelStats } from '../telemetry/kernel-stats.ts'
import { DockerRuntime } from './docker-runtime.ts'
import type { DockerTimeouts } from './docker-timeouts.ts'
import { kernelPortRange } from './dynamic-ports.ts'
import { FreePorts } from './free-ports.ts'
import { type CgroupLimits, openTaskLimits } from './task-limits/task-limits.ts'

export interface DockerHostOptions {
  readonly config: AgentConfig
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  /** Which tasks get the credentials of their roles here. */
  readonly taskRoles: TaskRoleSupport
  /** How containers find out about themselves. */
  readonly metadata?: MetadataSettings
  /** Absent where Docker's awslogs driver cannot be used. */
  readonly logRelay?: Pick<LogRelay, 'logOptions'>
}

export interface DockerHost extends AgentHost {
  readonly runtime: DockerRuntime
  /** Begins the periodic clean-up of images, which spares those of the tasks that there are. */
  startImageCleanup(tasks: () => Iterable<EngineTask>): void
  close(): void
}

const IMAGE_RECORDS_FILE = 'images.json'

/** Rejects with `RuntimeError` if the engine cannot be used, with `ConfigError` if the host cannot do what is configured. */
export const openDockerHost = async (options: DockerHostOptions): Promise<DockerHost> => {
  const { config, clock, ids, log } = options
  const credentials = registryCredentials(config)
  const runtime = new DockerRuntime({ endpoint: config.dockerHost, clock, ids, timeouts: timeoutsOf(config) })
  try {
    const info = await runtime.info()
    const limits = await openTaskLimits(config, info, log)
    return assemble({ ...options, runtime, info, limits, credentials })
  } catch (error) {
    runtime.close()
    throw error
  }
}

const timeoutsOf = (config: AgentConfig): Partial<DockerTimeouts> => ({
  createMs: config.containerCreateTimeoutMs,
  startMs: config.containerStartTimeoutMs,
  manifestMs: config.manifestPullTimeoutMs,
  pullMs: config.imagePullTimeoutMs,
  pullInactivityMs: config.imagePullInactivityTimeoutMs,
})

interface Parts extends DockerHostOptions {
  readonly runtime: DockerRuntime
  readonly info: RuntimeInfo
  readonly limits: CgroupLimits | undefined
  readonly credentials: ReturnType<typeof registryCredentials>
}

const kernelStatsOf = async ({ config, clock, runtime, info }: Parts): Promise<KernelStats> => {
  const { KernelStats } = await import('../telemetry/kernel-stats.ts')
  const { cgroupVersion, cpus } = info
  return new KernelStats({ runtime, clock, cgroupVersion, cgroupRoot: config.cgroupPath, cpus })
}

/** Loaded with the first log router. */
const logRoutingIn = (directory: string, cluster: string): LogRouting => {
  const load = async (): Promise<LogRouting> => {
    const { RouterFiles } = await import('../firelens/router-files.ts')
    return new RouterFiles(directory, cluster)
  }
  return {
    prepare: async (task) => (await load()).prepare(task),
    remove: async (taskArn) => (await load()).remove(taskArn),
  }
}

const assemble = (parts: Parts): DockerHost => {
  const { config, clock, ids, log, runtime, info, limits, credentials, taskRoles, metadata, logRelay } = parts
  const records: ImageRecords = config.checkpoint
    ? new FileImageRecords(join(config.dataDirectory, IMAGE_RECORDS_FILE), log)
    : new MemoryImageRecords()
  const gate = new Gate()
  const behavior = config.imagePullBehavior
  // The ports of another host cannot be looked at from here.
  const isLocal = 'socketPath' in config.dockerHost.target
  const ownRegistry = new OwnRegistry({ endpoint: config.backendHost, isEngineLocal: isLocal, log })
  const images = new ImageManager({ runtime, behavior, credentials, ownRegistry, records, gate, clock, ids, log })
  const dynamicHostPorts = config.dynamicHostPorts ?? kernelPortRange()
  const range = dynamicHostPorts
  const reserved = { tcp: config.reservedPorts, udp: config.reservedPortsUdp }
  const routers = routersDirectory(config, info)
  const freePorts = isLocal ? new FreePorts({ range, reserved, clock, ids }) : undefined
  const shared = { config, runtime, records, gate, clock, log }
  let cleanup: ImageCleanup | undefined
  return {
    runtime,
    info,
    images,
    dynamicHostPorts,
    ...(limits && { limits }),
    ...(isLocal && { kernelStats: () => kernelStatsOf(parts) }),
    ...(routers !== undefined && { logRouting: ({ cluster }) => logRoutingIn(routers, cluster) }),
    createBody: (agent) => async (task, container) => {
      const { createBodyWith } = await import('./create-body.ts')
      const createBody = createBodyWith({
        ...agent,
        region: config.region,
        dynamicHostPorts,
        ...(freePorts && { freePorts }),
        reservedPorts: config.reservedPorts,
        reservedPortsUdp: config.reservedPortsUdp,
        disablePrivileged: config.disablePrivileged,
        propagateTaskMemoryLimit: config.propagateTaskMemoryLimit && info.cgroupVersion === '2',
        imageName: (container) => images.nameOf(container),
        imageEnvironment: (container) => images.environmentOf(container),
        taskRoles,
        ...(metadata && { metadata }),
        ...(logRelay && { logRelay }),
        ...(routers !== undefined && { firelens: { directory: routers, isAsync: config.firelensAsync } }),
        ...(limits && { cgroupParent: (taskArn) => limits.parent(taskArn) }),
      })
      return createBody(task, container)
    },
    attributes: [
      ...capabilities({
        config,
        info,
        runtimeName: runtime.name,
        hasTaskLimits: limits !== undefined,
        hasLogRouting: routers !== undefined,
        uselessLoggingDrivers: uselessLoggingDrivers(isLocal, logRelay !== undefined),
        taskRoles,
      }),
      ...platformAttributes(config, info),
    ],
    startImageCleanup: (tasks) => {
      cleanup ??= new ImageCleanup({
        ...shared,
        imagesInUse: () => imagesOf(tasks()),
        ...(config.untrackedImageCleanup && { untracked: untrackedCleanup(shared) }),
      })
    },
    close: () => {
      cleanup?.close()
      ownRegistry.close()
      runtime.close()
    },
  }
}

/** Docker has all of its drivers everywhere. */
const uselessLoggingDrivers = (isLocal: boolean, hasRelay: boolean): ReadonlySet<string> =>
  new Set([...(hasRelay ? [] : ['awslogs']), ...(isLocal && !existsSync(JOURNAL_SOCKET) ? ['journald'] : [])])

/** Where systemd's journal takes lines. */
const JOURNAL_SOCKET = '/run/systemd/journal/socket'

/** References of all containers that are not removed yet. */
const imagesOf = (tasks: Iterable<EngineTask>): ReadonlySet<string> => {
  const references = new Set<string>()
  for (const { containers } of tasks) {
    for (const { removed, definition } of containers) if (!removed) references.add(definition.image)
  }
  return references
}
