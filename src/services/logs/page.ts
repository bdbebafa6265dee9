/** Pages of rows in the order of their keys. A token holds the last key that was looked at, so that what comes and goes meanwhile shifts nothing. */
import { LOG_LIST_PAGE, LOG_LIST_ROWS } from '../../model/log-limits.ts'
import { checkConstraints } from '../constraints.ts'
import type { LogsContext } from './context.ts'
import { invalidParameter, invalidToken } from './faults.ts'

export interface PageRequest {
  readonly nextToken?: string | undefined
  readonly limit?: number | undefined
}

export interface Pages<Row, Item> {
  /** Operation and filters: a token opens only under the scope it was given for, in the same account and region. */
  readonly scope: unknown
  /** Where rows begin, and what their keys begin with. */
  readonly prefix: string
  readonly rowsAfter: (position: string) => Iterable<Row>
  readonly keyOf: (row: Row) => string
  /** Undefined for a row that is not wanted. */
  readonly itemOf: (row: Row) => Item | undefined
}

export interface Page<Item> {
  readonly items: Item[]
  readonly nextToken?: string
}

export const pageSize = (request: PageRequest): number => {
  checkConstraints(request, { limit: { min: 1, max: LOG_LIST_PAGE.max } }, invalidParameter)
  return request.limit ?? LOG_LIST_PAGE.usual
}

/** The next page. It may be short, and yet have a token, if the rows that are wanted are few among many. */
export const page = <Row, Item>(
  context: LogsContext,
  request: PageRequest,
  { scope, prefix, rowsAfter, keyOf, itemOf }: Pages<Row, Item>,
): Page<Item> => {
  const size = pageSize(request)
  const ownScope = JSON.stringify([context.account, context.region, scope])
  const items: Item[] = []
  let position = openToken(context, ownScope, request.nextToken) ?? justBefore(prefix)
  let seen = 0
  for (const row of rowsAfter(position)) {
    if (!keyOf(row).startsWith(prefix)) break
    const item = seen++ < LOG_LIST_ROWS ? itemOf(row) : undefined
    if (seen > LOG_LIST_ROWS || (item !== undefined && items.length === size))
      return { items, nextToken: context.pageTokens.seal(ownScope, position) }
    if (item !== undefined) items.push(item)
    position = keyOf(row)
  }
  return { items }
}

const openToken = (context: LogsContext, scope: string, token: string | undefined): string | undefined => {
  if (token === undefined) return undefined
  const position = context.pageTokens.open(scope, token)
  if (position === undefined) throw invalidToken()
  return position
}

/** A text after which, in the order of texts, all that begin with the prefix come, and none before. */
export const justBefore = (prefix: string): string =>
  prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) - 1) + '\uffff'
