/** Pages of KMS's lists: `Limit` and `Marker` in, `NextMarker` and `Truncated` out. */
import { KMS_LARGEST_PAGE, KMS_PAGE_SIZE } from '../../model/limits.ts'
import { checkConstraints } from '../constraints.ts'
import { sortedPage } from '../sorted-page.ts'
import type { KmsContext } from './context.ts'
import { invalidMarker } from './faults.ts'

export interface KmsPageRequest {
  readonly Limit?: number | undefined
  readonly Marker?: string | undefined
}

export interface KmsPage<T> {
  readonly items: readonly T[]
  /** The members of an answer that say whether there is more. */
  readonly rest: { readonly Truncated: boolean; readonly NextMarker?: string }
}

export const page = <T>(
  context: KmsContext,
  scope: string,
  items: Iterable<T>,
  request: KmsPageRequest,
  keyOf: (item: T) => string,
  { size = KMS_PAGE_SIZE, max = KMS_LARGEST_PAGE } = {},
): KmsPage<T> => {
  checkConstraints(request, { Limit: { min: 1, max }, Marker: { min: 1, max: 1024 } })
  const { items: given, token } = sortedPage(context, {
    scope: `kms/${scope}`,
    items,
    keyOf,
    size: request.Limit ?? size,
    token: request.Marker,
    invalidToken: invalidMarker,
  })
  return { items: given, rest: token === undefined ? { Truncated: false } : { Truncated: true, NextMarker: token } }
}
