/** Pages of Amazon ECR's lists. */
import { checkConstraints } from '../constraints.ts'
import { sortedPage } from '../sorted-page.ts'
import type { EcrCall } from './context.ts'
import { invalidParameter, invalidToken } from './faults.ts'

/** How many items a page has: without `maxResults`, and at most. AWS: of most lists, these. */
const SIZES = { usual: 100, max: 1000 } as const

export interface PageRequest {
  readonly maxResults?: number | undefined
  readonly nextToken?: string | undefined
}

export const page = <T>(
  context: EcrCall,
  request: PageRequest,
  scope: readonly unknown[],
  items: Iterable<T>,
  keyOf: (item: T) => string,
  { usual, max }: { readonly usual: number; readonly max: number } = SIZES,
): { readonly items: readonly T[]; readonly rest: { readonly nextToken?: string } } => {
  checkConstraints(request, { maxResults: { min: 1, max } }, invalidParameter)
  const { items: given, token } = sortedPage(context, {
    scope: `ecr/${JSON.stringify(scope)}`,
    items,
    keyOf,
    size: request.maxResults ?? usual,
    token: request.nextToken,
    invalidToken,
  })
  return { items: given, rest: token === undefined ? {} : { nextToken: token } }
}
