/** `random`: every acceptable instance is as likely as any other. */
import type { Cell } from '../index/cell.ts'
import type { PlacementStrategy } from '../types.ts'
import type { Search } from './search.ts'
import type { StrategyStep } from './strategy.ts'

/** Draws before all acceptable instances are gathered. While one instance in ten is acceptable, nearly all searches end before. */
const DRAWS = 32

/** Nothing is equal to a random choice, so whatever strategy follows has no say. */
export const random = (strategy: PlacementStrategy): StrategyStep => ({ strategy, best: anyOf })

export const anyOf = (search: Search, cells: readonly Cell[]): number | undefined =>
  drawn(search, cells) ?? oneOfAll(search, cells)

const drawn = (search: Search, cells: readonly Cell[]): number | undefined => {
  const total = cells.reduce((sum, cell) => sum + cell.size, 0)
  for (let draw = 0; draw < Math.min(DRAWS, total); draw++) {
    let position = search.below(total)
    let index = 0
    while (position >= cells[index]!.size) position -= cells[index++]!.size
    const cell = cells[index]!
    if (search.acceptsAt(cell, position)) return cell.slots[position]
  }
  return undefined
}

const oneOfAll = (search: Search, cells: readonly Cell[]): number | undefined => {
  const acceptable = cells.flatMap((cell) => acceptableIn(search, cell))
  return acceptable[search.below(acceptable.length)]
}

const acceptableIn = (search: Search, cell: Cell): number[] => {
  const { cpuUnits, memoryMiB } = search.terms.reservation
  const slots: number[] = []
  for (let start = 0; start < cell.size; start += 32) {
    if (!cell.mayFit(start >> 5, cpuUnits, memoryMiB)) continue
    for (let position = start; position < Math.min(cell.size, start + 32); position++) {
      if (search.acceptsAt(cell, position)) slots.push(cell.slots[position]!)
    }
  }
  return slots
}
