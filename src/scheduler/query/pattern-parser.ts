/** Reads the syntax of a regular expression into a tree; what cannot be matched in bounded time is refused by name. */
import { ExpressionError } from './expression-error.ts'

type Accepts = (code: number) => boolean

export type PatternNode =
  | { readonly kind: 'character'; readonly accepts: Accepts }
  | { readonly kind: 'anchor'; readonly at: 'start' | 'end' }
  | { readonly kind: 'sequence' | 'choice'; readonly items: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly item: PatternNode; readonly minimum: number; readonly maximum: number }

const isDigit: Accepts = (code) => code >= 48 && code <= 57
const isWord: Accepts = (code) =>
  isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95
const isSpace: Accepts = (code) => code === 32 || (code >= 9 && code <= 13)
const isAny: Accepts = (code) => code !== 10 && code !== 13 && code !== 0x85 && code !== 0x2028 && code !== 0x2029
const not =
  (accepts: Accepts): Accepts =>
  (code) =>
    !accepts(code)

const CLASSES: Readonly<Record<string, Accepts>> = {
  d: isDigit,
  D: not(isDigit),
  w: isWord,
  W: not(isWord),
  s: isSpace,
  S: not(isSpace),
}

const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, r: 13, f: 12, a: 7, e: 27 }

/** Repetitions beyond this are refused before they are multiplied out. */
const LONGEST_REPEAT = 1000

class PatternParser {
  readonly #pattern: string
  readonly #offset: number
  #at = 0

  constructor(pattern: string, offset: number) {
    this.#pattern = pattern
    this.#offset = offset
  }

  parse(): PatternNode {
    const node = this.#choice()
    if (this.#at < this.#pattern.length) throw this.#error("unmatched ')' in the pattern")
    return node
  }

  #choice(): PatternNode {
    const items = [this.#sequence()]
    while (this.#take('|')) items.push(this.#sequence())
    return items.length === 1 ? items[0]! : { kind: 'choice', items }
  }

  #sequence(): PatternNode {
    const items: PatternNode[] = []
    while (this.#at < this.#pattern.length && !'|)'.includes(this.#peek())) items.push(this.#repeated())
    return { kind: 'sequence', items }
  }

  #repeated(): PatternNode {
    const item = this.#atom()
    const bounds = this.#quantifier()
    if (bounds === undefined) return item
    this.#take('?') // A lazy quantifier matches the same texts.
    if ('*+?{'.includes(this.#peek()) && this.#peek() !== '') throw this.#error('unsupported quantifier')
    return { kind: 'repeat', item, ...bounds }
  }

  #quantifier(): { minimum: number; maximum: number } | undefined {
    if (this.#take('*')) return { minimum: 0, maximum: Infinity }
    if (this.#take('+')) return { minimum: 1, maximum: Infinity }
    if (this.#take('?')) return { minimum: 0, maximum: 1 }
    if (this.#peek() !== '{') return undefined
    const bounds = /^\{(\d{1,4})(?:(,)(\d{1,4})?)?\}/.exec(this.#pattern.slice(this.#at))
    if (bounds === null) throw this.#error('malformed quantifier')
    const minimum = Number(bounds[1])
    const unbounded = bounds[2] !== undefined && bounds[3] === undefined
    const maximum = unbounded ? Infinity : Number(bounds[3] ?? bounds[1])
    if (minimum > maximum) throw this.#error('malformed quantifier')
    if (minimum > LONGEST_REPEAT || (maximum !== Infinity && maximum > LONGEST_REPEAT)) {
      throw this.#error(`a repetition of more than ${LONGEST_REPEAT}`)
    }
    this.#at += bounds[0].length
    return { minimum, maximum }
  }

  #atom(): PatternNode {
    const character = this.#next()
    if (character === '(') return this.#group()
    if (character === '[') return { kind: 'character', accepts: this.#class() }
    if (character === '.') return { kind: 'character', accepts: isAny }
    if (character === '^') return { kind: 'anchor', at: 'start' }
    if (character === '$') return { kind: 'anchor', at: 'end' }
    if (character === '\\') return { kind: 'character', accepts: this.#escape() }
    if ('*+?{'.includes(character)) throw this.#error('nothing to repeat', -1)
    return { kind: 'character', accepts: is(character.charCodeAt(0)) }
  }

  #group(): PatternNode {
    if (this.#take('?') && !this.#take(':')) throw this.#error("unsupported group '(?'")
    const inner = this.#choice()
    if (!this.#take(')')) throw this.#error("missing ')' in the pattern")
    return inner
  }

  #class(): Accepts {
    const negated = this.#take('^')
    const accepted: Accepts[] = []
    do accepted.push(this.#classItem())
    while (this.#peek() !== ']')
    this.#at++
    const any: Accepts = (code) => accepted.some((accepts) => accepts(code))
    return negated ? not(any) : any
  }

  #classItem(): Accepts {
    const first = this.#classCharacter()
    const isRange = this.#peek() === '-' && this.#pattern[this.#at + 1] !== ']'
    if (typeof first === 'function') return first
    if (!isRange) return is(first)
    this.#at++
    const last = this.#classCharacter()
    if (typeof last === 'function' || last < first) throw this.#error('malformed range in the pattern')
    return (code) => code >= first && code <= last
  }

  #classCharacter(): number | Accepts {
    const character = this.#next()
    if (character === '[' || (character === '&' && this.#peek() === '&')) throw this.#error('unsupported class', -1)
    return character === '\\' ? this.#escaped() : character.charCodeAt(0)
  }

  #escape(): Accepts {
    const escaped = this.#escaped()
    return typeof escaped === 'function' ? escaped : is(escaped)
  }

  #escaped(): number | Accepts {
    const character = this.#next()
    const known = CLASSES[character] ?? CONTROLS[character]
    if (known !== undefined) return known
    if (/[a-zA-Z0-9]/.test(character)) throw this.#error(`unsupported escape '\\${character}'`, -1)
    return character.charCodeAt(0)
  }

  #peek(): string {
    return this.#pattern[this.#at] ?? ''
  }

  #take(character: string): boolean {
    const found = this.#peek() === character
    if (found) this.#at++
    return found
  }

  #next(): string {
    const character = this.#pattern[this.#at]
    if (character === undefined) throw this.#error('the pattern ends too early')
    this.#at++
    return character
  }

  #error(problem: string, step = 0): ExpressionError {
    return new ExpressionError(problem, this.#offset + this.#at + step)
  }
}

const is =
  (expected: number): Accepts =>
  (code) =>
    code === expected

/** Throws `ExpressionError` with positions counted from `offset`. */
export const parsePattern = (pattern: string, offset: number): PatternNode => new PatternParser(pattern, offset).parse()
