/**
 * Cuts a cluster query into words. What a word may hold depends on where it stands (`us-east-1a`, `g2.*` and `service:web` are
 * arguments without quotes), so the parser asks for the kind of word that it expects next.
 */
import { ExpressionError } from './expression-error.ts'

const SUBJECT = /^[^\s=!<>()[\],'"~&|]+/
const OPERATOR = /^(?:==|!=|>=|<=|=~|!~|>|<|!in\b|!exists\b|[a-z_]+)/
const ARGUMENT = /^(?:(?!&&|\|\|)[^\s()[\],'"])+/

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

export class Scanner {
  readonly #text: string
  #position = 0

  constructor(text: string) {
    this.#text = text
    this.#skipSpace()
  }

  /** Where the next word starts. */
  get position(): number {
    return this.#position
  }

  get atEnd(): boolean {
    return this.#position === this.#text.length
  }

  /** Takes one of the given symbols or keywords, if it stands here. */
  take(...choices: readonly string[]): boolean {
    const found = choices.find((choice) => this.#startsWith(choice))
    if (found !== undefined) this.#advance(found.length)
    return found !== undefined
  }

  expect(symbol: string): void {
    if (!this.take(symbol)) throw this.error(`expected '${symbol}'`)
  }

  subject(): string {
    return this.#match(SUBJECT) ?? this.#fail('expected a subject')
  }

  operator(): string {
    return this.#match(OPERATOR) ?? this.#fail('expected an operator')
  }

  /** A quoted string, or a word up to a space, bracket or comma. */
  argument(): string {
    return this.#quoted() ?? this.#match(ARGUMENT) ?? this.#fail('expected a value')
  }

  /** A quoted string, or everything up to a space or to a bracket that the pattern itself did not open. */
  pattern(): string {
    const quoted = this.#quoted()
    if (quoted !== undefined) return quoted
    const length = this.#patternLength()
    if (length === 0) throw this.error('expected a pattern')
    const pattern = this.#text.slice(this.#position, this.#position + length)
    this.#advance(length)
    return pattern
  }

  error(problem: string, position = this.#position): ExpressionError {
    return new ExpressionError(problem, position)
  }

  #fail(problem: string): never {
    throw this.error(problem)
  }

  /** Keywords end where a word ends: `android` does not start with `and`. */
  #startsWith(choice: string): boolean {
    if (!this.#text.startsWith(choice, this.#position)) return false
    const next = this.#text[this.#position + choice.length] ?? ' '
    return !/\w$/.test(choice) || !/[\w.:-]/.test(next)
  }

  #match(kind: RegExp): string | undefined {
    const word = kind.exec(this.#text.slice(this.#position))?.[0]
    if (word !== undefined) this.#advance(word.length)
    return word
  }

  #quoted(): string | undefined {
    const quote = this.#text[this.#position]
    if (quote !== "'" && quote !== '"') return undefined
    let value = ''
    for (let at = this.#position + 1; at < this.#text.length; at++) {
      const escapesQuote = this.#text[at] === '\\' && this.#text[at + 1] === quote
      if (escapesQuote) at++
      else if (this.#text[at] === quote) {
        this.#advance(at + 1 - this.#position)
        return value
      }
      value += this.#text[at]
    }
    throw this.error('unterminated string')
  }

  #patternLength(): number {
    const open: string[] = []
    let at = this.#position
    for (; at < this.#text.length; at++) {
      const character = this.#text[at]!
      if (/\s/.test(character)) break
      if (character === '\\') at++
      else if (character === open.at(-1)) open.pop()
      else if (open.at(-1) === ']') continue
      else if (character === ')' || this.#text.startsWith('&&', at) || this.#text.startsWith('||', at)) break
      else if (CLOSING[character] !== undefined) open.push(CLOSING[character])
    }
    return Math.min(at, this.#text.length) - this.#position
  }

  #advance(length: number): void {
    this.#position += length
    this.#skipSpace()
  }

  #skipSpace(): void {
    while (/\s/.test(this.#text[this.#position] ?? '')) this.#position++
  }
}
