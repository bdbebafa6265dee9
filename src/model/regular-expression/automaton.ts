/**
 * Whether a text contains what an expression describes, at one look-up for each character: all places of the program at which the
 * text may be are one state, and where a state leads is found out once. States are built as texts ask for them, and forgotten when
 * they become many.
 */
import { includes } from './character-set.ts'
import type { Program } from './program.ts'

interface State {
  readonly places: readonly number[]
  readonly isMatch: boolean
  readonly isMatchAtEnd: boolean
  /** By class of characters. */
  readonly next: (State | undefined)[]
}

const MOST_STATES = 500
/** A text that makes the states be forgotten more often than this asks for new ones all the time. */
const MOST_RESTARTS = 2
const ASCII = 128

export class Automaton {
  readonly #program: Program
  /** Where classes of characters begin; no set of the program tells the characters of a class apart. */
  readonly #classStarts: readonly number[]
  readonly #asciiClasses: Uint16Array
  #states = new Map<string, State>()
  #start: State | undefined
  #restarts = 0

  constructor(program: Program) {
    this.#program = program
    const sets = program.steps.flatMap((step) => (step.type === 'character' ? [step.set] : []))
    const starts = sets.flatMap((set) => set.map((code, index) => code + (index % 2)))
    this.#classStarts = [...new Set([0, ...starts])].toSorted((one, other) => one - other)
    this.#asciiClasses = Uint16Array.from({ length: ASCII }, (_, code) => this.#classOf(code))
  }

  /** What else asserts needs to know its neighbours, which a state does not. */
  static canRun({ steps }: Program): boolean {
    return steps.every((step) => step.type !== 'assertion' || step.at === 'start' || step.at === 'end')
  }

  /** Undefined if the text asks for too many states to be worth their while. */
  test(text: string): boolean | undefined {
    this.#restarts = 0
    this.#start ??= this.#state([this.#program.start], true)
    let state = this.#start
    for (let at = 0; at < text.length && !state.isMatch; at++) {
      let code = text.charCodeAt(at)
      if (code >= 0xd800 && code < 0xdc00) {
        code = text.codePointAt(at)!
        if (code > 0xffff) at++
      }
      const kind = code < ASCII ? this.#asciiClasses[code]! : this.#classOf(code)
      state = state.next[kind] ?? this.#follow(state, kind)
      if (this.#restarts > MOST_RESTARTS) return undefined
    }
    return state.isMatch || state.isMatchAtEnd
  }

  #follow(state: State, kind: number): State {
    const code = this.#classStarts[kind]!
    const reached = state.places.flatMap((place) => {
      const step = this.#program.steps[place]!
      return step.type === 'character' && includes(step.set, code) ? [step.next] : []
    })
    const next = this.#state([...reached, this.#program.start], false)
    state.next[kind] = next
    return next
  }

  #state(reached: readonly number[], isAtStart: boolean): State {
    const places = this.#closure(reached, isAtStart)
    const key = `${isAtStart ? '^' : ''}${places.join()}`
    const known = this.#states.get(key)
    if (known !== undefined) return known
    if (this.#states.size >= MOST_STATES) {
      this.#states = new Map()
      this.#start = undefined
      this.#restarts++
    }
    const state = {
      places,
      isMatch: this.#hasMatch(places),
      isMatchAtEnd: this.#hasMatch(this.#closure(places, isAtStart, true)),
      next: [],
    }
    this.#states.set(key, state)
    return state
  }

  #hasMatch(places: readonly number[]): boolean {
    return places.some((place) => this.#program.steps[place]!.type === 'match')
  }

  /** The places reached without reading on. What waits for the text's end stays where it is until the end has come. */
  #closure(from: readonly number[], isAtStart: boolean, isAtEnd = false): number[] {
    const reached = new Set<number>()
    const seen = new Set<number>()
    const open = [...from]
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      if (seen.has(place)) continue
      seen.add(place)
      const step = this.#program.steps[place]!
      if (step.type === 'split') open.push(step.first, step.second)
      else if (step.type === 'save') open.push(step.next)
      else if (step.type !== 'assertion') reached.add(place)
      else if (step.at === 'end' && !isAtEnd) reached.add(place)
      else if (step.at === 'end' || isAtStart) open.push(step.next)
    }
    return [...reached].toSorted((one, other) => one - other)
  }

  #classOf(code: number): number {
    let [first, behind] = [0, this.#classStarts.length]
    while (behind - first > 1) {
      const middle = (first + behind) >> 1
      if (this.#classStarts[middle]! <= code) first = middle
      else behind = middle
    }
    return first
  }
}
