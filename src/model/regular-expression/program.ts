/** A regular expression as steps of a machine that reads a text character by character. */
import type { CharacterSet } from './character-set.ts'
import { type Expression, type Place, type Repeat, UnsupportedExpression } from './syntax.ts'

export type Step =
  | { readonly type: 'character'; readonly set: CharacterSet; readonly next: number }
  /** Goes on at both, rather at the first. */
  | { readonly type: 'split'; first: number; second: number; readonly number: number }
  | { readonly type: 'save'; readonly slot: number; readonly next: number }
  | { readonly type: 'assertion'; readonly at: Place; readonly next: number }
  | { readonly type: 'match' }

export interface Program {
  readonly steps: readonly Step[]
  readonly start: number
  readonly splits: number
  /** Two for each group and for the whole: where it begins and ends. */
  readonly slots: number
}

/**
 * Counted repetitions are written out, so that few characters can ask for very many steps, and a text of a megabyte can meet each of
 * them at each of its characters.
 */
const MOST_STEPS = 1000

export const programOf = (expression: Expression, groups: number): Program => new Compiler().program(expression, groups)

class Compiler {
  readonly #steps: Step[] = []
  #splits = 0

  program(expression: Expression, groups: number): Program {
    const match = this.#add({ type: 'match' })
    const start = this.#emit({ type: 'group', index: 0, item: expression }, match)
    return { steps: this.#steps, start, splits: this.#splits, slots: 2 * (groups + 1) }
  }

  /** Where the steps begin that go through the expression and then on to `next`. */
  #emit(expression: Expression, next: number): number {
    switch (expression.type) {
      case 'character':
        return this.#add({ type: 'character', set: expression.set, next })
      case 'assertion':
        return this.#add({ type: 'assertion', at: expression.at, next })
      case 'sequence':
        return expression.items.reduceRight((behind, item) => this.#emit(item, behind), next)
      case 'choice':
        return expression.branches
          .map((branch) => this.#emit(branch, next))
          .reduceRight((second, first) => this.#split(first, second, false))
      case 'group': {
        const end = this.#add({ type: 'save', slot: 2 * expression.index + 1, next })
        return this.#add({ type: 'save', slot: 2 * expression.index, next: this.#emit(expression.item, end) })
      }
      case 'repeat':
        return this.#repeat(expression, next)
    }
  }

  #repeat({ item, min, max, lazy }: Repeat, next: number): number {
    let start = next
    if (max === Infinity) start = this.#loop(item, next, lazy)
    else for (let count = min; count < max; count++) start = this.#split(this.#emit(item, start), next, lazy)
    for (let count = 0; count < min; count++) {
      const behind = start
      start = this.#emit(item, behind)
      // What has no steps has none however often.
      if (start === behind) break
    }
    return start
  }

  #loop(item: Expression, next: number, lazy: boolean): number {
    const split: Step = { type: 'split', first: next, second: next, number: this.#splits++ }
    const start = this.#add(split)
    const body = this.#emit(item, start)
    if (lazy) split.second = body
    else split.first = body
    return start
  }

  #split(first: number, second: number, lazy: boolean): number {
    const [one, other] = lazy ? [second, first] : [first, second]
    return this.#add({ type: 'split', first: one, second: other, number: this.#splits++ })
  }

  #add(step: Step): number {
    if (this.#steps.length >= MOST_STEPS) throw new UnsupportedExpression('The regular expression is too large.', 0)
    return this.#steps.push(step) - 1
  }
}
