/** One search for an instance: what it asks, what it may choose from, and how far earlier strategies narrowed the choice. */
import type { Ids } from '../../kit/ids.ts'
import { loadFilters } from '../constraints/constraints.ts'
import type { PlacementFilter, PlacementTerms } from '../constraints/filter.ts'
import type { Cell } from '../index/cell.ts'
import type { GroupSpread } from '../index/group-spread.ts'
import type { InstanceState } from '../index/instance-state.ts'
import type { View } from '../index/view.ts'

type Narrowing = (instance: InstanceState) => boolean

export class Search {
  readonly terms: PlacementTerms
  readonly view: View
  readonly ids: Ids
  #question: string | undefined
  readonly #filters: readonly PlacementFilter[]
  readonly #narrowing: Narrowing | undefined
  readonly #narrowedTo: string

  constructor(terms: PlacementTerms, view: View, ids: Ids, from?: Search, narrowedTo = '', narrowing?: Narrowing) {
    this.terms = terms
    this.view = view
    this.ids = ids
    this.#filters = from === undefined ? loadFilters.filter((filter) => filter.applies(terms)) : from.#filters
    this.#narrowedTo = narrowedTo
    this.#narrowing = narrowing
  }

  get spread(): GroupSpread {
    return this.view.spreadOf(this.terms.group)
  }

  /** What the search asks besides its group and its view, so that a later one can be known to ask the same. */
  get question(): string {
    const { reservation, distinctInstance } = this.terms
    this.#question ??= JSON.stringify([reservation, distinctInstance, this.#narrowedTo])
    return this.#question
  }

  /** If the task may be placed there. */
  accepts(slot: number): boolean {
    const instance = this.view.instanceAt(slot)
    if (instance === undefined) return false
    for (const filter of this.#filters) if (!filter.check(this.terms, instance)) return false
    return this.#narrowing === undefined || this.#narrowing(instance)
  }

  /** Like `accepts`, for a position of a cell; most that do not fit are told without a look at the instance. */
  acceptsAt(cell: Cell, position: number): boolean {
    const { cpuUnits, memoryMiB } = this.terms.reservation
    if (cell.cpuUnits[position]! < cpuUnits || cell.memoryMiB[position]! < memoryMiB) return false
    return this.accepts(cell.slots[position]!)
  }

  /** The same search among the instances for which `holds`; `name` says which these are. */
  narrowed(name: string, holds: Narrowing): Search {
    const outer = this.#narrowing
    const narrowing = outer === undefined ? holds : (instance: InstanceState) => outer(instance) && holds(instance)
    return new Search(this.terms, this.view, this.ids, this, `${this.#narrowedTo} ${name}`, narrowing)
  }

  /** A whole number from 0 to `limit`, exclusive. */
  below(limit: number): number {
    return Math.floor(this.ids.random() * limit)
  }
}
