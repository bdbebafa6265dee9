/**
 * A whole installation in memory, under a clock that stands still: the control plane with its gateway, store and controllers, real agents
 * with simulated containers, and a client. What the parts say to each other is encoded and decoded as in production; only the wires are
 * missing. Every answer is checked against its model.
 */
import { readdirSync } from 'node:fs'
import path from 'node:path'
import type { Task } from '@aws-sdk/client-ecs'
import { seededSealer } from './fakes/seeded-sealer.ts'
import { ManualClock, settle } from '../src/kit/clock.ts'
import { SeededIds } from '../src/kit/ids.ts'
import { type Log, silentLog } from '../src/kit/log.ts'
import { bootstrap } from '../src/roles/bootstrap.ts'
import { ControlPlane } from '../src/roles/control-plane.ts'
import { type Journal, MemoryJournal } from '../src/store/journal/journal.ts'
import { MemoryMetricStore } from '../src/store/metrics/memory-metric-store.ts'
import type { MetricStore } from '../src/store/metrics/metric-store.ts'
import type { TargetHealthBook } from '../src/store/load-balancing/target-health-book.ts'
import { Store } from '../src/store/store.ts'
import type { WireRequest, WireResponse } from '../src/wire/protocol.ts'
import { UNREACHABLE } from './fakes/agent-wire.ts'
import { FakeBalancer, type FakeSurroundings } from './fakes/fake-balancer.ts'
import { WorldAgent } from './world-agent.ts'
import { callGateway, type InputOf, type OperationName, type OutputOf } from './world-call.ts'
import { passingStores } from './passing-stores.ts'

/** What a server loads at its first call must not come at a time of its own here. */
await import('../src/agentlink/balancer-server.ts')
await import('../src/controllers/load-balancing/balancer-hub.ts')
const OPERATIONS = path.join(import.meta.dirname, '..', 'src', 'services', 'ecs', 'operations')
for (const file of readdirSync(OPERATIONS)) if (!file.endsWith('.test.ts')) await import(path.join(OPERATIONS, file))

const ACCOUNT = '000000000000'
const REGION = 'us-east-1'
const ENDPOINT = 'http://longshore.test:4566'
/** Turns of the event loop in which everything has happened that needs no time. */
const TURNS_TO_REST = 20
/** How far time goes on before everything may come to rest again. */
const STRIDE_MS = 1000

export interface WorldOptions {
  readonly clock?: ManualClock
  /** What every control plane keeps its state on. */
  readonly disk?: Journal
  /** Of the control plane. */
  readonly log?: Log
  /** Hears of the store of each control plane before anything is done with it. */
  readonly onStore?: (store: Store) => void
  /** Hears of what each control plane learns of targets. */
  readonly onTargetHealth?: (targetHealth: TargetHealthBook) => void
}

export class World {
  readonly clock: ManualClock
  readonly ids: SeededIds
  readonly agents: WorldAgent[] = []
  readonly balancers: FakeBalancer[] = []
  /** Of all lives of the control plane. */
  readonly metrics: MetricStore
  readonly #disk: Journal
  readonly #log: Log
  readonly #onStore: (store: Store) => void
  readonly #onTargetHealth: (targetHealth: TargetHealthBook) => void
  #controlPlane: ControlPlane | undefined
  #store: Store | undefined
  #lives = 0
  /** Those who wait for an answer. */
  readonly #waiting = new Set<(error: Error) => void>()

  constructor(seed: number, options: WorldOptions = {}) {
    const { clock = new ManualClock(), disk = new MemoryJournal(), log = silentLog, onStore = () => {} } = options
    this.ids = new SeededIds(seed)
    this.clock = clock
    this.metrics = new MemoryMetricStore(clock)
    this.#disk = disk
    this.#log = log
    this.#onStore = onStore
    this.#onTargetHealth = options.onTargetHealth ?? (() => {})
  }

  get isRunning(): boolean {
    return this.#controlPlane !== undefined
  }

  get store(): Store {
    if (this.#store === undefined) throw new Error('the control plane does not run')
    return this.#store
  }

  /** Calls an operation, and lets everything happen that it brings about and that needs no time. Rejects with a `Refusal`. */
  async call<Name extends OperationName>(operation: Name, input: InputOf<Name>): Promise<OutputOf<Name>> {
    const answer = await this.ask(operation, input)
    await this.rest()
    return answer
  }

  /** Calls an operation. Rejects with a `Refusal`, or with another error if no answer came. */
  ask<Name extends OperationName>(operation: Name, input: InputOf<Name>): Promise<OutputOf<Name>> {
    return callGateway(this.#handle, operation, input)
  }

  /** Starts an agent in the cluster `default`; `config` are variables of `ecs.config`. */
  async addAgent(config: Readonly<Record<string, string>> = {}): Promise<WorldAgent> {
    const agent = await WorldAgent.start({
      clock: this.clock,
      ids: this.ids,
      region: REGION,
      endpoint: ENDPOINT,
      controlPlane: () => this.#controlPlane,
      handle: this.#handle,
      config,
    })
    this.agents.push(agent)
    await this.rest()
    return agent
  }

  /** Starts a balancer, which finds every target healthy unless told otherwise. */
  async addBalancer(surroundings: Partial<FakeSurroundings> = {}): Promise<FakeBalancer> {
    const { clock, ids } = this
    const balancer = new FakeBalancer({
      clock,
      ids,
      ...surroundings,
      connect: (open) => this.#controlPlane?.controllers.loadBalancing.connect(open) ?? false,
    })
    this.balancers.push(balancer)
    await this.rest()
    return balancer
  }

  /** What balancers say of targets. */
  get targetHealth(): TargetHealthBook {
    if (this.#controlPlane === undefined) throw new Error('the control plane does not run')
    return this.#controlPlane.targetHealth
  }

  async advance(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= STRIDE_MS) {
      await this.clock.advance(Math.min(STRIDE_MS, left))
      await this.rest()
    }
  }

  /** Lets everything happen that needs no time. */
  async rest(): Promise<void> {
    for (let turn = 0; turn < TURNS_TO_REST; turn++) await settle()
  }

  /** All tasks of the cluster `default` that can be described, those that are to run first. */
  async tasks(): Promise<Task[]> {
    const tasks: Task[] = []
    for (const desiredStatus of ['RUNNING', 'STOPPED'] as const) {
      let nextToken: string | undefined
      do {
        const listed = await this.call('ListTasks', { desiredStatus, nextToken })
        nextToken = listed.nextToken
        const arns = listed.taskArns ?? []
        if (arns.length > 0) tasks.push(...((await this.call('DescribeTasks', { tasks: arns })).tasks ?? []))
      } while (nextToken !== undefined)
    }
    return tasks
  }

  /** The task as it is now. */
  async task({ taskArn = '' }: Task): Promise<Task> {
    const { tasks = [] } = await this.call('DescribeTasks', { tasks: [taskArn] })
    const [task] = tasks
    if (task === undefined) throw new Error(`there is no task ${taskArn}`)
    return task
  }

  /** kill -9: connections break, and what was not durable is gone. */
  killControlPlane(): void {
    const killed = this.#controlPlane
    this.#lives++
    this.#controlPlane = undefined
    this.#store = undefined
    for (const { wire } of [...this.agents, ...this.balancers]) wire.dropConnections()
    for (const reject of this.#waiting) reject(new Error(UNREACHABLE))
    this.#waiting.clear()
    void killed?.stop()
  }

  /** From what the last one had made durable, if there was one. */
  async startControlPlane(): Promise<void> {
    const { clock, ids } = this
    const store = await Store.open(this.#journal(), (error) => {
      throw error
    })
    this.#onStore(store)
    const common = { store, clock, ids, account: ACCOUNT, region: REGION }
    const { keys } = await bootstrap({ ...common, sealer: seededSealer, cluster: 'default' })
    const controlPlane = new ControlPlane({
      ...common,
      ...passingStores(clock),
      log: this.#log,
      isDev: true,
      endpoint: ENDPOINT,
      keys,
      metrics: this.metrics,
      isChecking: true,
    })
    this.#store = store
    this.#controlPlane = controlPlane
    this.#onTargetHealth(controlPlane.targetHealth)
    await controlPlane.start()
    await controlPlane.controllers.loadBalancing.load()
    await this.rest()
  }

  /** A request to the gateway. Rejects if there is none, or if it dies before it has answered. */
  readonly #handle = (request: WireRequest): Promise<WireResponse> => {
    const controlPlane = this.#controlPlane
    if (controlPlane === undefined) return Promise.reject(new Error(UNREACHABLE))
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject)
      const forget = (): void => void this.#waiting.delete(reject)
      controlPlane.gateway.handle(request).then(resolve, reject).then(forget, forget)
    })
  }

  /** Of one life of the control plane: who is dead writes no more. */
  #journal(): Journal {
    const life = ++this.#lives
    return {
      load: (visit) => this.#disk.load(visit),
      append: (entries) => (life === this.#lives ? this.#disk.append(entries) : new Promise(() => {})),
      close: () => {},
    }
  }
}

/** A control plane with that many agents, all of them connected. */
export const world = async ({ seed = 1, agents = 1 } = {}): Promise<World> => {
  const made = new World(seed)
  await made.startControlPlane()
  for (let count = 0; count < agents; count++) await made.addAgent()
  return made
}
