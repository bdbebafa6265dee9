/** Runs the steps of a search: each strategy chooses, and hands its equals to the next. */
import type { Cell } from '../index/cell.ts'
import { anyOf } from './random.ts'
import type { Search } from './search.ts'
import type { StrategyStep } from './strategy.ts'

/** The slot of the best acceptable instance in the cells; any of them when no strategy is left. */
export const bestOf = (search: Search, cells: readonly Cell[], steps: readonly StrategyStep[]): number | undefined => {
  const [first, ...rest] = steps
  return first === undefined ? anyOf(search, cells) : first.best(search, cells, rest)
}
