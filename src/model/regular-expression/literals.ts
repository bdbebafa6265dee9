/** Texts that whatever matches must contain, so that what contains none of them need not be looked at. */
import type { CharacterSet } from './character-set.ts'
import type { Expression } from './syntax.ts'

/** Of each group, a matching text contains one at least. */
export type LiteralGroups = readonly (readonly string[])[]

/** More alternatives than this cost a search more than they save. */
const MOST_ALTERNATIVES = 16

export const literalsOfExpression = (expression: Expression): LiteralGroups => new Collector().collect(expression)

/** Of several groups the one that is rarest, as far as lengths tell. */
const rarest = (groups: LiteralGroups): readonly string[] | undefined => {
  const weight = (group: readonly string[]) => Math.min(...group.map(({ length }) => length))
  return groups.toSorted((one, other) => weight(other) - weight(one))[0]
}

/** What must be there if one of several must. */
export const anyOf = (branches: readonly LiteralGroups[]): LiteralGroups => {
  const best = branches.map(rarest)
  const alternatives = best.flatMap((group) => group ?? [])
  if (best.includes(undefined) || alternatives.length > MOST_ALTERNATIVES) return []
  return [[...new Set(alternatives)]]
}

class Collector {
  readonly #groups: (readonly string[])[] = []
  #run = ''

  collect(expression: Expression): LiteralGroups {
    this.#visit(expression)
    this.#cut()
    return this.#groups
  }

  #visit(expression: Expression): void {
    switch (expression.type) {
      case 'character':
        return this.#character(expression.set)
      case 'sequence':
        return expression.items.forEach((item) => this.#visit(item))
      case 'group':
        return this.#visit(expression.item)
      case 'assertion':
        return undefined
      case 'choice':
        this.#cut()
        this.#groups.push(...anyOf(expression.branches.map(literalsOfExpression)))
        return undefined
      case 'repeat':
        this.#cut()
        if (expression.min > 0) this.#groups.push(...literalsOfExpression(expression.item))
        return undefined
    }
  }

  #character(set: CharacterSet): void {
    const [first, last] = set
    if (set.length === 2 && first === last) this.#run += String.fromCodePoint(first!)
    else this.#cut()
  }

  #cut(): void {
    if (this.#run !== '') this.#groups.push([this.#run])
    this.#run = ''
  }
}
