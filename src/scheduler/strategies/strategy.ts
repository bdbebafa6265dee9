/** What a placement strategy is, and how strategies follow each other: each leaves its equals to the next. */
import type { Cell } from '../index/cell.ts'
import type { PlacementStrategy } from '../types.ts'
import type { Search } from './search.ts'

export interface StrategyStep {
  readonly strategy: PlacementStrategy
  /**
   * The slot of the best acceptable instance in the cells, undefined if none is acceptable. Among those that are equal to this
   * strategy, `rest` decides.
   */
  best(search: Search, cells: readonly Cell[], rest: readonly StrategyStep[]): number | undefined
}
