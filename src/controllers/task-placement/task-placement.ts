/**
 * Gives the tasks that wait for capacity their instances, the oldest first, when instances come or tasks leave some room; and gives up
 * on those that have waited too long. Tasks are put among those that wait by whoever launches them (`canWait`).
 */
import { defined } from '../../kit/assert.ts'
import { type Clock, settle } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { PROVISIONING_WAIT_MS, WAITING_TASKS_PER_TRANSACTION } from '../../model/limits.ts'
import { giveHost } from '../../model/new-task.ts'
import type { ContainerInstanceRecord, TaskRecord } from '../../model/records.ts'
import { endWithoutAgent } from '../../model/task-state.ts'
import type { CapacityIndex } from '../../scheduler/capacity-index.ts'
import { launchRequest } from '../../scheduler/launch-requirements.ts'
import type { PlacementFailure } from '../../scheduler/types.ts'
import type { Store } from '../../store/store.ts'
import type { RowChange } from '../../store/table.ts'
import { hostOf, isStopped, isWaiting, type Transaction } from '../../store/tables.ts'
import type { Controller } from '../controller.ts'
import { kindOf, portionsOf, type WaitingPortion } from './waiting-portions.ts'

export interface TaskPlacementOptions {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly capacity: CapacityIndex
}

/** Rest after a look at a cluster, in multiples of what it took: while instances come by the thousands, looks are few and find much. */
const REST = 4

/** Portions between which nobody else has a turn, if they change nothing. */
const PORTIONS_IN_A_ROW = 16

/** What fitted nowhere in one look at a cluster, by kind, and why. */
type Misfits = Map<string, readonly PlacementFailure[]>

export class TaskPlacement implements Controller {
  readonly name = 'task-placement'
  readonly everyMs = 30_000
  readonly #options: TaskPlacementOptions
  readonly #store: Store
  /** By cluster: not to be looked at before, in monotonic milliseconds. */
  readonly #restsUntil = new Map<string, number>()

  constructor(options: TaskPlacementOptions) {
    this.#options = options
    this.#store = options.store
  }

  watch(wake: (clusterArn: string) => void): () => void {
    return this.#store.watch(['tasks', 'containerInstances'], ({ changes }) => {
      const clusters = new Set(changes.flatMap((change) => clusterWithRoom(change) ?? []))
      for (const clusterArn of clusters) if (this.#hasWaiting(clusterArn)) wake(clusterArn)
    })
  }

  *keys(): Iterable<string> {
    for (const { clusterArn } of this.#store.tables.clusters.rows()) if (this.#hasWaiting(clusterArn)) yield clusterArn
  }

  async reconcile(clusterArn: string): Promise<{ readonly againInMs: number } | void> {
    const { clock } = this.#options
    const begunAt = clock.monotonic()
    const restMs = (this.#restsUntil.get(clusterArn) ?? begunAt) - begunAt
    if (restMs > 0) return { againInMs: restMs }
    await this.#giveUp(clusterArn, await this.#placeAll(clusterArn))
    const endedAt = clock.monotonic()
    this.#restsUntil.set(clusterArn, endedAt + (endedAt - begunAt) * REST)
    const [oldest] = this.#store.tables.tasks.iterate('waiting', clusterArn)
    if (oldest !== undefined) return { againInMs: Math.max(1, oldest.createdAt + PROVISIONING_WAIT_MS - clock.now()) }
    this.#restsUntil.delete(clusterArn)
    return undefined
  }

  #hasWaiting(clusterArn: string): boolean {
    return this.#store.tables.tasks.findSize('waiting', clusterArn) > 0
  }

  async #placeAll(clusterArn: string): Promise<Misfits> {
    const misfits: Misfits = new Map()
    const waiting = this.#store.tables.tasks.iterate('waiting', clusterArn)
    for (const [index, portion] of portionsOf(waiting, WAITING_TASKS_PER_TRANSACTION).entries()) {
      if (misfits.has(portion.kind)) continue
      if (index % PORTIONS_IN_A_ROW === PORTIONS_IN_A_ROW - 1) await settle()
      const failures = await this.#store.transact((tx) => this.#place(tx, portion))
      if (failures.length > 0) misfits.set(portion.kind, failures)
    }
    return misfits
  }

  /** Gives why the rest was not placed, if there is one. */
  #place(tx: Transaction, { taskIds }: WaitingPortion): readonly PlacementFailure[] {
    const tasks = taskIds.flatMap((taskId) => tx.tasks.get(taskId) ?? []).filter(isWaiting)
    const [first] = tasks
    if (first?.waiting === undefined) return []
    const { overrides, enableExecuteCommand = false, capacityProviderName } = first
    const definition = defined(tx.taskDefinitions.get(first.taskDefinitionArn), 'the definition of a task')
    const launch = { ...first, definition, enableExecuteCommand, ...(overrides === undefined ? {} : { overrides }) }
    const request = launchRequest(launch, first.waiting, tasks.length, capacityProviderName)
    const { placements, failures } = this.#options.capacity.place(request)
    for (const [index, { containerInstanceId, gpuIds }] of placements.entries()) {
      const task = defined(tasks[index], 'the task of a placement')
      const instance = defined(tx.containerInstances.get(containerInstanceId), 'the instance of a placement')
      tx.tasks.put(giveHost(task, definition, { instance, gpuIds }, this.#options.clock.now()))
    }
    return failures
  }

  async #giveUp(clusterArn: string, misfits: Misfits): Promise<void> {
    const { clock, log } = this.#options
    const now = clock.now()
    const isOver = ({ createdAt }: TaskRecord): boolean => createdAt + PROVISIONING_WAIT_MS <= now
    const [oldest] = this.#store.tables.tasks.iterate('waiting', clusterArn)
    if (oldest === undefined || !isOver(oldest)) return
    await this.#store.transact((tx) => {
      for (const task of tx.tasks.find('waiting', clusterArn).filter(isOver)) {
        const failures = misfits.get(kindOf(task))
        // One that has come since is looked at next time.
        if (failures === undefined) continue
        const cause = { stopCode: 'TaskFailedToStart', stoppedReason: reasonOf(tx, task, failures) }
        tx.tasks.put(endWithoutAgent(task, cause, now))
        const { taskId, lastStatus: from } = task
        log.info('no capacity for a task', { taskId, from, to: 'STOPPED', stoppedReason: cause.stoppedReason })
      }
    })
  }
}

/** AWS: the reasons of DescribeTasks in "API failure messages"; the first failure's, where there are instances to look at. */
const reasonOf = (tx: Transaction, task: TaskRecord, [first]: readonly PlacementFailure[]): string => {
  if (first?.containerInstanceId !== undefined) return first.reason
  const isThere = tx.containerInstances
    .find('byCluster', task.clusterArn)
    .some(
      ({ capacityProviderName, status }) => capacityProviderName === task.capacityProviderName && status !== 'INACTIVE',
    )
  return isThere ? 'NO ACTIVE INSTANCES' : 'EMPTY CAPACITY PROVIDER'
}

/** The cluster in which there may be more room after the change than before. */
const clusterWithRoom = ({ table, before, after }: RowChange): string | undefined =>
  table === 'tasks'
    ? clusterOfEnded(before as TaskRecord | undefined, after as TaskRecord | undefined)
    : clusterOfBetter(before as ContainerInstanceRecord | undefined, after as ContainerInstanceRecord | undefined)

const clusterOfEnded = (before: TaskRecord | undefined, after: TaskRecord | undefined): string | undefined => {
  if (before === undefined || isStopped(before) || hostOf(before) === undefined) return undefined
  return after === undefined || isStopped(after) ? before.clusterArn : undefined
}

const clusterOfBetter = (
  before: ContainerInstanceRecord | undefined,
  after: ContainerInstanceRecord | undefined,
): string | undefined => {
  if (after?.status !== 'ACTIVE' || !after.agentConnected) return undefined
  return before !== undefined && PLACEMENT_READS.every((member) => before[member] === after[member])
    ? undefined
    : after.clusterArn
}

/** What placement reads of an instance; telemetry changes the rest, often. */
const PLACEMENT_READS = [
  'status',
  'agentConnected',
  'capacityProviderName',
  'attributes',
  'registeredResources',
] as const
