/** Pages of Elastic Load Balancing's lists, in the order of their keys. */
import { ELB_PAGE_SIZE } from '../../model/load-balancing/limits.ts'
import { checkConstraints } from '../constraints.ts'
import { sortedPage } from '../sorted-page.ts'
import type { Elbv2Context } from './context.ts'
import { validationError } from './faults.ts'

export interface PageRequest {
  readonly Marker?: string | undefined
  readonly PageSize?: number | undefined
}

export interface Page<T> {
  readonly items: readonly T[]
  /** The member of an answer that says that there is more. */
  readonly rest: { readonly NextMarker?: string }
}

/** The next page of `items`, whose keys must be distinct. `scope` names the operation and its filters: a marker is good for them alone. */
export const page = <T>(
  context: Elbv2Context,
  scope: string,
  items: Iterable<T>,
  { Marker, PageSize }: PageRequest,
  keyOf: (item: T) => string,
): Page<T> => {
  checkConstraints({ PageSize }, { PageSize: { min: 1, max: ELB_PAGE_SIZE } }, validationError)
  const { items: given, token } = sortedPage(context, {
    scope: `elasticloadbalancing/${scope}`,
    items,
    keyOf,
    size: PageSize ?? ELB_PAGE_SIZE,
    token: Marker,
    invalidToken: () => validationError('Invalid marker'),
  })
  return { items: given, rest: token === undefined ? {} : { NextMarker: token } }
}
