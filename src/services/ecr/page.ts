/** Pages of Amazon ECR's lists. */
import { checkConstraints } from '../constraints.ts'
import { sortedPage } from '../sorted-page.ts'
import type { EcrContext } from './context.ts'
import { invalidParameter, invalidToken } from './faults.ts'

/** AWS: without `maxResults`, this many. */
const USUAL = 100
const MAX = 1000

export interface PageRequest {
  readonly maxResults?: number | undefined
  readonly nextToken?: string | undefined
}

export const page = <T>(
  context: EcrContext,
  request: PageRequest,
  scope: readonly unknown[],
  items: Iterable<T>,
  keyOf: (item: T) => string,
): { readonly items: readonly T[]; readonly rest: { readonly nextToken?: string } } => {
  checkConstraints(request, { maxResults: { min: 1, max: MAX } }, invalidParameter)
  const { items: given, token } = sortedPage(context, {
    scope: `ecr/${JSON.stringify(scope)}`,
    items,
    keyOf,
    size: request.maxResults ?? USUAL,
    token: request.nextToken,
    invalidToken,
  })
  return { items: given, rest: token === undefined ? {} : { nextToken: token } }
}
