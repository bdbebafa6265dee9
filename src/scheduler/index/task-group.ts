/** The tasks of one group: how many are on which instance, and the spreads that must hear of every change. */
import type { GroupSpread } from './group-spread.ts'
import { SlotCounts } from './slot-counts.ts'

export class TaskGroup {
  readonly name: string
  readonly counts = new SlotCounts()
  readonly spreads = new Set<GroupSpread>()

  constructor(name: string) {
    this.name = name
  }

  /** One task more or less on the instance. */
  add(slot: number, difference: 1 | -1): void {
    const count = this.counts.add(slot, difference)
    for (const spread of this.spreads) spread.countChanged(slot, count - difference, count)
  }
}
