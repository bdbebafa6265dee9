/** What is said of a repository when it is made and when it is changed: checked, and as it is stored. */
import type { ImageTagMutabilityExclusionFilter } from '@aws-sdk/client-ecr'
import type { TagMutability, TagMutabilityMode } from '../../model/image-records.ts'
import { checkConstraints } from '../constraints.ts'
import { invalidParameter } from './faults.ts'

const MODES: readonly TagMutabilityMode[] = [
  'MUTABLE',
  'IMMUTABLE',
  'MUTABLE_WITH_EXCLUSION',
  'IMMUTABLE_WITH_EXCLUSION',
]
/** Source: the API reference, `ImageTagMutabilityExclusionFilter`. */
const FILTERS = { min: 1, max: 5 } as const
const FILTER = { min: 1, max: 128, pattern: /^[0-9a-zA-Z._*-]{1,128}$/ } as const
const WILDCARDS_PER_FILTER = 2

/** Throws `InvalidParameterException`. */
export const checkedMutability = (
  mode: string | undefined = 'MUTABLE',
  filters: readonly ImageTagMutabilityExclusionFilter[] | undefined,
): TagMutability => {
  checkConstraints({ imageTagMutability: mode }, { imageTagMutability: { oneOf: MODES } }, invalidParameter)
  const takesFilters = mode.endsWith('_WITH_EXCLUSION')
  if (takesFilters !== (filters !== undefined))
    throw invalidParameter(
      takesFilters
        ? `imageTagMutabilityExclusionFilters is required when imageTagMutability is ${mode}.`
        : `imageTagMutabilityExclusionFilters cannot be given when imageTagMutability is ${mode}.`,
    )
  return { mode: mode as TagMutabilityMode, exclusions: checkedFilters(filters ?? []) }
}

const checkedFilters = (filters: readonly ImageTagMutabilityExclusionFilter[]): readonly string[] => {
  if (filters.length > 0)
    checkConstraints(
      { imageTagMutabilityExclusionFilters: filters },
      { imageTagMutabilityExclusionFilters: FILTERS },
      invalidParameter,
    )
  return filters.map(({ filter = '', filterType }) => {
    checkConstraints({ filter, filterType }, { filter: FILTER, filterType: { oneOf: ['WILDCARD'] } }, invalidParameter)
    if (filter.split('*').length > WILDCARDS_PER_FILTER + 1)
      throw invalidParameter(`A filter can have at most ${WILDCARDS_PER_FILTER} wildcards.`)
    return filter
  })
}
