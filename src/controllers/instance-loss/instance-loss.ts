/**
 * Gives up on the tasks of services on an instance whose agent has been silent for too long: they are asked to stop, so that they are
 * replaced elsewhere, and when the agent returns it is told to stop them. Tasks of nobody's service stay as they are.
 */
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { serviceNameOfGroup } from '../../model/arn.ts'
import type { ContainerInstanceRecord } from '../../model/records.ts'
import { requestStop, type StopCause } from '../../model/task-state.ts'
import type { Store } from '../../store/store.ts'
import type { Transaction } from '../../store/tables.ts'
import type { Controller } from '../controller.ts'

export interface InstanceLossOptions {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly graceMs: number
}

export class InstanceLoss implements Controller {
  readonly name = 'instance-loss'
  readonly everyMs = 60_000
  readonly #options: InstanceLossOptions

  constructor(options: InstanceLossOptions) {
    this.#options = options
  }

  watch(wake: (containerInstanceId: string) => void): () => void {
    return this.#options.store.watch(['containerInstances'], ({ changes }) => {
      for (const { table, key, after } of changes)
        if (table === 'containerInstances' && isSilent(after as ContainerInstanceRecord | undefined)) wake(key)
    })
  }

  *keys(): Iterable<string> {
    for (const instance of this.#options.store.tables.containerInstances.rows())
      if (isSilent(instance)) yield instance.containerInstanceId
  }

  async reconcile(containerInstanceId: string): Promise<{ readonly againInMs: number } | void> {
    const { store, clock, graceMs } = this.#options
    const instance = store.tables.containerInstances.get(containerInstanceId)
    if (!isSilent(instance)) return undefined
    const leftMs = instance.agentDisconnectedAt + graceMs - clock.now()
    if (leftMs > 0) return { againInMs: leftMs }
    await store.transact((tx) => this.#giveUp(tx, containerInstanceId))
    return undefined
  }

  #giveUp(tx: Transaction, containerInstanceId: string): void {
    const now = this.#options.clock.now()
    const cause = causeFor(containerInstanceId)
    let stopped = 0
    for (const task of tx.tasks.find('activeByInstance', containerInstanceId)) {
      if (serviceNameOfGroup(task.group) === undefined || task.desiredStatus === 'STOPPED') continue
      tx.tasks.put(requestStop(task, cause, now))
      stopped++
    }
    if (stopped > 0) this.#options.log.warn('container instance lost', { containerInstanceId, tasks: stopped })
  }
}

const isSilent = (
  instance: ContainerInstanceRecord | undefined,
): instance is ContainerInstanceRecord & { readonly agentDisconnectedAt: number } =>
  instance !== undefined &&
  instance.status !== 'INACTIVE' &&
  !instance.agentConnected &&
  instance.agentDisconnectedAt !== undefined

const causeFor = (containerInstanceId: string): StopCause => ({
  stopCode: 'ServiceSchedulerInitiated',
  stoppedReason: `The agent of (container-instance ${containerInstanceId}) is disconnected.`,
})
