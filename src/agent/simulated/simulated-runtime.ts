/**
 * A container runtime without containers: they start, answer health checks, stop and exit as their labels tell them. For scale tests and
 * for users' tests without Docker. What happens, and when, depends on nothing but the calls and the clock.
 */
import type { Clock } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import { LOGGING_DRIVERS } from '../config/settings.ts'
import {
  type ContainerCreateBody,
  type ContainerRuntime,
  type ContainerState,
  type ContainerStats,
  type ExecRequest,
  type ListedContainer,
  type LocalImage,
  type LocalVolume,
  RuntimeError,
  type RuntimeEvent,
  type RuntimeInfo,
  type RunningExec,
} from '../runtime.ts'
import { type Labels, orderFailure, orderFlag, orderNumber } from './orders.ts'
import { hostConfigOf, KILLED, SimulatedContainer } from './simulated-container.ts'
import { SimulatedExec } from './simulated-exec.ts'
import { SimulatedPorts, type WantedBindings } from './simulated-ports.ts'

export interface SimulatedRuntimeOptions {
  readonly clock: Clock
  readonly ids: Ids
  /** The host that is simulated. */
  readonly cpus: number
  readonly memoryMiB: number
}

interface Subscriber {
  readonly labels: Labels
  readonly onEvent: (event: RuntimeEvent) => void
}

/** 128 + SIGTERM: what a process that has no handler for the signal exits with. */
const TERMINATED = 143

const hasLabels = (labels: Labels, wanted: Labels): boolean =>
  Object.entries(wanted).every(([name, value]) => labels[name] === value)

export class SimulatedRuntime implements ContainerRuntime {
  readonly name = 'simulated'
  readonly #options: SimulatedRuntimeOptions
  readonly #containers = new Map<string, SimulatedContainer>()
  readonly #idsByName = new Map<string, string>()
  readonly #volumes = new Map<string, LocalVolume>()
  readonly #subscribers = new Set<Subscriber>()
  readonly #ports = new SimulatedPorts()
  /** Programs that run beside the containers' own, by the container's id. */
  readonly #execs = new Map<string, Set<SimulatedExec>>()

  constructor(options: SimulatedRuntimeOptions) {
    this.#options = options
  }

  async info(): Promise<RuntimeInfo> {
    return {
      version: 'simulated',
      apiVersion: '1.41',
      cpus: this.#options.cpus,
      memoryMiB: this.#options.memoryMiB,
      operatingSystem: 'simulated',
      architecture: process.arch === 'arm64' ? 'arm64' : 'x86_64',
      cgroupVersion: '2',
      loggingDrivers: LOGGING_DRIVERS.filter((driver) => driver !== 'awsfirelens'),
      volumePlugins: ['local'],
    }
  }

  async ping(): Promise<void> {}

  async remoteDigest(reference: string): Promise<string> {
    throw new RuntimeError('not-found', `no registry is simulated for ${reference}`)
  }

  async pull(): Promise<void> {}

  /** Every image is there already. */
  async localImage(): Promise<LocalImage> {
    return { id: 'sha256:simulated', repoDigests: [] }
  }

  async tagImage(): Promise<void> {}

  async removeImage(): Promise<void> {}

  async createVolume(name: string, options: Parameters<ContainerRuntime['createVolume']>[1]): Promise<void> {
    const { driver = 'local', driverOpts = {}, labels = {} } = options
    this.#volumes.set(name, { name, driver, mountpoint: `/simulated/volumes/${name}`, driverOpts, labels })
  }

  async inspectVolume(name: string): Promise<LocalVolume | undefined> {
    return this.#volumes.get(name)
  }

  async removeVolume(name: string): Promise<void> {
    if (!this.#volumes.delete(name)) throw new RuntimeError('not-found', `no such volume: ${name}`)
  }

  async create(name: string, body: ContainerCreateBody): Promise<string> {
    const failure = orderFailure(body.Labels, 'fail-create', 'simulated failure of create')
    if (failure !== undefined) throw new RuntimeError('refused', failure)
    const owner = this.#idsByName.get(name)
    if (owner !== undefined) {
      throw new RuntimeError(
        'conflict',
        `Conflict. The container name "/${name}" is already in use by container "${owner}".`,
      )
    }
    const id = this.#options.ids.hex32() + this.#options.ids.hex32()
    const tell = (container: SimulatedContainer, action: RuntimeEvent['action']): void => this.#tell(container, action)
    this.#containers.set(id, new SimulatedContainer({ id, name, body }, this.#options.clock, tell))
    this.#idsByName.set(name, id)
    return id
  }

  async start(containerId: string): Promise<void> {
    const container = this.#require(containerId)
    const delayMs = orderNumber(container.labels, 'start-delay-milliseconds')
    if (delayMs !== undefined) await this.#options.clock.sleep(delayMs)
    if (this.#require(containerId).status === 'running') return
    try {
      const failure = orderFailure(container.labels, 'fail-start', 'simulated failure of start')
      if (failure !== undefined) throw new RuntimeError('refused', failure)
      const wanted = hostConfigOf(container.body).PortBindings as WantedBindings | undefined
      container.run(wanted === undefined ? [] : this.#ports.take(wanted))
    } catch (error) {
      container.refuseStart(error instanceof Error ? error.message : String(error))
      throw error
    }
  }

  async stop(containerId: string, timeoutSeconds: number): Promise<void> {
    const container = this.#require(containerId)
    if (container.status !== 'running') return
    const isDeaf = orderFlag(container.labels, 'ignore-stop')
    if (isDeaf) await this.#options.clock.sleep(timeoutSeconds * 1000)
    this.exit(containerId, isDeaf ? KILLED : TERMINATED)
  }

  async remove(container: string): Promise<void> {
    const found = this.#find(container)
    if (found === undefined) return
    this.exit(found.id, KILLED)
    found.vanish()
    this.#containers.delete(found.id)
    this.#idsByName.delete(found.name)
    this.#tell(found, 'destroy')
  }

  async inspect(container: string): Promise<ContainerState | undefined> {
    return this.#find(container)?.state()
  }

  async list(labels: Labels): Promise<readonly ListedContainer[]> {
    return [...this.#containers.values()].filter((container) => hasLabels(container.labels, labels))
  }

  async stats(containerId: string): Promise<ContainerStats> {
    return this.#require(containerId).stats()
  }

  async exec(containerId: string, request: ExecRequest): Promise<RunningExec> {
    const { id, status } = this.#require(containerId)
    if (status !== 'running') throw new RuntimeError('conflict', `Container ${id} is not running`)
    const execs = this.#execs.get(id) ?? new Set()
    this.#execs.set(id, execs)
    const exec = new SimulatedExec(request, this.#options.clock, (ended) => execs.delete(ended))
    if (exec.isRunning) execs.add(exec)
    return exec
  }

  /** They are gone with the process that simulated them. */
  async endLeftExecs(): Promise<number> {
    return 0
  }

  events(labels: Labels, onEvent: (event: RuntimeEvent) => void, onConnected: () => void): { close(): void } {
    const subscriber = { labels, onEvent }
    this.#subscribers.add(subscriber)
    queueMicrotask(() => {
      if (this.#subscribers.has(subscriber)) onConnected()
    })
    return { close: () => void this.#subscribers.delete(subscriber) }
  }

  close(): void {
    this.#subscribers.clear()
    for (const container of this.#containers.values()) container.vanish()
  }

  /** Every container, as it is at this moment. */
  containers(): readonly SimulatedContainer[] {
    return [...this.#containers.values()]
  }

  /** The container's process ends by itself. */
  exit(containerId: string, exitCode: number, isOomKilled = false): void {
    this.#require(containerId).exit(exitCode, isOomKilled)
  }

  /** Its health check comes to another result. */
  setHealth(containerId: string, status: 'healthy' | 'unhealthy', output = ''): void {
    this.#require(containerId).setHealth(status, output)
  }

  #find(container: string): SimulatedContainer | undefined {
    return this.#containers.get(container) ?? this.#containers.get(this.#idsByName.get(container) ?? '')
  }

  #require(container: string): SimulatedContainer {
    const found = this.#find(container)
    if (found === undefined) throw new RuntimeError('not-found', `No such container: ${container}`)
    return found
  }

  #tell(container: SimulatedContainer, action: RuntimeEvent['action']): void {
    if (action === 'die') {
      this.#ports.release(container.ports)
      for (const exec of this.#execs.get(container.id) ?? []) exec.end(KILLED)
      this.#execs.delete(container.id)
    }
    const event = { containerId: container.id, action, labels: container.labels }
    for (const { labels, onEvent } of this.#subscribers) if (hasLabels(container.labels, labels)) onEvent(event)
  }
}
