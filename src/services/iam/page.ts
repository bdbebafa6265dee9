/**
 * Pages of IAM's lists, in the order of their keys. A marker holds the key of the last item given, so that what comes and goes
 * meanwhile shifts nothing. Lists are short enough to be sorted for each page.
 */
import { IAM_PAGE_SIZE } from '../../model/limits.ts'
import { sortedPage } from '../sorted-page.ts'
import type { IamContext } from './context.ts'
import { validationError } from './faults.ts'
import { check, MAX_ITEMS } from './rules.ts'

export interface PageRequest {
  readonly Marker?: string | undefined
  readonly MaxItems?: number | undefined
}

export interface Page<T> {
  readonly items: readonly T[]
  /** The members of an answer that say whether there is more. */
  readonly rest: { readonly IsTruncated: boolean; readonly Marker?: string }
}

/**
 * The next page of `items`, whose keys must be distinct. `scope` names the operation and its filters: a marker is good only for the
 * scope it was given for, in the same account.
 */
export const page = <T>(
  context: IamContext,
  scope: string,
  items: Iterable<T>,
  request: PageRequest,
  keyOf: (item: T) => string,
): Page<T> => {
  check(request, { MaxItems: MAX_ITEMS })
  // AWS: IAM has no Regions, so a marker is good in all of them.
  const { items: given, token } = sortedPage(
    { ...context, region: '' },
    {
      scope: `iam/${scope}`,
      items,
      keyOf,
      size: request.MaxItems ?? IAM_PAGE_SIZE,
      token: request.Marker,
      invalidToken: () => validationError('Invalid Marker.'),
    },
  )
  return { items: given, rest: token === undefined ? { IsTruncated: false } : { IsTruncated: true, Marker: token } }
}
