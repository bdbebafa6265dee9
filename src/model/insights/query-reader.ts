/** Goes through the text of a query word by word, past white space and comments, and says what stands where it should not. */
import { RegularExpression } from '../regular-expression/regular-expression.ts'
import { UnsupportedExpression } from '../regular-expression/syntax.ts'
import { MalformedQuery } from './malformed-query.ts'
import { type Period, periodOf } from './period.ts'
import type { TextPattern } from './syntax.ts'

const SPACE = /(?:\s|#[^\n]*)*/y
const WORD = /[A-Za-z_@][\w@]*/y
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])/y
const PERIOD = /(\d+)([A-Za-z]+)(?!\w)/y
const FIELD_PART = /[A-Za-z_@][\w@]*|`[^`\n]+`/y
/** Behind the first dot of a name, also an index: `items.0.id`. */
const FIELD_REST = /\.\s*(?:`[^`\n]+`|[\w@]+)|\[\s*\d+\s*\]/y
/** What an unexpected symbol is shown as. */
const SYMBOL = /[\w@.]+|[^\s]/uy

export class QueryReader {
  readonly text: string
  /** Always at the beginning of a word, or at the end. */
  at = 0

  constructor(text: string) {
    this.text = text
    this.#skip()
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length
  }

  get next(): string {
    return this.text[this.at] ?? ''
  }

  /** The next word, if it is one, in lower case, left where it is. */
  get word(): string | undefined {
    return this.#look(WORD)?.[0].toLowerCase()
  }

  takeWord(...words: readonly string[]): string | undefined {
    const { word } = this
    if (word === undefined || !words.includes(word)) return undefined
    this.#go(word.length)
    return word
  }

  expectWord(...words: readonly string[]): string {
    const word = this.takeWord(...words)
    if (word === undefined) throw this.unexpected()
    return word
  }

  /** Takes the first of several symbols that stands here. */
  take(...symbols: readonly string[]): string | undefined {
    const symbol = symbols.find((one) => this.text.startsWith(one, this.at))
    if (symbol !== undefined) this.#go(symbol.length)
    return symbol
  }

  expect(symbol: string): void {
    if (this.take(symbol) === undefined) throw this.unexpected()
  }

  /** Items with commas between. */
  list<T>(item: () => T): T[] {
    const items = [item()]
    while (this.take(',') !== undefined) items.push(item())
    return items
  }

  number(): number | undefined {
    const found = this.#look(NUMBER)
    if (found === null) return undefined
    this.#go(found[0].length)
    return Number(found[0])
  }

  period(): Period | undefined {
    const found = this.#look(PERIOD)
    if (found === null) return undefined
    const period = periodOf(Number(found[1]), found[2]!)
    if (period === undefined) throw this.unexpected()
    this.#go(found[0].length)
    return period
  }

  /** The steps of a field's name; undefined if none stands here. */
  path(): readonly string[] | undefined {
    const first = this.#look(FIELD_PART)
    if (first === null) return undefined
    const path = [first[0].replaceAll('`', '')]
    let end = this.at + first[0].length
    for (;;) {
      FIELD_REST.lastIndex = end
      const rest = FIELD_REST.exec(this.text)
      if (rest === null) break
      path.push(rest[0].replaceAll(/^[.[]\s*|\s*\]$|`/g, ''))
      end += rest[0].length
    }
    this.#go(end - this.at)
    return path
  }

  expectPath(): readonly string[] {
    const path = this.path()
    if (path === undefined) throw this.unexpected()
    return path
  }

  quoted(): string | undefined {
    const mark = this.next
    if (mark !== '"' && mark !== "'") return undefined
    let content = ''
    let at = this.at + 1
    for (; this.text[at] !== mark; at++) {
      if (this.text[at] === '\\' && (this.text[at + 1] === mark || this.text[at + 1] === '\\')) at++
      if (at >= this.text.length) throw this.malformed('the quotation mark is never closed')
      content += this.text[at]!
    }
    this.#go(at + 1 - this.at)
    return content
  }

  /** A text to be contained, or a regular expression between slashes. */
  pattern(): TextPattern | undefined {
    if (this.next !== '/') return this.quoted()
    const start = this.at + 1
    let end = start
    while (this.text[end] !== '/') {
      if (this.text[end] === '\\') end++
      if (end++ >= this.text.length) throw this.malformed('the regular expression is never closed by a /')
    }
    this.#go(end + 1 - this.at)
    try {
      return new RegularExpression(this.text.slice(start, end))
    } catch (error) {
      if (!(error instanceof UnsupportedExpression)) throw error
      throw new MalformedQuery(error.message, start + error.position, end)
    }
  }

  unexpected(at = this.at): MalformedQuery {
    SYMBOL.lastIndex = at
    const symbol = SYMBOL.exec(this.text)?.[0]
    if (symbol === undefined) return new MalformedQuery('unexpected end of the query', at, at)
    return this.malformed(`unexpected symbol found ${symbol}`, at, at + symbol.length)
  }

  malformed(problem: string, start = this.at, end = start + 1): MalformedQuery {
    const before = this.text.slice(0, start).split('\n')
    const place = `at line ${before.length} and position ${before.at(-1)!.length + 1}`
    return new MalformedQuery(`${problem} ${place}`, start, Math.min(end, this.text.length))
  }

  /** The text between the beginning of one word and the end of the last. */
  textFrom(start: number): string {
    return this.text.slice(start, this.#end).trim()
  }

  #end = 0

  #look(what: RegExp): RegExpExecArray | null {
    what.lastIndex = this.at
    return what.exec(this.text)
  }

  #go(length: number): void {
    this.at += length
    this.#end = this.at
    this.#skip()
  }

  #skip(): void {
    this.at += this.#look(SPACE)?.[0].length ?? 0
  }
}
