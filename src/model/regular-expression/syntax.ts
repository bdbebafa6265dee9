/** What a regular expression says, and what is wrong with one. */
import type { CharacterSet } from './character-set.ts'

export type Expression =
  | { readonly type: 'character'; readonly set: CharacterSet }
  | { readonly type: 'sequence'; readonly items: readonly Expression[] }
  | { readonly type: 'choice'; readonly branches: readonly Expression[] }
  | Repeat
  | { readonly type: 'group'; readonly index: number; readonly item: Expression }
  | { readonly type: 'assertion'; readonly at: Place }

export interface Repeat {
  readonly type: 'repeat'
  readonly item: Expression
  readonly min: number
  readonly max: number
  readonly lazy: boolean
}

/** Where, between characters, an assertion holds. */
export type Place = 'start' | 'end' | 'line-start' | 'line-end' | 'word-boundary' | 'no-word-boundary'

/** An expression that cannot be read, or that asks for what does not go in time proportional to the text. */
export class UnsupportedExpression extends Error {
  override readonly name = 'UnsupportedExpression'
  /** Where in the expression. */
  readonly position: number

  constructor(message: string, position: number) {
    super(message)
    this.position = position
  }
}
