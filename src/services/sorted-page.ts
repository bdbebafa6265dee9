/**
 * Pages of lists that are short enough to be sorted for each page. A token holds the key of the last item given, so that what comes and
 * goes meanwhile shifts nothing.
 */
import type { PageTokens } from '../wire/page-tokens.ts'
import type { CallContext } from '../wire/service.ts'

export interface SortedPage<T> {
  readonly items: readonly T[]
  /** Absent from the last page. */
  readonly token?: string
}

export interface SortedPageRequest<T> {
  /** Names the operation and its filters: a token is good only for the scope it was given for, in the same account and region. */
  readonly scope: string
  readonly items: Iterable<T>
  /** Keys are distinct and give the order. */
  readonly keyOf: (item: T) => string
  readonly descending?: boolean
  readonly size: number
  readonly token: string | undefined
  readonly invalidToken: () => Error
}

export const sortedPage = <T>(
  { account, region, pageTokens }: CallContext & { readonly pageTokens: PageTokens },
  { scope, items, keyOf, descending = false, size, token, invalidToken }: SortedPageRequest<T>,
): SortedPage<T> => {
  const ownScope = `${account}/${region}/${scope}`
  const after = token === undefined ? undefined : pageTokens.open(ownScope, token)
  if (token !== undefined && after === undefined) throw invalidToken()
  const comesAfter = (key: string, other: string): boolean => (descending ? key < other : key > other)
  const left = Array.from(items, (item) => ({ key: keyOf(item), item }))
    .filter(({ key }) => after === undefined || comesAfter(key, after))
    .toSorted((a, b) => (comesAfter(a.key, b.key) ? 1 : -1))
  const given = left.slice(0, size)
  const last = given.at(-1)
  return {
    items: given.map(({ item }) => item),
    ...(last !== undefined && given.length < left.length && { token: pageTokens.seal(ownScope, last.key) }),
  }
}
