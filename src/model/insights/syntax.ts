/** What a query says, as its parser hands it on. */
import type { RegularExpression } from '../regular-expression/regular-expression.ts'
import type { Period } from './period.ts'

/** Where something stands in the query. */
export interface Span {
  readonly start: number
  readonly end: number
}

export type Expression = Span &
  (
    | { readonly type: 'literal'; readonly value: string | number | boolean }
    | { readonly type: 'field'; readonly path: readonly string[] }
    | { readonly type: 'call'; readonly name: string; readonly arguments: readonly Expression[] }
    | { readonly type: 'star' }
    | { readonly type: 'period'; readonly period: Period }
    | { readonly type: 'negative' | 'not'; readonly operand: Expression }
    | { readonly type: 'binary'; readonly operator: Operator; readonly left: Expression; readonly right: Expression }
    | { readonly type: 'match'; readonly operand: Expression; readonly pattern: TextPattern }
    | { readonly type: 'in'; readonly operand: Expression; readonly list: readonly Expression[] }
  )

export type Operator = 'and' | 'or' | '=' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%' | '^'

export type TextPattern = string | RegularExpression

export interface Named {
  readonly name: string
  readonly expression: Expression
}

export interface SortKey {
  readonly path: readonly string[]
  readonly isDescending: boolean
}

export type Command = Span &
  (
    | { readonly type: 'fields' | 'display'; readonly items: readonly Named[] }
    | { readonly type: 'filter'; readonly condition: Expression }
    | {
        readonly type: 'parse'
        readonly from: Expression
        readonly pattern: TextPattern
        /** By star or group; groups without a name are passed over. */
        readonly names: readonly (string | undefined)[]
      }
    | { readonly type: 'unnest'; readonly from: Expression; readonly into: string }
    | { readonly type: 'stats'; readonly items: readonly Named[]; readonly by: readonly Named[] }
    | { readonly type: 'sort'; readonly keys: readonly SortKey[] }
    | { readonly type: 'limit'; readonly count: number }
    | { readonly type: 'dedup'; readonly paths: readonly (readonly string[])[] }
  )

/** What an expression stands on. */
const operandsOf = (expression: Expression): readonly Expression[] => {
  switch (expression.type) {
    case 'call':
      return expression.arguments
    case 'negative':
    case 'not':
    case 'match':
      return [expression.operand]
    case 'binary':
      return [expression.left, expression.right]
    case 'in':
      return [expression.operand, ...expression.list]
    default:
      return []
  }
}

/** The expression and everything in it. */
export const partsOf = (expression: Expression): readonly Expression[] => [
  expression,
  ...operandsOf(expression).flatMap(partsOf),
]
