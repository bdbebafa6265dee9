/** Pages of Certificate Manager's lists. */
import { sortedPage } from '../sorted-page.ts'
import { validation } from '../constraints.ts'
import type { AcmContext } from './context.ts'

export interface AcmPageRequest {
  readonly NextToken?: string | undefined
  readonly size: number
}

export interface AcmPage<T> {
  readonly items: readonly T[]
  readonly rest: { readonly NextToken?: string }
}

/** `keyOf` gives the order; keys are distinct. */
export const page = <T>(
  context: AcmContext,
  scope: string,
  items: Iterable<T>,
  { NextToken: token, size }: AcmPageRequest,
  keyOf: (item: T) => string,
  descending = false,
): AcmPage<T> => {
  const given = sortedPage(context, {
    scope: `acm/${scope}`,
    items,
    keyOf,
    descending,
    size,
    token,
    invalidToken: () => validation('The NextToken is not one of this list.'),
  })
  return { items: given.items, rest: given.token === undefined ? {} : { NextToken: given.token } }
}
