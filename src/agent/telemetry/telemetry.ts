/**
 * Samples what containers use and publishes it, their health and the instance's, every 20 seconds for as long as there is a session. A health
 * that changes is published at once: deployments wait for it.
 */
import type { TaskMetric, TelemetryRequest } from '../../agentlink/tcs-messages.ts'
import type { Clock, Timer } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import type { Log } from '../../kit/log.ts'
import type { TaskEngine } from '../engine/engine.ts'
import { type EngineContainer, type EngineTask, isStopped } from '../engine/task.ts'
import { type ContainerRuntime, type ContainerStats, RuntimeError } from '../runtime.ts'
import { ContainerUsage } from './container-usage.ts'
import type { InstanceHealth } from './instance-health.ts'
import type { KernelStats } from './kernel-stats.ts'
import { healthRequests, metricsRequests, type Sender, taskHealth, taskMetric } from './messages.ts'

export interface TelemetryOptions {
  readonly engine: TaskEngine
  readonly runtime: ContainerRuntime
  readonly health: InstanceHealth
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly cluster: string
  readonly containerInstanceArn: string
  /** Publish no statistics of containers; the rest goes on. */
  readonly disableMetrics: boolean
  /** Where the runtime need not be asked. */
  readonly kernelStats?: () => Promise<Pick<KernelStats, 'stats' | 'forget'>>
  /** Between two samples of a container. */
  readonly sampleMs: number
  /** False if there is no session. */
  readonly publish: (request: TelemetryRequest) => boolean
}

const PUBLISH_MS = 20_000
/** Changes of health within that time go out together. */
const HEALTH_DELAY_MS = 100
/** Questions for statistics that the runtime gets at once. */
const SAMPLES_AT_ONCE = 8

export class Telemetry {
  readonly #options: TelemetryOptions
  /** By the container's id in the runtime. */
  readonly #usage = new Map<string, ContainerUsage>()
  readonly #timers = new Map<'sample' | 'publish' | 'health', Timer>()
  /** ARNs of tasks whose health has changed since it was published. */
  readonly #changed = new Set<string>()
  #kernelStats: Pick<KernelStats, 'stats' | 'forget'> | undefined
  #isSampling = false
  #isStopped = false

  constructor(options: TelemetryOptions) {
    this.#options = options
  }

  start(): void {
    if (!this.#options.disableMetrics) this.#every('sample', this.#options.sampleMs, () => void this.sample())
    this.#every('publish', PUBLISH_MS, () => this.publish())
    this.#options.engine.listen((after, before) => {
      if (after !== undefined && before !== undefined && isHealthChange(after, before)) this.#noteHealth(after)
    })
  }

  stop(): void {
    this.#isStopped = true
    for (const timer of this.#timers.values()) timer.cancel()
  }

  /** Takes a sample of every running container. */
  async sample(): Promise<void> {
    if (this.#isSampling) return
    this.#isSampling = true
    const waiting = [...this.#options.engine.tasks()].flatMap((task) => task.containers.filter(isRunning))
    this.#forgetOthers(waiting)
    if (waiting.length > 0) this.#kernelStats ??= await this.#options.kernelStats?.()
    const worker = async (): Promise<void> => {
      for (let next = waiting.pop(); next !== undefined && !this.#isStopped; next = waiting.pop()) {
        await this.#sampleOne(next)
      }
    }
    await Promise.all(Array.from({ length: SAMPLES_AT_ONCE }, worker))
    this.#isSampling = false
  }

  /** The newest sample of a container, if it runs and has any. */
  lastSample(dockerId: string): ContainerStats | undefined {
    return this.#usage.get(dockerId)?.last
  }

  publish(): void {
    const { engine, health, ids, clock, cluster, containerInstanceArn, publish } = this.#options
    const tasks = [...engine.tasks()].filter((task) => !isStopped(task))
    for (const request of this.#metrics(tasks, this.#sender())) publish(request)
    this.#publishHealth(tasks)
    const statuses = health.untold()
    if (statuses.length === 0) return
    const metadata = { cluster, containerInstance: containerInstanceArn, requestId: ids.uuid() }
    const timestamp = clock.now() / 1000
    if (publish({ type: 'PublishInstanceStatusRequest', message: { metadata, statuses, timestamp } })) health.told()
  }

  #sender(): Sender {
    const { cluster, containerInstanceArn: containerInstance, ids, clock } = this.#options
    return { cluster, containerInstance, messageId: ids.uuid(), timestamp: clock.now() / 1000 }
  }

  #publishHealth(tasks: readonly EngineTask[]): void {
    const healths = tasks.map(taskHealth).filter((entry) => entry !== undefined)
    for (const request of healthRequests(this.#sender(), healths)) this.#options.publish(request)
  }

  #noteHealth({ arn }: EngineTask): void {
    if (this.#isStopped) return
    if (this.#changed.size === 0)
      this.#timers.set(
        'health',
        this.#options.clock.setTimer(HEALTH_DELAY_MS, () => this.#publishChanged()),
      )
    this.#changed.add(arn)
  }

  #publishChanged(): void {
    const tasks = [...this.#changed].map((arn) => this.#options.engine.task(arn))
    this.#changed.clear()
    this.#publishHealth(tasks.filter((task) => task !== undefined))
  }

  /** Nothing while there are containers but no statistics of them yet. */
  #metrics(tasks: readonly EngineTask[], sender: Sender): TelemetryRequest[] {
    const hasContainers = tasks.some((task) => task.containers.length > 0)
    if (!hasContainers || this.#options.disableMetrics) return metricsRequests(sender, [])
    const metrics = tasks.map((task) => this.#metricOf(task)).filter((metric) => metric !== undefined)
    return metrics.length === 0 ? [] : metricsRequests(sender, metrics)
  }

  #metricOf(task: EngineTask): TaskMetric | undefined {
    const hasNetwork = task.definition.networkMode !== 'host' && task.definition.networkMode !== 'none'
    const metricOf = ({ dockerId = '', definition, restartCount }: EngineContainer) =>
      this.#usage.get(dockerId)?.take(hasNetwork, definition.restartPolicy?.enabled === true ? restartCount : undefined)
    return taskMetric(task, metricOf)
  }

  async #sampleOne({ dockerId, startedAt, restartCount }: RunningContainer): Promise<void> {
    const { runtime } = this.#options
    try {
      const run = `${startedAt}/${restartCount}`
      const stats = (await this.#kernelStats?.stats({ dockerId, run })) ?? (await runtime.stats(dockerId))
      const usage = this.#usage.get(dockerId) ?? new ContainerUsage(restartCount)
      this.#usage.set(dockerId, usage)
      usage.add(stats)
    } catch (error) {
      // A container that has just ended has no statistics; the next sample does without it.
      if (!(error instanceof RuntimeError)) throw error
      this.#options.log.debug('no statistics', { runtimeId: dockerId, error: error.message })
    }
  }

  #forgetOthers(running: readonly { readonly dockerId: string }[]): void {
    const ids = new Set(running.map(({ dockerId }) => dockerId))
    for (const id of this.#usage.keys()) {
      if (ids.has(id)) continue
      this.#usage.delete(id)
      this.#kernelStats?.forget(id)
    }
  }

  #every(name: 'sample' | 'publish', periodMs: number, action: () => void): void {
    const again = (): void => {
      if (this.#isStopped) return
      this.#timers.set(name, this.#options.clock.setTimer(periodMs, again))
      action()
    }
    this.#timers.set(name, this.#options.clock.setTimer(periodMs, again))
  }
}

const isHealthChange = (after: EngineTask, before: EngineTask): boolean =>
  after.containers.some(
    ({ health }, index) => (health?.status ?? 'UNKNOWN') !== (before.containers[index]?.health?.status ?? 'UNKNOWN'),
  )

type RunningContainer = EngineContainer & { readonly dockerId: string }

const isRunning = (container: EngineContainer): container is RunningContainer =>
  container.knownStatus === 'RUNNING' && container.dockerId !== undefined && !container.restartPending
