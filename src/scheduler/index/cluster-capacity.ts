/** The instances of one cluster with what they have left, the groups of its tasks, and the views that placement asked for. */
import { CAPACITY_VIEW_SLOTS_PER_CLUSTER, CAPACITY_VIEWS_PER_CLUSTER } from '../../model/limits.ts'
import type { ContainerInstanceRecord, TaskReservation } from '../../model/records.ts'
import type { MembershipTerms } from '../constraints/filter.ts'
import { ChangeLog } from './change-log.ts'
import { InstanceState } from './instance-state.ts'
import { RequirementCounts } from './requirement-counts.ts'
import { TaskGroup } from './task-group.ts'
import { View, type ViewSource } from './view.ts'

/** The constraints of a view, with what identifies them. */
export interface ViewTerms extends MembershipTerms {
  /** Texts of the expressions. */
  readonly memberOf: readonly string[]
}

/** What a task takes of its instance. */
export interface Share {
  readonly group: string
  readonly reservation: TaskReservation
  readonly gpuIds: readonly string[]
}

const SMALLEST_CAPACITY = 16

export class ClusterCapacity implements ViewSource {
  readonly clusterArn: string
  readonly log = new ChangeLog()
  readonly instances: (InstanceState | undefined)[] = []
  readonly #freeSlots: number[] = []
  readonly #groups = new Map<string, TaskGroup>()
  readonly #requirements = new RequirementCounts()
  /** By what identifies them, the least recently used first. */
  readonly #views = new Map<string, View>()
  #slotCapacity = SMALLEST_CAPACITY

  constructor(clusterArn: string) {
    this.clusterArn = clusterArn
  }

  get isEmpty(): boolean {
    return this.#freeSlots.length === this.instances.length
  }

  add(containerInstanceId: string): InstanceState {
    const slot = this.#freeSlots.pop() ?? this.instances.length
    if (slot === this.#slotCapacity) {
      this.#slotCapacity *= 2
      this.log.reset(this.#slotCapacity)
    }
    const instance = new InstanceState(containerInstanceId, this.clusterArn, slot, this.#groups)
    this.instances[slot] = instance
    return instance
  }

  /** Frees the slot of an instance that has neither a record nor tasks. */
  remove({ slot }: InstanceState): void {
    this.instances[slot] = undefined
    this.#freeSlots.push(slot)
    this.log.append(slot, true)
  }

  setRecord(instance: InstanceState, record: ContainerInstanceRecord | undefined): void {
    this.#requirements.recordChanged(instance.record, record)
    instance.record = record
    this.log.append(instance.slot, true)
  }

  hold(instance: InstanceState, { group, reservation, gpuIds }: Share): void {
    instance.hold(reservation, gpuIds)
    this.group(group).add(instance.slot, 1)
    this.log.append(instance.slot, false)
  }

  release(instance: InstanceState, { group, reservation, gpuIds }: Share): void {
    instance.release(reservation, gpuIds)
    this.group(group).add(instance.slot, -1)
    this.log.append(instance.slot, false)
  }

  /** Counts tasks that run, which only cluster queries ask for. */
  countRunning(instance: InstanceState, difference: number): void {
    instance.runningTasksCount += difference
    this.log.append(instance.slot, false)
  }

  group(name: string): TaskGroup {
    const known = this.#groups.get(name)
    if (known !== undefined) return known
    const group = new TaskGroup(name)
    this.#groups.set(name, group)
    return group
  }

  /** Forgets a group that has no tasks. */
  tidyGroup(name: string): void {
    const group = this.#groups.get(name)
    if (group === undefined || group.counts.size > 0) return
    if (group.spreads.size > 0) for (const view of this.#views.values()) view.forget(group)
    this.#groups.delete(name)
  }

  /** The instances that the terms admit, up to date. `attributes`: names to spread over, the most significant first. */
  view(terms: ViewTerms, attributes: readonly string[]): View {
    const requiredAttributes = this.#requirements.telling(terms.requiredAttributes, () => this.#records())
    const key = keyOf({ ...terms, requiredAttributes }, attributes)
    const known = this.#views.get(key)
    this.#views.delete(key)
    const isCurrent = known !== undefined && known.sync()
    if (known !== undefined && !isCurrent) known.end()
    const view = isCurrent ? known : new View(this, this.#slotCapacity, { ...terms, requiredAttributes }, attributes)
    this.#views.set(key, view)
    if (this.#views.size > this.#mostViews) this.#forgetOldestView()
    return view
  }

  get #mostViews(): number {
    return Math.min(CAPACITY_VIEWS_PER_CLUSTER, CAPACITY_VIEW_SLOTS_PER_CLUSTER / this.#slotCapacity)
  }

  *#records(): Iterable<ContainerInstanceRecord> {
    for (const instance of this.instances) if (instance?.record !== undefined) yield instance.record
  }

  #forgetOldestView(): void {
    for (const [key, view] of this.#views) {
      view.end()
      this.#views.delete(key)
      return
    }
  }
}

const keyOf = (
  { requiredAttributes, memberOf, capacityProviderName }: ViewTerms,
  attributes: readonly string[],
): string => {
  if (requiredAttributes.length === 0 && memberOf.length === 0 && capacityProviderName === undefined)
    return attributes.join('\n')
  const needs = requiredAttributes.map(({ name, value }) => (value === undefined ? name : `${name}=${value}`))
  return JSON.stringify([needs.toSorted(), memberOf.toSorted(), attributes, capacityProviderName])
}
