/** Pages of rows in the order of their keys. A token holds the last key that was looked at, so that what comes and goes meanwhile shifts nothing. */
import { PARAMETER_PAGE_ROWS } from '../../model/limits.ts'
import type { SsmContext } from './context.ts'
import { checkConstraints } from '../constraints.ts'
import { fault } from './faults.ts'

export interface PageRequest {
  readonly NextToken?: string | undefined
  readonly MaxResults?: number | undefined
}

export interface Pages<Row, Item> {
  /** Operation and filters: a token opens only under the scope it was given for, in the same account and region. */
  readonly scope: unknown
  readonly sizes: { readonly usual: number; readonly max: number }
  /** Rows whose keys come after a position; the first are asked for with an empty one. */
  readonly rowsAfter: (position: string) => Iterable<Row>
  readonly keyOf: (row: Row) => string
  /** Undefined for a row that is not wanted. */
  readonly itemOf: (row: Row) => Item | undefined
}

export interface Page<Item> {
  readonly items: Item[]
  readonly nextToken?: string
}

/** The next page. It may be short, and yet have a token, if the rows that are wanted are few among many. */
export const page = <Row, Item>(
  context: SsmContext,
  request: PageRequest,
  { scope, sizes, rowsAfter, keyOf, itemOf }: Pages<Row, Item>,
): Page<Item> => {
  const { MaxResults: size = sizes.usual } = request
  checkConstraints(request, { MaxResults: { min: 1, max: sizes.max } })
  const ownScope = JSON.stringify([context.account, context.region, scope])
  const items: Item[] = []
  let position = openToken(context, ownScope, request.NextToken)
  let seen = 0
  for (const row of rowsAfter(position)) {
    const item = seen++ < PARAMETER_PAGE_ROWS ? itemOf(row) : undefined
    if (seen > PARAMETER_PAGE_ROWS || (item !== undefined && items.length === size))
      return { items, nextToken: context.pageTokens.seal(ownScope, position) }
    if (item !== undefined) items.push(item)
    position = keyOf(row)
  }
  return { items }
}

const openToken = (context: SsmContext, scope: string, token: string | undefined): string => {
  if (token === undefined) return ''
  const position = context.pageTokens.open(scope, token)
  if (position === undefined) throw fault('InvalidNextToken', 'The specified token is not valid.')
  return position
}
