/** What is asked of the API, at random. Calls are begun and not waited for: others may be under way, and faults may come between. */
import type { Site } from '../site.ts'
import { DeploymentCalls } from './deployment-calls.ts'
import { InstanceCalls } from './instance-calls.ts'
import { ServiceCalls } from './service-calls.ts'
import { TaskCalls } from './task-calls.ts'
import { TaskSetCalls } from './task-set-calls.ts'

export class Traffic {
  readonly deployments: DeploymentCalls
  readonly instances: InstanceCalls
  readonly services: ServiceCalls
  readonly tasks: TaskCalls
  readonly taskSets: TaskSetCalls
  readonly #site: Site
  readonly #kinds: readonly { readonly name: string; readonly weight: number; readonly call: () => Promise<unknown> }[]
  /** That were begun. */
  calls = 0
  readonly #underWay = new Set<Promise<unknown>>()

  constructor(site: Site) {
    this.#site = site
    const { weightOf } = site.scenario
    const tasks = (this.tasks = new TaskCalls(site))
    const services = (this.services = new ServiceCalls(site, tasks))
    const instances = (this.instances = new InstanceCalls(site))
    const deployments = (this.deployments = new DeploymentCalls(site))
    const taskSets = (this.taskSets = new TaskSetCalls(site, tasks))
    this.#kinds = [
      { name: 'register', weight: 2, call: () => tasks.register() },
      { name: 'run', weight: weightOf('run'), call: () => tasks.run() },
      { name: 'start', weight: weightOf('start') / 3, call: () => tasks.start() },
      { name: 'stop', weight: weightOf('stop'), call: () => tasks.stop() },
      { name: 'create', weight: 6, call: () => services.create() },
      { name: 'scale', weight: weightOf('scale') * 2, call: () => services.scale() },
      { name: 'deploy', weight: weightOf('deploy') * 2, call: () => services.deploy() },
      { name: 'redeploy', weight: weightOf('redeploy'), call: () => services.redeploy() },
      { name: 'remove', weight: weightOf('remove') / 2, call: () => services.remove() },
      { name: 'stop deployment', weight: weightOf('stop deployment') / 2, call: () => deployments.stop() },
      { name: 'decide', weight: weightOf('decide') / 2, call: () => deployments.decide() },
      { name: 'protect', weight: weightOf('protect'), call: () => deployments.protect() },
      { name: 'external', weight: weightOf('external') * 2, call: () => taskSets.change() },
      { name: 'describe', weight: 1, call: () => services.describe() },
      { name: 'drain', weight: weightOf('drain') / 2, call: () => instances.drain() },
      { name: 'activate', weight: weightOf('drain') / 2, call: () => instances.activate() },
      { name: 'deregister', weight: weightOf('deregister') / 10, call: () => instances.deregister() },
    ]
  }

  /** Begins a call or a few. */
  step(): void {
    const { chance, world } = this.#site
    if (!world.isRunning) return
    for (let count = chance.is(0.2) ? chance.int(2, 5) : 1; count > 0; count--) this.#begin()
  }

  /** Whether calls have not been answered or given up. */
  get isUnderWay(): boolean {
    return this.#underWay.size > 0
  }

  /** Users take back what keeps the world from coming to rest. */
  repair(): void {
    this.#track(this.#repair())
  }

  /** Users look after what waits for them. */
  lookAfter(): void {
    if (this.deployments.isAwaited) this.#track(this.deployments.carryOn())
  }

  async #repair(): Promise<void> {
    await this.instances.repair()
    await this.deployments.repair()
    await this.taskSets.repair()
    await this.services.repair()
  }

  #begin(): void {
    const call = this.#site.chance.weighted(this.#kinds)?.call()
    if (call !== undefined) this.#track(call)
  }

  #track(call: Promise<unknown>): void {
    this.calls++
    this.#underWay.add(call)
    call
      .catch((error: unknown) => this.#site.report(`the simulation itself failed: ${String(error)}`))
      .finally(() => this.#underWay.delete(call))
  }
}
