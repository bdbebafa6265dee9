/**
 * Finds the groups of the first match: tries one way after another, as the usual engines do, but never the same step at the same
 * place of the text twice, so that the time is bounded by the lengths of both.
 */
import { includes, WORD } from './character-set.ts'
import type { Program } from './program.ts'
import type { Place } from './syntax.ts'

/** Marks, on the pile of what is left to try, a group's border that has to be put back. */
const RESTORE = -1

const KEPT_WORDS = 2 ** 18

/**
 * Steps that are tried at places of one text. An expression of very many repetitions meets them at the beginning of a very long text, and
 * finds nothing behind it; others look at all of a megabyte.
 */
const MOST_TRIES = 2 ** 22

export class Backtracker {
  readonly #program: Program
  #tried = new Uint32Array(0)
  /** Place of the present text up to which it is read. */
  #end = 0
  /** Three numbers for each: a step and a place of the text, or `RESTORE`, a slot and what it was. */
  readonly #pile: number[] = []

  constructor(program: Program) {
    this.#program = program
  }

  /** Where the whole match and each group begin and end, -1 for what took no part. */
  exec(text: string): readonly number[] | undefined {
    const { splits } = this.#program
    this.#end = Math.min(text.length, Math.ceil(MOST_TRIES / Math.max(splits, 1)))
    this.#forget(Math.ceil((splits * this.#places) / 32))
    const slots = Array.from({ length: this.#program.slots }, () => -1)
    for (let start = 0; start <= this.#end; start++) if (this.#matchAt(text, start, slots)) return slots
    return undefined
  }

  /** Nothing is tried yet. What a rare long text needed is not kept for the others. */
  #forget(words: number): void {
    if (words > this.#tried.length || this.#tried.length > KEPT_WORDS) this.#tried = new Uint32Array(words)
    else this.#tried.fill(0, 0, words)
  }

  /** Of the text, at which steps are tried; the last character that is read may take two. */
  get #places(): number {
    return this.#end + 2
  }

  #matchAt(text: string, start: number, slots: number[]): boolean {
    const pile = this.#pile
    pile.length = 0
    pile.push(this.#program.start, start, 0)
    while (pile.length > 0) {
      const before = pile.pop()!
      const at = pile.pop()!
      const place = pile.pop()!
      if (place === RESTORE) slots[at] = before
      else if (this.#run(text, place, at, slots)) return true
    }
    return false
  }

  #run(text: string, from: number, start: number, slots: number[]): boolean {
    const { steps } = this.#program
    let [place, at] = [from, start]
    for (;;) {
      const step = steps[place]!
      switch (step.type) {
        case 'character': {
          const code = at < this.#end ? text.codePointAt(at) : undefined
          if (code === undefined || !includes(step.set, code)) return false
          at += code > 0xffff ? 2 : 1
          place = step.next
          break
        }
        case 'split':
          if (this.#isTried(step.number * this.#places + at)) return false
          this.#pile.push(step.second, at, 0)
          place = step.first
          break
        case 'save':
          this.#pile.push(RESTORE, step.slot, slots[step.slot]!)
          slots[step.slot] = at
          place = step.next
          break
        case 'assertion':
          if (!holds(step.at, text, at)) return false
          place = step.next
          break
        case 'match':
          return true
      }
    }
  }

  #isTried(index: number): boolean {
    const [word, bit] = [index >>> 5, 1 << (index & 31)]
    const isTried = (this.#tried[word]! & bit) !== 0
    this.#tried[word]! |= bit
    return isTried
  }
}

const holds = (place: Place, text: string, at: number): boolean => {
  switch (place) {
    case 'start':
      return at === 0
    case 'end':
      return at === text.length
    case 'line-start':
      return at === 0 || text[at - 1] === '\n'
    case 'line-end':
      return at === text.length || text[at] === '\n'
    case 'word-boundary':
      return isWord(text, at - 1) !== isWord(text, at)
    case 'no-word-boundary':
      return isWord(text, at - 1) === isWord(text, at)
  }
}

const isWord = (text: string, at: number): boolean => includes(WORD, at < 0 ? 0 : (text.codePointAt(at) ?? 0))
