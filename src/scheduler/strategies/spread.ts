/**
 * `spread`: the fewest tasks of the group, by instance or by the value of an attribute.
 * Of several attributes, each counts within the value chosen by those before it. Instances that lack the attribute come last.
 */
import type { Cell } from '../index/cell.ts'
import type { PositionSet } from '../index/level-sets.ts'
import type { PlacementStrategy } from '../types.ts'
import { bestOf } from './best-of.ts'
import type { Search } from './search.ts'
import type { StrategyStep } from './strategy.ts'

type Spread = PlacementStrategy & { type: 'spread' }

const ATTRIBUTE_PREFIX = 'attribute:'
/** Cells of so few instances are looked through, rather than kept in levels per group. */
const SMALL_CELL = 32

/** The attribute to spread over; undefined for `instanceId` and `host`. */
export const spreadAttribute = (strategy: PlacementStrategy): string | undefined =>
  strategy.type === 'spread' && strategy.field.startsWith(ATTRIBUTE_PREFIX)
    ? strategy.field.slice(ATTRIBUTE_PREFIX.length)
    : undefined

/** `depth`: how many attributes are spread over before this one. */
export const spread = (strategy: Spread, depth: number): StrategyStep => ({
  strategy,
  best: (search, cells, rest) =>
    spreadAttribute(strategy) === undefined
      ? fewestOnInstance(search, cells, rest)
      : fewestInCells(search, cells, rest, depth),
})

/** Tries the cells with the fewest tasks, then those with the next more, until one has an acceptable instance. */
const fewestInCells = (
  search: Search,
  cells: readonly Cell[],
  rest: readonly StrategyStep[],
  depth: number,
): number | undefined => {
  const { spread: groupSpread } = search
  const tallyOf = (cell: Cell): number => (cell.lacks[depth] ? Infinity : groupSpread.tallyAt(cell.nodes[depth]!))
  let tried = -1
  for (;;) {
    const fewest = cellsWithFewest(cells, tallyOf, tried)
    if (fewest.length === 0) return undefined
    const slot = bestOf(search, fewest, rest)
    if (slot !== undefined) return slot
    tried = tallyOf(fewest[0]!)
  }
}

/** Of the cells with instances and more than `tried` tasks, those with the fewest. */
const cellsWithFewest = (cells: readonly Cell[], tallyOf: (cell: Cell) => number, tried: number): Cell[] => {
  let fewest: Cell[] = []
  let least = Infinity
  for (const cell of cells) {
    const count = cell.size === 0 ? tried : tallyOf(cell)
    if (count <= tried || count > least) continue
    if (count < least) fewest = []
    least = count
    fewest.push(cell)
  }
  return fewest
}

interface Fewest {
  readonly count: number
  readonly slot: number
}

const fewestOnInstance = (
  search: Search,
  cells: readonly Cell[],
  rest: readonly StrategyStep[],
): number | undefined => {
  let fewest: Fewest | undefined
  const start = cells.length < 2 ? 0 : search.below(cells.length)
  for (let step = 0; step < cells.length && fewest?.count !== 0; step++) {
    fewest = fewestInCell(search, cells[(start + step) % cells.length]!, fewest?.count ?? Infinity) ?? fewest
  }
  if (fewest === undefined || rest.length === 0) return fewest?.slot
  const { counts } = search.terms.group
  const { count } = fewest
  return bestOf(
    search.narrowed(`tasks=${count}`, ({ slot }) => counts.get(slot) === count),
    cells,
    rest,
  )
}

/** An acceptable instance of the cell with the fewest tasks of the group, if it has fewer than `limit`. */
const fewestInCell = (search: Search, cell: Cell, limit: number): Fewest | undefined => {
  if (cell.size <= SMALL_CELL) return fewestOfAll(search, cell, limit)
  const levels = search.spread.levels(cell)
  for (let count = 0; count < Math.min(levels.length, limit); count++) {
    const set = levels.at(count)
    const slot = set && findIn(search, cell, set)
    if (slot !== undefined) return { count, slot }
  }
  return undefined
}

const fewestOfAll = (search: Search, cell: Cell, limit: number): Fewest | undefined => {
  const { counts } = search.terms.group
  let fewest: Fewest | undefined
  for (let position = 0; position < cell.size; position++) {
    const slot = cell.slots[position]!
    const count = counts.get(slot)
    if (count < (fewest?.count ?? limit) && search.acceptsAt(cell, position)) fewest = { count, slot }
  }
  return fewest
}

/** Any acceptable instance of a set, looked for from a random place on. */
const findIn = (search: Search, cell: Cell, { words }: PositionSet): number | undefined => {
  const { cpuUnits, memoryMiB } = search.terms.reservation
  const start = search.below(words.length)
  for (let step = 0; step < words.length; step++) {
    const index = start + step < words.length ? start + step : start + step - words.length
    if (words[index] === 0 || !cell.mayFit(index, cpuUnits, memoryMiB)) continue
    for (let bits = words[index]!; bits !== 0; bits &= bits - 1) {
      const position = (index << 5) + 31 - Math.clz32(bits & -bits)
      if (search.acceptsAt(cell, position)) return cell.slots[position]
    }
  }
  return undefined
}
