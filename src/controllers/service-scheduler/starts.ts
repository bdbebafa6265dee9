/**
 * Carries out the starts of a plan. The capacity index knows of tasks once their transaction is committed: a transaction places one
 * batch, and whatever else is to start is left to the next.
 */
import { defined } from '../../kit/assert.ts'
import { capacityProviderArn, parseArn } from '../../model/arn.ts'
import { canWait, waitingRoom } from '../../model/capacity-provider.ts'
import { SERVICE_STARTS_PER_TRANSACTION } from '../../model/limits.ts'
import { type TaskTarget, taskMaker } from '../../model/new-task.ts'
import type { TaskRecord } from '../../model/records.ts'
import type { PlacementFailure } from '../../scheduler/types.ts'
import { holdImages } from './hold-images.ts'
import { serviceLaunch, type ServiceLaunch } from './launch.ts'
import type { Holder, PassContext } from './pass-context.ts'
import type { Start } from './plan/types.ts'
import { listTasks } from './service-events.ts'

/** Starts of one kind, placed together. */
type Batch = Omit<Start, 'containerInstanceId' | 'holderId'> & { readonly containerInstanceIds?: readonly string[] }

/** Starts that found no place. */
export interface Unplaced {
  readonly count: number
  readonly failures: readonly PlacementFailure[]
  readonly capacityProviderName?: string
  readonly availabilityZone?: string
}

export class Starts {
  readonly #context: PassContext
  #startedCount = 0
  #isUnfinished = false

  constructor(context: PassContext) {
    this.#context = context
  }

  /** Tasks that were started in this transaction. */
  get startedCount(): number {
    return this.#startedCount
  }

  /** Something is left to start in another transaction. */
  get isUnfinished(): boolean {
    return this.#isUnfinished
  }

  /** Starts the first that can be placed. Gives what found no place. */
  carryOut(holder: Holder, starts: readonly Start[]): readonly Unplaced[] {
    const unplaced: Unplaced[] = []
    for (const batch of batchesOf(starts)) {
      if (this.#startedCount > 0) {
        this.#isUnfinished = true
        return []
      }
      const failed = this.#place(holder, batch)
      if (failed !== undefined) unplaced.push(failed)
    }
    if (this.#startedCount === 0) return unplaced
    // What found no place is tried once more when everything else has been started.
    if (unplaced.length > 0) this.#isUnfinished = true
    return []
  }

  #place(holder: Holder, batch: Batch): Unplaced | undefined {
    const launch = serviceLaunch(this.#context, holder, batch)
    if (launch === undefined) return { ...batch, failures: [{ reason: 'The task definition does not exist.' }] }
    const count = Math.min(batch.count, SERVICE_STARTS_PER_TRANSACTION)
    const { placements, failures } = this.#context.capacity.place({
      ...launch.requestFor(count),
      ...(batch.containerInstanceIds === undefined ? {} : { containerInstanceIds: batch.containerInstanceIds }),
    })
    if (placements.length > 0) {
      this.#isUnfinished = placements.length < batch.count
      this.#insert(
        holder,
        launch,
        batch,
        placements.map(({ containerInstanceId, gpuIds }) => ({
          host: {
            instance: defined(
              this.#context.tx.containerInstances.get(containerInstanceId),
              'the instance of a placement',
            ),
            gpuIds,
          },
        })),
      )
      return undefined
    }
    return this.#wait(holder, launch, batch, failures)
  }

  /** Where capacity is to come, tasks wait for it. */
  #wait(
    holder: Holder,
    launch: ServiceLaunch,
    batch: Batch,
    failures: readonly PlacementFailure[],
  ): Unplaced | undefined {
    const room = this.#canWait(batch) ? this.#waitingRoom() : 0
    const count = Math.min(batch.count, SERVICE_STARTS_PER_TRANSACTION, room)
    if (count === 0) return { ...batch, failures }
    this.#isUnfinished = count < batch.count
    this.#insert(holder, launch, batch, Array<Partial<TaskTarget>>(count).fill({ waiting: launch.waiting }))
    return undefined
  }

  #waitingRoom(): number {
    const { tx, service } = this.#context
    return waitingRoom(tx.tasks.findSize('waiting', service.clusterArn))
  }

  #canWait({ capacityProviderName, availabilityZone, containerInstanceIds }: Batch): boolean {
    if (capacityProviderName === undefined || availabilityZone !== undefined || containerInstanceIds !== undefined)
      return false
    const { tx, service } = this.#context
    const { region = '', account = '' } = parseArn(service.clusterArn) ?? {}
    return canWait(tx.capacityProviders.get(capacityProviderArn(region, account, capacityProviderName)))
  }

  #insert(
    holder: Holder,
    { launch }: ServiceLaunch,
    { capacityProviderName }: Batch,
    targets: readonly Partial<TaskTarget>[],
  ): void {
    const { tx, ids, events } = this.#context
    holdImages(this.#context, holder, launch.definition)
    const newTask = taskMaker(launch, ids)
    const tasks = targets.map((target): TaskRecord => tx.tasks.insert(newTask({ capacityProviderName, ...target })))
    this.#startedCount += tasks.length
    events.say(
      `has started ${tasks.length} tasks: ${listTasks(tasks.map(({ taskId }) => taskId))}.`,
      undefined,
      holder.holderId,
    )
  }
}

/** Those that name their instance go together, as many as one transaction takes. */
const batchesOf = (starts: readonly Start[]): readonly Batch[] => {
  const batches: Batch[] = starts.filter(({ containerInstanceId }) => containerInstanceId === undefined)
  const named = starts.flatMap(({ containerInstanceId }) => containerInstanceId ?? [])
  for (let from = 0; from < named.length; from += SERVICE_STARTS_PER_TRANSACTION) {
    const containerInstanceIds = named.slice(from, from + SERVICE_STARTS_PER_TRANSACTION)
    batches.push({ count: containerInstanceIds.length, containerInstanceIds })
  }
  return batches
}
