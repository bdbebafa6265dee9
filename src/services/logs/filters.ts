/** What metric filters and subscription filters have in common. */
import { FILTER_PATTERN_LENGTH } from '../../model/limits.ts'
import type { FilterPattern } from '../../model/filter-pattern/filter-pattern.ts'
import { FILTER_EXPRESSIONS_PER_GROUP, LOG_FILTER_NAME } from '../../model/log-limits.ts'
import type { LogGroupRecord } from '../../model/log-records.ts'
import { checkConstraints, type Constraint } from '../constraints.ts'
import type { LogsContext } from './context.ts'
import { invalidParameter, limitExceeded } from './faults.ts'
import { checkedPattern } from './filter-patterns.ts'

export const FILTER_NAME: Constraint = { ...LOG_FILTER_NAME, pattern: /^[^:*]*$/ }

interface FilterRequest {
  readonly filterName?: string | undefined
  readonly filterNamePrefix?: string | undefined
  readonly filterPattern?: string | undefined
  readonly applyOnTransformedLogs?: boolean | undefined
  readonly fieldSelectionCriteria?: string | undefined
}

/** Throws `InvalidParameterException`. */
export const checkFilterNames = (input: FilterRequest): void =>
  checkConstraints(input, { filterName: FILTER_NAME, filterNamePrefix: FILTER_NAME }, invalidParameter)

/** The pattern of a filter that is put. Throws `InvalidParameterException`, also for what there is not: transformers of logs. */
export const checkedFilterPattern = (input: FilterRequest): FilterPattern => {
  checkFilterNames(input)
  checkConstraints(input, { filterPattern: { min: 0, max: FILTER_PATTERN_LENGTH } }, invalidParameter)
  if (input.applyOnTransformedLogs === true) throw invalidParameter('The log group has no transformer.')
  if (input.fieldSelectionCriteria !== undefined) throw invalidParameter('fieldSelectionCriteria is not supported.')
  return checkedPattern(input.filterPattern ?? '')
}

/** Throws `LimitExceededException` if the filters of the group had too many regular expressions with these, which come in place of those. */
export const checkExpressions = (
  { tx }: LogsContext,
  { groupId }: LogGroupRecord,
  expressions: number,
  replaced: { readonly expressions: number } | undefined,
): void => {
  const filters = [...tx.metricFilters.find('byGroup', groupId), ...tx.subscriptionFilters.find('byGroup', groupId)]
  const present = filters.reduce((sum, filter) => sum + filter.expressions, 0)
  if (expressions > 0 && present - (replaced?.expressions ?? 0) + expressions > FILTER_EXPRESSIONS_PER_GROUP)
    throw limitExceeded(`The filters of a log group have ${FILTER_EXPRESSIONS_PER_GROUP} regular expressions at most.`)
}
