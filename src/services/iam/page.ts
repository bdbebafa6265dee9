/**
 * Pages of IAM's lists, in the order of their keys. A marker holds the key of the last item given, so that what comes and goes
 * meanwhile shifts nothing. Lists are short enough to be sorted for each page.
 */
import { IAM_PAGE_SIZE } from '../../model/limits.ts'
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
  const ownScope = `iam/${context.account}/${scope}`
  const after = openMarker(context, ownScope, request.Marker)
  const left = [...items]
    .map((item) => ({ key: keyOf(item), item }))
    .filter(({ key }) => after === undefined || key > after)
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
  const given = left.slice(0, request.MaxItems ?? IAM_PAGE_SIZE)
  const last = given.at(-1)
  return {
    items: given.map(({ item }) => item),
    rest:
      last === undefined || given.length === left.length
        ? { IsTruncated: false }
        : { IsTruncated: true, Marker: context.pageTokens.seal(ownScope, last.key) },
  }
}

const openMarker = (context: IamContext, scope: string, marker: string | undefined): string | undefined => {
  if (marker === undefined) return undefined
  const position = context.pageTokens.open(scope, marker)
  if (position === undefined) throw validationError('Invalid Marker.')
  return position
}
