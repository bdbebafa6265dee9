/** Capabilities and platform that the task definition needs. */
import { meets } from '../index/requirement-counts.ts'
import type { MembershipTerms, PlacementFilter } from './filter.ts'

export const attributesFilter: PlacementFilter<MembershipTerms> = {
  applies: ({ requiredAttributes }) => requiredAttributes.length > 0,
  check: ({ requiredAttributes }, { record }) =>
    record !== undefined && requiredAttributes.every((requirement) => meets(record.attributes, requirement)),
  reason: 'ATTRIBUTE',
}
