/**
 * One simulated container: a record and at most two timers, so that a process holds a hundred thousand of them. It behaves as its labels
 * tell it; the runtime that holds it is told when it starts, dies or changes its health.
 */
import type { Clock, Timer } from '../../kit/clock.ts'
import { isoText } from '../../kit/timestamps.ts'
import type { ContainerCreateBody, ContainerState, ContainerStats, PortBinding, RuntimeEvent } from '../runtime.ts'
import { healthPlan } from './simulated-health.ts'
import { orderNumber, type Labels } from './orders.ts'

const NO_PORTS: readonly PortBinding[] = []
const BRIDGE = [{ name: 'bridge', ipv4Address: '172.17.0.2' }] as const
const NO_NETWORKS: ContainerState['networks'] = []
const DEFAULT_CPU_PERCENT = 1
const DEFAULT_MEMORY_MEBIBYTES = 8
const MEBIBYTE = 1024 * 1024
export const KILLED = 137

type Health = Exclude<ContainerState['health'], undefined>

export class SimulatedContainer {
  readonly id: string
  readonly name: string
  readonly image: string
  readonly labels: Labels
  readonly body: ContainerCreateBody
  readonly #clock: Clock
  readonly #tell: (container: SimulatedContainer, action: RuntimeEvent['action']) => void
  readonly #createdAt: number
  status: 'created' | 'running' | 'exited' = 'created'
  ports: readonly PortBinding[] = NO_PORTS
  #startedAt: number | undefined
  #finishedAt: number | undefined
  #exitCode: number | undefined
  #isOomKilled = false
  #error = ''
  #health: Health | undefined
  #end: Timer | undefined
  #healthTimer: Timer | undefined

  constructor(
    { id, name, body }: { readonly id: string; readonly name: string; readonly body: ContainerCreateBody },
    clock: Clock,
    tell: (container: SimulatedContainer, action: RuntimeEvent['action']) => void,
  ) {
    this.id = id
    this.name = name
    this.image = body.Image
    this.labels = body.Labels
    this.body = body
    this.#clock = clock
    this.#tell = tell
    this.#createdAt = clock.now()
  }

  run(ports: readonly PortBinding[]): void {
    this.status = 'running'
    this.ports = ports
    this.#startedAt = this.#clock.now()
    this.#exitCode = undefined
    this.#finishedAt = undefined
    this.#isOomKilled = false
    this.#error = ''
    this.#tell(this, 'start')
    this.#scheduleEnd()
    this.#followHealth(0)
  }

  /** It was told to start and could not. */
  refuseStart(error: string): void {
    this.#error = error
  }

  exit(exitCode: number, isOomKilled = false): void {
    if (this.status !== 'running') return
    this.#end?.cancel()
    this.#healthTimer?.cancel()
    this.status = 'exited'
    this.#exitCode = exitCode
    this.#isOomKilled = isOomKilled
    this.#finishedAt = this.#clock.now()
    if (isOomKilled) this.#tell(this, 'oom')
    this.#tell(this, 'die')
    this.ports = NO_PORTS
  }

  setHealth(status: Health['status'], output = ''): void {
    if (this.status !== 'running') return
    const exitCode = status === 'unhealthy' ? 1 : 0
    this.#health = { status, output, exitCode, since: isoText(this.#clock.now()) }
    this.#tell(this, 'health_status')
  }

  state(): ContainerState {
    const isHost = hostConfigOf(this.body).NetworkMode === 'host'
    return {
      id: this.id,
      name: this.name,
      image: this.image,
      imageId: 'sha256:simulated',
      labels: this.labels,
      status: this.status,
      oomKilled: this.#isOomKilled,
      error: this.#error,
      createdAt: isoText(this.#createdAt),
      ...(this.#exitCode !== undefined && { exitCode: this.#exitCode }),
      ...(this.#startedAt !== undefined && { startedAt: isoText(this.#startedAt) }),
      ...(this.#finishedAt !== undefined && { finishedAt: isoText(this.#finishedAt) }),
      ...(this.#health !== undefined && { health: this.#health }),
      ports: this.ports,
      networks: isHost || this.status !== 'running' ? NO_NETWORKS : BRIDGE,
      mounts: [],
    }
  }

  /** CPU time grows with the time that it runs; everything else stands still. */
  stats(): ContainerStats {
    const now = this.#clock.now()
    const cpuShare = (orderNumber(this.labels, 'cpu-percent') ?? DEFAULT_CPU_PERCENT) / 100
    const mebibytes = orderNumber(this.labels, 'memory-mebibytes') ?? DEFAULT_MEMORY_MEBIBYTES
    return {
      readAt: now,
      cpuTotalNanoseconds: Math.round((now - (this.#startedAt ?? now)) * 1e6 * cpuShare),
      onlineCpus: 1,
      memoryBytes: mebibytes * MEBIBYTE,
      network: NO_TRAFFIC,
      storageReadBytes: 0,
      storageWriteBytes: 0,
    }
  }

  /** It is removed: nothing of it may happen any more. */
  vanish(): void {
    this.#end?.cancel()
    this.#healthTimer?.cancel()
  }

  #scheduleEnd(): void {
    const oom = orderNumber(this.labels, 'out-of-memory-after-seconds')
    const exit = orderNumber(this.labels, 'exit-after-seconds')
    if (oom !== undefined && oom <= (exit ?? Infinity)) {
      this.#end = this.#clock.setTimer(oom * 1000, () => this.exit(KILLED, true))
    } else if (exit !== undefined) {
      this.#end = this.#clock.setTimer(exit * 1000, () => this.exit(orderNumber(this.labels, 'exit-code') ?? 0))
    }
  }

  #followHealth(probe: number): void {
    const plan = healthPlan(this.body, this.labels)
    if (plan === undefined) return
    if (probe === 0) this.#health = { status: 'starting', output: '', since: isoText(this.#clock.now()) }
    const next = plan(probe)
    if (next === undefined) return
    this.#healthTimer = this.#clock.setTimer(next.afterMs, () => {
      this.setHealth(next.status)
      this.#followHealth(probe + 1)
    })
  }
}

const NO_TRAFFIC: ContainerStats['network'] = {
  rxBytes: 0,
  rxPackets: 0,
  rxErrors: 0,
  rxDropped: 0,
  txBytes: 0,
  txPackets: 0,
  txErrors: 0,
  txDropped: 0,
}

export const hostConfigOf = (body: ContainerCreateBody): Readonly<Record<string, unknown>> =>
  (body.HostConfig as Readonly<Record<string, unknown>> | undefined) ?? {}
