/**
 * How the tasks of one group spread over one view: tallies per attribute value, kept up with every task.
 * Also what searches for the group remember from one to the next.
 */
import type { Cell, ResourceField } from './cell.ts'
import type { LevelSets } from './level-sets.ts'
import type { TaskGroup } from './task-group.ts'
import type { View } from './view.ts'

/** What a long walk along an order found: from the first instance with room up to this place, all refused. */
export interface RefusedRun {
  readonly key: number
  readonly slot: number
  /** What was asked. */
  readonly question: string
  /** How many were refused. */
  readonly length: number
  /** Changes up to this one were seen. */
  readonly sequence: number
}

export class GroupSpread {
  readonly group: TaskGroup
  readonly #view: View
  /** Tasks of the group by node, on all instances with the node's attribute values, members of the view or not. */
  readonly #tally: number[] = []
  readonly #refused = { cpu: new Map<Cell, RefusedRun>(), memory: new Map<Cell, RefusedRun>() }

  constructor(group: TaskGroup, view: View) {
    this.group = group
    this.#view = view
    group.counts.forEach((slot, count) => this.#add(slot, count))
    group.spreads.add(this)
  }

  tallyAt(node: number): number {
    return this.#tally[node] ?? 0
  }

  /** The instances of a cell by the tasks of the group on them. */
  levels(cell: Cell): LevelSets {
    const { counts } = this.group
    const inCell = (slot: number) => (this.#view.cellAt(slot) === cell ? this.#view.positionOf(slot) : undefined)
    return cell.keptLevels(counts) ?? cell.keepLevels(counts, inCell)
  }

  recalled(cell: Cell, field: ResourceField): RefusedRun | undefined {
    return this.#refused[field].get(cell)
  }

  remember(cell: Cell, field: ResourceField, run: RefusedRun): void {
    this.#refused[field].set(cell, run)
  }

  countChanged(slot: number, before: number, after: number): void {
    this.#add(slot, after - before)
    const position = this.#view.positionOf(slot)
    if (position === undefined) return
    const levels = this.#view.cellAt(slot)?.keptLevels(this.group.counts)
    levels?.remove(before, position)
    levels?.add(after, position)
  }

  /** The instance's attribute values changed: its tasks count elsewhere now. */
  cellChanged(slot: number, from: readonly number[], to: readonly number[]): void {
    const count = this.group.counts.get(slot)
    for (const node of from) this.#tally[node] = this.tallyAt(node) - count
    for (const node of to) this.#tally[node] = this.tallyAt(node) + count
  }

  /** Hears of nothing any more. */
  end(): void {
    this.group.spreads.delete(this)
    for (const cell of this.#view.cells) cell.forgetLevels(this.group.counts)
  }

  #add(slot: number, difference: number): void {
    for (const node of this.#view.cellAt(slot)?.nodes ?? []) this.#tally[node] = this.tallyAt(node) + difference
  }
}
