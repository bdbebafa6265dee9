/** The frame of EC2's describes: what is asked for by id, what passes the filters, and one page of it. */
import type { Filter } from '@aws-sdk/client-ec2'
import { EC2_PAGE } from '../../model/ec2-limits.ts'
import type { Ec2Resource } from '../../model/ec2-records.ts'
import { sortedPage } from '../sorted-page.ts'
import type { Ec2Context } from './context.ts'
import { ec2Fault, invalidCombination, invalidValue } from './faults.ts'
import { type FilterFields, resourceFields, rowFilter } from './filters.ts'
import { type Kind, requireRow, rowsOf } from './kinds.ts'

interface PageRequest {
  readonly MaxResults?: number | undefined
  readonly NextToken?: string | undefined
}

interface DescribeRequest extends PageRequest {
  readonly Filters?: readonly Filter[] | undefined
}

export interface DescribePage<Row> {
  readonly rows: readonly Row[]
  readonly token: { readonly NextToken?: string }
}

interface Describe<Row extends Ec2Resource> {
  readonly operation: string
  readonly kind: Kind<Row>
  readonly ids: readonly string[] | undefined
  /** Beside those that all resources have. */
  readonly fields: FilterFields<Row>
  /** Of how many the operation allows in a page. */
  readonly size?: { readonly min: number; readonly max: number }
}

/** Throws the kind's fault if one of the ids is not there. */
export const describePage = <Row extends Ec2Resource>(
  { Filters, ...page }: DescribeRequest,
  context: Ec2Context,
  { operation, kind, ids = [], fields, size }: Describe<Row>,
): DescribePage<Row> => {
  const passes = rowFilter(Filters, { ...resourceFields, ...fields }, context)
  if (ids.length > 0 && page.MaxResults !== undefined)
    throw invalidCombination('The parameter MaxResults cannot be used together with a list of ids.')
  const rows = ids.length > 0 ? [...new Set(ids)].map((id) => requireRow(context, kind, id)) : rowsOf(context, kind)
  const items = rows.filter(passes)
  return pageOf(page, context, { scope: scopeOf(operation, Filters), items, keyOf: kind.idOf, ...(size && { size }) })
}

interface PagedItems<T> {
  readonly scope: string
  readonly items: readonly T[]
  readonly keyOf: (item: T) => string
  readonly size?: { readonly min: number; readonly max: number }
}

export const pageOf = <T>(
  { MaxResults, NextToken }: PageRequest,
  context: Ec2Context,
  { scope, items, keyOf, size: { min, max } = EC2_PAGE }: PagedItems<T>,
): DescribePage<T> => {
  // AWS: less than the least is refused, more than the most gives the most.
  if (MaxResults !== undefined && MaxResults < min)
    throw invalidValue(
      `Value ( ${MaxResults} ) for parameter maxResults is invalid. Expecting a value greater than ${min}.`,
    )
  const { items: rows, token } = sortedPage(context, {
    scope,
    items,
    keyOf,
    size: Math.min(MaxResults ?? max, max),
    token: NextToken,
    invalidToken: () => ec2Fault('InvalidNextToken', `The token '${NextToken ?? ''}' is invalid`),
  })
  return { rows, token: token === undefined ? {} : { NextToken: token } }
}

export const scopeOf = (operation: string, filters: readonly Filter[] | undefined): string =>
  `${operation}/${JSON.stringify(filters ?? [])}`
