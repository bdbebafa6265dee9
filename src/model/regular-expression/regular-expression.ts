/**
 * Regular expressions that strangers write: matching takes time in proportion to the text, whatever the expression, which JavaScript's
 * own do not promise.
 */
import { Automaton } from './automaton.ts'
import { Backtracker } from './backtracker.ts'
import { type LiteralGroups, literalsOfExpression } from './literals.ts'
import { parseExpression } from './parse.ts'
import { programOf } from './program.ts'

export interface Match {
  readonly start: number
  readonly end: number
  /** By group, from 1, at index 0; undefined for what took no part. */
  readonly groups: readonly (string | undefined)[]
}

export class RegularExpression {
  readonly groupNames: readonly (string | undefined)[]
  /** Of each, a matching text contains one at least. */
  readonly literals: LiteralGroups
  readonly #automaton: Automaton | undefined
  readonly #backtracker: Backtracker

  /** Throws `UnsupportedExpression`. */
  constructor(text: string) {
    const { expression, groupNames } = parseExpression(text)
    const program = programOf(expression, groupNames.length)
    this.groupNames = groupNames
    this.literals = literalsOfExpression(expression)
    this.#automaton = Automaton.canRun(program) ? new Automaton(program) : undefined
    this.#backtracker = new Backtracker(program)
  }

  /** Whether the text contains a match. */
  test(text: string): boolean {
    return this.#automaton?.test(text) ?? this.#backtracker.exec(text) !== undefined
  }

  /** The first match in the text, and of those that begin there the one that a usual engine finds. */
  exec(text: string): Match | undefined {
    if (this.#automaton?.test(text) === false) return undefined
    const slots = this.#backtracker.exec(text)
    if (slots === undefined) return undefined
    const groups = this.groupNames.map((_, index) => {
      const [start, end] = [slots[2 * index + 2]!, slots[2 * index + 3]!]
      return start < 0 || end < 0 ? undefined : text.slice(start, end)
    })
    return { start: slots[0]!, end: slots[1]!, groups }
  }
}
