/** Pages of sorted lists. A token holds the key of the last item given, so that what comes and goes meanwhile shifts nothing. */
import { PAGE_SIZE } from '../../model/limits.ts'
import type { EcsContext } from './context.ts'
import { invalidParameter } from './faults.ts'

export interface PageRequest {
  readonly nextToken?: string | undefined
  readonly maxResults?: number | undefined
}

export interface PageOptions {
  readonly descending?: boolean
  /** Size of a page for which the request names none. */
  readonly defaultSize?: number
  readonly maxSize?: number
}

export interface Page<T> {
  readonly items: readonly T[]
  readonly nextToken?: string
}

/**
 * The next page of `items`, in the order of their keys, which must be distinct. `scope` names the operation and its filters: a
 * token opens only under the scope it was given for, in the same account and region.
 */
export const page = <T>(
  context: EcsContext,
  scope: string,
  items: Iterable<T>,
  request: PageRequest,
  keyOf: (item: T) => string,
  { descending = false, defaultSize = PAGE_SIZE, maxSize = PAGE_SIZE }: PageOptions = {},
): Page<T> => {
  const size = pageSize(request.maxResults, defaultSize, maxSize)
  const ownScope = `${context.account}/${context.region}/${scope}`
  const after = openToken(context, ownScope, request.nextToken)
  const isAfter = descending ? (key: string, other: string) => key < other : (key: string, other: string) => key > other
  const found = smallest(items, size + 1, keyOf, isAfter, after)
  const given = found.slice(0, size)
  const last = given.at(-1)
  const nextToken = found.length > size && last !== undefined ? context.pageTokens.seal(ownScope, last.key) : undefined
  return { items: given.map(({ item }) => item), ...(nextToken === undefined ? {} : { nextToken }) }
}

const pageSize = (maxResults: number | undefined, defaultSize: number, maxSize: number): number => {
  if (maxResults === undefined) return defaultSize
  if (maxResults < 1 || maxResults > maxSize) throw invalidParameter(`maxResults must be between 1 and ${maxSize}.`)
  return maxResults
}

const openToken = (context: EcsContext, scope: string, token: string | undefined): string | undefined => {
  if (token === undefined) return undefined
  const position = context.pageTokens.open(scope, token)
  if (position === undefined) throw invalidParameter('Invalid token.')
  return position
}

interface Keyed<T> {
  readonly key: string
  readonly item: T
}

/** How much is gathered before sorting it and dropping what the page cannot hold; keeps a page of a million items linear. */
const GATHER_PAGES = 8

/** The first `size` items after a position, sorted, without sorting all of them. */
const smallest = <T>(
  items: Iterable<T>,
  size: number,
  keyOf: (item: T) => string,
  isAfter: (key: string, other: string) => boolean,
  after: string | undefined,
): Keyed<T>[] => {
  const inOrder = (a: Keyed<T>, b: Keyed<T>): number => (isAfter(a.key, b.key) ? 1 : -1)
  let kept: Keyed<T>[] = []
  let bound: string | undefined
  for (const item of items) {
    const key = keyOf(item)
    if ((after !== undefined && !isAfter(key, after)) || (bound !== undefined && isAfter(key, bound))) continue
    kept.push({ key, item })
    if (kept.length < size * GATHER_PAGES) continue
    kept = kept.sort(inOrder).slice(0, size)
    bound = kept.at(-1)?.key
  }
  return kept.sort(inOrder).slice(0, size)
}
