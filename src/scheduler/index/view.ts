/**
 * The instances that one combination of constraints admits, in cells of equal attributes to spread over.
 * Follows the cluster's change log when it is asked, so that views nobody uses cost nothing.
 */
import { GROUPS_SPREAD_PER_VIEW } from '../../model/limits.ts'
import type { ContainerInstanceRecord } from '../../model/records.ts'
import { membershipFilters } from '../constraints/constraints.ts'
import type { MembershipTerms } from '../constraints/filter.ts'
import { Cell } from './cell.ts'
import type { ChangeLog } from './change-log.ts'
import { GroupSpread } from './group-spread.ts'
import type { InstanceState } from './instance-state.ts'
import type { TaskGroup } from './task-group.ts'

export interface ViewSource {
  readonly log: ChangeLog
  /** By slot. */
  readonly instances: readonly (InstanceState | undefined)[]
}

const NOWHERE = -1

export class View {
  readonly cells: Cell[] = []
  readonly #source: ViewSource
  readonly #terms: MembershipTerms
  readonly #readsTasks: boolean
  readonly #attributes: readonly string[]
  readonly #cellsByValues = new Map<string, Cell>()
  readonly #nodes = new Map<string, number>()
  readonly #spreads = new Map<TaskGroup, GroupSpread>()
  /** By slot: the cell of an instance that has a record, and the position there of one that is a member. */
  readonly #cellOf: Int32Array
  readonly #positionOf: Int32Array
  #syncedAt: number

  /** `attributes`: names to spread over, the most significant first. */
  constructor(source: ViewSource, slots: number, terms: MembershipTerms, attributes: readonly string[]) {
    this.#source = source
    this.#terms = terms
    this.#readsTasks = terms.expressions.some(({ readsTasks }) => readsTasks)
    this.#attributes = attributes
    this.#cellOf = new Int32Array(slots).fill(NOWHERE)
    this.#positionOf = new Int32Array(slots).fill(NOWHERE)
    this.#syncedAt = source.log.sequence
    for (const instance of source.instances) if (instance !== undefined) this.#settle(instance.slot)
  }

  /** The cell of an instance's attribute values, whether it is a member or not. */
  cellAt(slot: number): Cell | undefined {
    const index = this.#cellOf[slot] ?? NOWHERE
    return index === NOWHERE ? undefined : this.cells[index]
  }

  /** Where a member stands in its cell. */
  positionOf(slot: number): number | undefined {
    const position = this.#positionOf[slot] ?? NOWHERE
    return position === NOWHERE ? undefined : position
  }

  instanceAt(slot: number): InstanceState | undefined {
    return this.#source.instances[slot]
  }

  get log(): ChangeLog {
    return this.#source.log
  }

  /** Catches up with all changes; false if the view has to be built anew: it missed too many, or most cells outlived their values. */
  sync(): boolean {
    const { log } = this.#source
    if (!log.covers(this.#syncedAt) || this.cells.length > 2 * this.#cellOf.length) return false
    for (; this.#syncedAt < log.sequence; this.#syncedAt++) {
      const slot = log.slotAt(this.#syncedAt)
      if (this.#readsTasks || log.isRecordAt(this.#syncedAt)) this.#settle(slot)
      this.#measure(slot)
    }
    return true
  }

  spreadOf(group: TaskGroup): GroupSpread {
    const known = this.#spreads.get(group)
    if (known !== undefined) return known
    for (const oldest of this.#spreads.keys()) {
      if (this.#spreads.size < GROUPS_SPREAD_PER_VIEW) break
      this.forget(oldest)
    }
    const spread = new GroupSpread(group, this)
    this.#spreads.set(group, spread)
    return spread
  }

  /** The spread of a group, if somebody asked for it before. */
  keptSpreadOf(group: TaskGroup): GroupSpread | undefined {
    return this.#spreads.get(group)
  }

  forget(group: TaskGroup): void {
    this.#spreads.get(group)?.end()
    this.#spreads.delete(group)
  }

  /** Hears of nothing any more. */
  end(): void {
    for (const spread of this.#spreads.values()) spread.end()
    this.#spreads.clear()
  }

  /** Puts an instance into the cell where it belongs, as a member or not. */
  #settle(slot: number): void {
    const instance = this.#source.instances[slot]
    const cell = instance?.record === undefined ? undefined : this.#cellFor(instance.record)
    const before = this.cellAt(slot)
    const isMember = instance !== undefined && cell !== undefined && this.#admits(instance)
    if (this.positionOf(slot) !== undefined && (!isMember || cell !== before)) this.#leave(slot)
    if (cell !== before) this.#move(slot, before, cell)
    if (isMember && this.positionOf(slot) === undefined) {
      this.#positionOf[slot] = cell.join(slot, instance.cpuUnits, instance.memoryMiB)
    }
  }

  #measure(slot: number): void {
    const position = this.positionOf(slot)
    const instance = this.#source.instances[slot]
    if (position === undefined || instance === undefined) return
    this.cellAt(slot)?.update(position, instance.cpuUnits, instance.memoryMiB)
  }

  #admits(instance: InstanceState): boolean {
    for (const filter of membershipFilters) if (!filter.check(this.#terms, instance)) return false
    return true
  }

  #leave(slot: number): void {
    const moved = this.cellAt(slot)?.leave(this.#positionOf[slot]!)
    if (moved !== undefined) this.#positionOf[moved] = this.#positionOf[slot]!
    this.#positionOf[slot] = NOWHERE
  }

  #move(slot: number, from: Cell | undefined, to: Cell | undefined): void {
    this.#cellOf[slot] = to?.index ?? NOWHERE
    for (const spread of this.#spreads.values()) spread.cellChanged(slot, from?.nodes ?? [], to?.nodes ?? [])
  }

  #cellFor({ attributes }: ContainerInstanceRecord): Cell {
    if (this.#attributes.length === 0) return (this.cells[0] ??= new Cell(0, [], []))
    const values = this.#attributes.map((name) => attributes.find((attribute) => attribute.name === name))
    const keys = values.map((attribute) => (attribute === undefined ? '' : `=${attribute.value ?? ''}`))
    const known = this.#cellsByValues.get(JSON.stringify(keys))
    return (
      known ??
      this.#newCell(
        keys,
        values.map((attribute) => attribute === undefined),
      )
    )
  }

  #newCell(keys: readonly string[], lacks: readonly boolean[]): Cell {
    const nodes = keys.map((_, index) => this.#nodeOf(JSON.stringify(keys.slice(0, index + 1))))
    const cell = new Cell(this.cells.length, nodes, lacks)
    this.cells.push(cell)
    this.#cellsByValues.set(JSON.stringify(keys), cell)
    return cell
  }

  #nodeOf(prefix: string): number {
    const known = this.#nodes.get(prefix)
    if (known !== undefined) return known
    this.#nodes.set(prefix, this.#nodes.size)
    return this.#nodes.size - 1
  }
}
