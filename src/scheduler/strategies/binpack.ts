/** `binpack`: the instance with the least of a resource left that the task still fits on. */
import type { Cell, ResourceField } from '../index/cell.ts'
import { orderKey, primaryOf } from '../index/resource-order.ts'
import type { PlacementStrategy } from '../types.ts'
import { bestOf } from './best-of.ts'
import { firstInOrder } from './first-in-order.ts'
import type { Search } from './search.ts'
import type { StrategyStep } from './strategy.ts'

export const binpack = (strategy: PlacementStrategy & { type: 'binpack' }): StrategyStep => ({
  strategy,
  best: (search, cells, rest) => {
    const first = leastLeft(search, cells, strategy.field)
    if (first === undefined || rest.length === 0 || isDecided(strategy.field, rest)) return first?.slot
    const { field } = strategy
    const least = leftAt(first.cell, field, first.position)
    if (isAlone(search, cells, field, first.slot, least)) return first.slot
    const narrowed = search.narrowed(`${field}=${least}`, (instance) =>
      field === 'cpu' ? instance.cpuUnits === least : instance.memoryMiB === least,
    )
    return bestOf(narrowed, cells, rest)
  },
})

interface Found {
  readonly cell: Cell
  readonly position: number
  readonly slot: number
}

const leastLeft = (search: Search, cells: readonly Cell[], field: ResourceField): Found | undefined => {
  let least: Found | undefined
  for (const cell of cells) {
    const slot = firstInOrder(search, cell, field)
    if (slot === undefined) continue
    const found = { cell, slot, position: search.view.positionOf(slot)! }
    if (least === undefined || hasLess(found, least, field)) least = found
  }
  return least
}

const hasLess = (one: Found, other: Found, field: ResourceField): boolean => {
  const difference = leftAt(one.cell, field, one.position) - leftAt(other.cell, field, other.position)
  if (difference !== 0) return difference < 0
  const second = otherField(field)
  return leftAt(one.cell, second, one.position) < leftAt(other.cell, second, other.position)
}

/** Packing usually leaves one instance ahead of all others; then nothing remains to be decided. */
const isAlone = (
  search: Search,
  cells: readonly Cell[],
  field: ResourceField,
  slot: number,
  least: number,
): boolean => {
  let isEqualled = false
  for (const cell of cells) {
    cell.order(field).walk(orderKey(least, 0), 0, 0, (other, key) => {
      if (primaryOf(key) > least) return true
      isEqualled = other !== slot && search.accepts(other)
      return isEqualled
    })
    if (isEqualled) return false
  }
  return true
}

/** The orders already put equals by the other resource. */
const isDecided = (field: ResourceField, rest: readonly StrategyStep[]): boolean => {
  const next = rest[0]?.strategy
  return rest.length === 1 && next?.type === 'binpack' && next.field === otherField(field)
}

const leftAt = (cell: Cell, field: ResourceField, position: number): number =>
  field === 'cpu' ? cell.cpuUnits[position]! : cell.memoryMiB[position]!

const otherField = (field: ResourceField): ResourceField => (field === 'cpu' ? 'memory' : 'cpu')
