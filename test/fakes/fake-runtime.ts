/**
 * A container runtime for tests: simulated containers behind calls that fail, hang or lose their answers when they are told to, and an
 * engine that goes away and comes back. It counts what matters for "nothing runs twice": how often each container was started.
 */
import type { Clock } from '../../src/kit/clock.ts'
import {
  type ContainerCreateBody,
  type ContainerRuntime,
  type ContainerState,
  type ContainerStats,
  type ExecRequest,
  type ListedContainer,
  type LocalImage,
  type LocalVolume,
  type RunningExec,
  RuntimeError,
  type RuntimeErrorKind,
  type RuntimeEvent,
  type RuntimeInfo,
} from '../../src/agent/runtime.ts'
import { SimulatedRuntime, type SimulatedRuntimeOptions } from '../../src/agent/simulated/simulated-runtime.ts'

export type FakeCall =
  | 'create'
  | 'start'
  | 'stop'
  | 'remove'
  | 'inspect'
  | 'list'
  | 'createVolume'
  | 'removeVolume'
  | 'exec'

type Labels = Readonly<Record<string, string>>

/** `before`: the call has no effect. `after`: it has, but the caller is told otherwise. */
interface Fault {
  readonly when: 'before' | 'after'
  readonly error: RuntimeError
}

interface Subscription {
  readonly labels: Labels
  readonly onEvent: (event: RuntimeEvent) => void
  readonly onConnected: () => void
  stream: { close(): void } | undefined
}

const DOWN = 'Cannot connect to the Docker daemon'

export class FakeRuntime implements ContainerRuntime {
  readonly name = 'docker'
  /** Every call that had an effect, as `start <name>`. */
  readonly deeds: string[] = []
  /** What each container was created with, by its name. */
  readonly bodies = new Map<string, ContainerCreateBody>()
  /** How long each call takes, before it has its effect and after. */
  latencyMs: () => number = () => 0
  readonly #clock: Clock
  readonly #simulated: SimulatedRuntime
  readonly #faults = new Map<FakeCall, Fault[]>()
  readonly #hung = new Map<FakeCall, Array<() => void>>()
  readonly #names = new Map<string, string>()
  readonly #subscriptions = new Set<Subscription>()
  #isDown = false
  #isDeaf = false
  /** Called with each call before anything else happens; may throw or end the agent. */
  onCall: (call: FakeCall, when: 'before' | 'after') => void = () => {}

  constructor(options: Omit<SimulatedRuntimeOptions, 'cpus' | 'memoryMiB'>) {
    this.#clock = options.clock
    this.#simulated = new SimulatedRuntime({ ...options, cpus: 4, memoryMiB: 8192 })
  }

  // What a test tells it.

  failNext(call: FakeCall, kind: RuntimeErrorKind, message: string, when: Fault['when'] = 'before'): void {
    const faults = this.#faults.get(call) ?? []
    this.#faults.set(call, [...faults, { when, error: new RuntimeError(kind, message) }])
  }

  forgetFailures(): void {
    this.#faults.clear()
  }

  /** From now on such calls do not answer, until `release`. */
  hang(call: FakeCall): void {
    this.#hung.set(call, [])
  }

  release(call: FakeCall): void {
    const waiting = this.#hung.get(call) ?? []
    this.#hung.delete(call)
    for (const resume of waiting) resume()
  }

  /** Events are lost, though the stream stands. */
  loseEvents(isDeaf: boolean): void {
    this.#isDeaf = isDeaf
  }

  /** The engine is gone: calls fail, the event stream breaks, containers run on. */
  goDown(): void {
    this.#isDown = true
    for (const subscription of this.#subscriptions) {
      subscription.stream?.close()
      subscription.stream = undefined
    }
  }

  comeBack(): void {
    this.#isDown = false
    for (const subscription of this.#subscriptions) if (subscription.stream === undefined) this.#connect(subscription)
  }

  exit(name: string, exitCode: number, isOomKilled = false): void {
    this.#simulated.exit(name, exitCode, isOomKilled)
  }

  setHealth(name: string, status: 'healthy' | 'unhealthy', output = ''): void {
    this.#simulated.setHealth(name, status, output)
  }

  /** Somebody else removes the container. */
  async removeBehindTheBack(name: string): Promise<void> {
    await this.#simulated.remove(name)
  }

  /** Somebody else starts the container. */
  async startBehindTheBack(name: string): Promise<void> {
    await this.#simulated.start(name)
  }

  /** Containers with their states, whatever is down or hangs. */
  async containers(): Promise<readonly ContainerState[]> {
    const listed = await this.#simulated.list({})
    const states = await Promise.all(listed.map(({ id }) => this.#simulated.inspect(id)))
    return states.filter((state) => state !== undefined)
  }

  /** How often the container was started. */
  startsOf(name: string): number {
    return this.deeds.filter((deed) => deed === `start ${name}`).length
  }

  // The runtime.

  info(): Promise<RuntimeInfo> {
    return this.#isDown ? Promise.reject(new RuntimeError('unreachable', DOWN)) : this.#simulated.info()
  }

  ping(): Promise<void> {
    return this.#isDown ? Promise.reject(new RuntimeError('unreachable', DOWN)) : Promise.resolve()
  }

  remoteDigest(reference: string): Promise<string> {
    return this.#simulated.remoteDigest(reference)
  }

  pull(): Promise<void> {
    return this.#simulated.pull()
  }

  localImage(): Promise<LocalImage | undefined> {
    return this.#simulated.localImage()
  }

  tagImage(): Promise<void> {
    return this.#simulated.tagImage()
  }

  removeImage(): Promise<void> {
    return this.#simulated.removeImage()
  }

  createVolume(name: string, options: Parameters<ContainerRuntime['createVolume']>[1]): Promise<void> {
    return this.#call('createVolume', name, () => this.#simulated.createVolume(name, options))
  }

  inspectVolume(name: string): Promise<LocalVolume | undefined> {
    return this.#simulated.inspectVolume(name)
  }

  removeVolume(name: string): Promise<void> {
    return this.#call('removeVolume', name, () => this.#simulated.removeVolume(name))
  }

  create(name: string, body: ContainerCreateBody): Promise<string> {
    return this.#call('create', name, async () => {
      const id = await this.#simulated.create(name, body)
      this.#names.set(id, name)
      this.bodies.set(name, body)
      return id
    })
  }

  start(containerId: string): Promise<void> {
    return this.#call('start', this.#nameOf(containerId), () => this.#simulated.start(containerId))
  }

  stop(containerId: string, timeoutSeconds: number): Promise<void> {
    return this.#call('stop', this.#nameOf(containerId), () => this.#simulated.stop(containerId, timeoutSeconds))
  }

  remove(container: string): Promise<void> {
    return this.#call('remove', this.#nameOf(container), () => this.#simulated.remove(container))
  }

  inspect(container: string): Promise<ContainerState | undefined> {
    return this.#call('inspect', this.#nameOf(container), () => this.#simulated.inspect(container))
  }

  list(labels: Labels): Promise<readonly ListedContainer[]> {
    return this.#call('list', '', () => this.#simulated.list(labels))
  }

  stats(containerId: string): Promise<ContainerStats> {
    return this.#simulated.stats(containerId)
  }

  exec(containerId: string, request: ExecRequest): Promise<RunningExec> {
    return this.#call('exec', this.#nameOf(containerId), () => this.#simulated.exec(containerId, request))
  }

  endLeftExecs(): Promise<number> {
    return this.#simulated.endLeftExecs()
  }

  events(labels: Labels, onEvent: (event: RuntimeEvent) => void, onConnected: () => void): { close(): void } {
    const subscription: Subscription = { labels, onEvent, onConnected, stream: undefined }
    this.#subscriptions.add(subscription)
    if (!this.#isDown) this.#connect(subscription)
    return {
      close: () => {
        this.#subscriptions.delete(subscription)
        subscription.stream?.close()
      },
    }
  }

  close(): void {
    this.#simulated.close()
  }

  #connect(subscription: Subscription): void {
    const { labels, onEvent, onConnected } = subscription
    const hear = (event: RuntimeEvent): void => {
      if (!this.#isDeaf) onEvent(event)
    }
    subscription.stream = this.#simulated.events(labels, hear, onConnected)
  }

  #nameOf(container: string): string {
    return this.#names.get(container) ?? container
  }

  async #call<T>(call: FakeCall, name: string, act: () => Promise<T>): Promise<T> {
    this.onCall(call, 'before')
    const waiting = this.#hung.get(call)
    if (waiting !== undefined) await new Promise<void>((resolve) => waiting.push(resolve))
    await this.#takeTime()
    if (this.#isDown) throw new RuntimeError('unreachable', DOWN)
    const fault = this.#takeFault(call)
    if (fault?.when === 'before') throw fault.error
    const result = await act()
    if (call !== 'inspect' && call !== 'list') this.deeds.push(`${call} ${name}`)
    this.onCall(call, 'after')
    await this.#takeTime()
    if (this.#isDown) throw new RuntimeError('unreachable', DOWN)
    if (fault !== undefined) throw fault.error
    return result
  }

  async #takeTime(): Promise<void> {
    const latencyMs = this.latencyMs()
    if (latencyMs > 0) await this.#clock.sleep(latencyMs)
  }

  #takeFault(call: FakeCall): Fault | undefined {
    const [first, ...others] = this.#faults.get(call) ?? []
    this.#faults.set(call, others)
    return first
  }
}
