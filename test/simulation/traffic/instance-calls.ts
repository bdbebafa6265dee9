/** What operators do with container instances: drain them, take them back, and deregister them. */
import { containerInstanceArn } from '../../../src/model/arn.ts'
import { Promised } from '../ledger.ts'
import type { Site } from '../site.ts'
import { attempt } from './caller.ts'

type InstanceStatus = 'ACTIVE' | 'DRAINING' | 'INACTIVE'

export class InstanceCalls {
  readonly #site: Site

  constructor(site: Site) {
    this.#site = site
  }

  /** Never so many that services lack room. */
  async drain(): Promise<void> {
    const { scenario } = this.#site
    const draining = this.#inStatus('DRAINING')
    if (draining.length < scenario.hosts / 3)
      await this.#update(this.#site.chance.of(this.#inStatus('ACTIVE')), 'DRAINING')
  }

  async activate(): Promise<void> {
    await this.#update(this.#site.chance.of(this.#inStatus('DRAINING')), 'ACTIVE')
  }

  /** By force, with everything on it. Its agent comes back as another instance once its process is started again. */
  async deregister(): Promise<void> {
    const { world, chance } = this.#site
    const agent = chance.of(world.agents.filter(({ isRegistered }) => isRegistered))
    if (agent === undefined) return
    const arn = agent.containerInstanceArn
    const promised = this.#promised(arn)
    if (promised.isBusy || promised.last === 'INACTIVE') return
    promised.begin('INACTIVE')
    const input = { containerInstance: arn, force: true }
    const outcome = await attempt(this.#site, 'DeregisterContainerInstance', input)
    promised.settle(outcome.kind)
    if (outcome.kind === 'answered') agent.restart()
  }

  /** Everything that drains is to run again, and what was deregistered comes back as another instance. */
  async repair(): Promise<void> {
    for (const arn of this.#inStatus('DRAINING')) await this.#update(arn, 'ACTIVE')
    const { world } = this.#site
    const { containerInstances } = world.store.tables
    for (const agent of world.agents) {
      const isGone = agent.isRegistered && containerInstances.get(agent.containerInstanceId)?.status === 'INACTIVE'
      if (isGone) agent.restart()
    }
  }

  async #update(arn: string | undefined, status: 'ACTIVE' | 'DRAINING'): Promise<void> {
    if (arn === undefined) return
    const promised = this.#promised(arn)
    if (promised.isBusy) return
    promised.begin(status)
    const input = { containerInstances: [arn], status }
    promised.settle((await attempt(this.#site, 'UpdateContainerInstancesState', input)).kind)
  }

  #promised(arn: string): Promised<InstanceStatus> {
    const { instances } = this.#site.ledger
    let promised = instances.get(arn)
    if (promised === undefined) {
      promised = new Promised<InstanceStatus>('ACTIVE')
      promised.settle('answered')
      instances.set(arn, promised)
    }
    return promised
  }

  #inStatus(status: InstanceStatus): string[] {
    const { world } = this.#site
    if (!world.isRunning) return []
    return [...world.store.tables.containerInstances.rows()]
      .filter((instance) => instance.status === status)
      .map(({ clusterArn, containerInstanceId }) => containerInstanceArn(clusterArn, containerInstanceId))
  }
}
