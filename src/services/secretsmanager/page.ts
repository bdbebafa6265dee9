/** Pages of Secrets Manager's lists. */
import { SECRETS_PAGE } from '../../model/limits.ts'
import { checkConstraints } from '../constraints.ts'
import { sortedPage } from '../sorted-page.ts'
import type { SecretsContext } from './context.ts'
import { invalidNextToken } from './faults.ts'

export interface SecretsPageRequest {
  readonly MaxResults?: number | undefined
  readonly NextToken?: string | undefined
}

export interface SecretsPage<T> {
  readonly items: readonly T[]
  /** The member of an answer that says where to go on. */
  readonly rest: { readonly NextToken?: string }
}

export const page = <T>(
  context: SecretsContext,
  scope: string,
  items: Iterable<T>,
  request: SecretsPageRequest,
  keyOf: (item: T) => string,
  { descending = false, sizes = SECRETS_PAGE as { readonly min: number; readonly max: number } } = {},
): SecretsPage<T> => {
  checkConstraints(request, { MaxResults: sizes, NextToken: { min: 1, max: 4096 } })
  const { items: given, token } = sortedPage(context, {
    scope: `secretsmanager/${scope}`,
    items,
    keyOf,
    descending,
    size: request.MaxResults ?? sizes.max,
    token: request.NextToken,
    invalidToken: invalidNextToken,
  })
  return { items: given, rest: token === undefined ? {} : { NextToken: token } }
}
