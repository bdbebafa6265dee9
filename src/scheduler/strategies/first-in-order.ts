/**
 * The first acceptable instance of a cell in the order of what is left of a resource.
 *
 * An order knows amounts; ports, distinct instances and earlier strategies it does not. A group that packs its tasks onto
 * instances where it may have only one leaves a growing row of instances that have room and are refused. So a long walk is
 * remembered: up to where everything was refused, and since when. The next equal search starts there, after a look at those
 * before it that changed meanwhile.
 */
import type { Cell, ResourceField } from '../index/cell.ts'
import type { RefusedRun } from '../index/group-spread.ts'
import { orderKey } from '../index/resource-order.ts'
import type { Search } from './search.ts'

/** Refusals that make a walk worth remembering. */
const LONG_WALK = 32

export const firstInOrder = (search: Search, cell: Cell, field: ResourceField): number | undefined => {
  const { cpuUnits, memoryMiB } = search.terms.reservation
  const [primary, secondary] = field === 'cpu' ? [cpuUnits, memoryMiB] : [memoryMiB, cpuUnits]
  const run = knownRun(search, cell, field)
  const changed = run && bestOfChanged(search, cell, field, run)
  if (run !== undefined && changed !== undefined) {
    search.spread.remember(cell, field, { ...run, ...changed, sequence: search.view.log.sequence })
    return changed.slot
  }
  const start = run ?? { key: orderKey(primary, 0), slot: 0 }
  return walk(search, cell, field, start, secondary, run)
}

interface Place {
  readonly key: number
  readonly slot: number
}

const walk = (
  search: Search,
  cell: Cell,
  field: ResourceField,
  start: Place,
  secondary: number,
  run: RefusedRun | undefined,
): number | undefined => {
  let refused = run?.length ?? 0
  let found: Place | undefined
  let last: Place = start
  cell.order(field).walk(start.key, start.slot, secondary, (slot, key) => {
    last = { key, slot }
    if (search.accepts(slot)) {
      found = last
      return true
    }
    refused++
    return false
  })
  if (refused > LONG_WALK) {
    const { question, view } = search
    search.spread.remember(cell, field, { ...last, question, length: refused, sequence: view.log.sequence })
  }
  return found?.slot
}

/** What an equal search found out before, if going through the changes since is less work than walking again. */
const knownRun = (search: Search, cell: Cell, field: ResourceField): RefusedRun | undefined => {
  const run = search.view.keptSpreadOf(search.terms.group)?.recalled(cell, field)
  if (run === undefined || run.question !== search.question) return undefined
  const { log } = search.view
  const changes = log.sequence - run.sequence
  return changes <= run.length * 2 && log.covers(run.sequence) ? run : undefined
}

/** Of the instances in the refused run that changed since, the first in order that is acceptable now. */
const bestOfChanged = (search: Search, cell: Cell, field: ResourceField, run: RefusedRun): Place | undefined => {
  const { view } = search
  let best: Place | undefined
  for (let sequence = run.sequence; sequence < view.log.sequence; sequence++) {
    const slot = view.log.slotAt(sequence)
    const position = view.cellAt(slot) === cell ? view.positionOf(slot) : undefined
    if (position === undefined) continue
    const place = { key: cell.orderKey(field, position), slot }
    if (isBefore(place, best ?? run) && search.acceptsAt(cell, position)) best = place
  }
  return best
}

const isBefore = (one: Place, other: Place): boolean =>
  one.key < other.key || (one.key === other.key && one.slot < other.slot)
