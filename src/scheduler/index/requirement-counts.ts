/**
 * Which required attributes tell instances apart at all. Nearly every requirement of a task definition is a capability that
 * every agent has; leaving those out lets most task definitions share one view.
 */
import { COUNTED_REQUIREMENTS } from '../../model/limits.ts'
import type { AttributeRecord, ContainerInstanceRecord } from '../../model/records.ts'
import type { AttributeRequirement } from '../types.ts'

interface Counted {
  readonly requirement: AttributeRequirement
  /** ACTIVE instances that do not meet it. */
  missing: number
}

export const meets = (attributes: readonly AttributeRecord[], { name, value }: AttributeRequirement): boolean =>
  attributes.some((attribute) => attribute.name === name && (value === undefined || attribute.value === value))

export class RequirementCounts {
  readonly #counted = new Map<string, Counted>()

  /** The requirements that some ACTIVE instance does not meet. `records` gives all instances. */
  telling(
    requirements: readonly AttributeRequirement[],
    records: () => Iterable<ContainerInstanceRecord>,
  ): AttributeRequirement[] {
    return requirements.filter((requirement) => this.#count(requirement, records).missing > 0)
  }

  recordChanged(before: ContainerInstanceRecord | undefined, after: ContainerInstanceRecord | undefined): void {
    if (before?.attributes === after?.attributes && before?.status === after?.status) return
    for (const counted of this.#counted.values()) {
      counted.missing += misses(after, counted.requirement) - misses(before, counted.requirement)
    }
  }

  #count(requirement: AttributeRequirement, records: () => Iterable<ContainerInstanceRecord>): Counted {
    const key = requirement.value === undefined ? requirement.name : `${requirement.name}=${requirement.value}`
    const known = this.#counted.get(key)
    if (known !== undefined) return known
    if (this.#counted.size >= COUNTED_REQUIREMENTS) this.#counted.clear()
    const counted = { requirement, missing: 0 }
    for (const record of records()) counted.missing += misses(record, requirement)
    this.#counted.set(key, counted)
    return counted
  }
}

const misses = (record: ContainerInstanceRecord | undefined, requirement: AttributeRequirement): 0 | 1 =>
  record?.status === 'ACTIVE' && !meets(record.attributes, requirement) ? 1 : 0
