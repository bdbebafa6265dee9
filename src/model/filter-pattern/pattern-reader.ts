/** Goes through the text of a filter pattern, and reads what all kinds of patterns have: quoted texts and regular expressions. */
import { RegularExpression } from '../regular-expression/regular-expression.ts'
import { UnsupportedExpression } from '../regular-expression/syntax.ts'
import { InvalidFilterPattern } from './invalid-filter-pattern.ts'

/** AWS: other characters are refused, round brackets among them, and are to be written as `\xhh`. */
const EXPRESSION_CHARACTER = /^[A-Za-z0-9:_#=@/;, ^$?[\]{}|\\*+.-]$/
const EXPRESSION_ESCAPE = /\\(?:[dDsSwW]|x[0-9A-Fa-f]{2}|[:_#=@/;, ^$?[\]{}|\\*+.-])/y

export class PatternReader {
  readonly text: string
  at = 0
  /** How many regular expressions were read. */
  expressions = 0

  constructor(text: string) {
    this.text = text
  }

  get next(): string | undefined {
    return this.text[this.at]
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length
  }

  skipSpace(): void {
    this.take(/\s*/y)
  }

  /** What the sticky expression finds here, behind which it goes on. */
  take(what: RegExp): string | undefined {
    what.lastIndex = this.at
    const found = what.exec(this.text)?.[0]
    this.at += found?.length ?? 0
    return found
  }

  takeText(what: string): boolean {
    this.skipSpace()
    if (!this.text.startsWith(what, this.at)) return false
    this.at += what.length
    return true
  }

  expect(what: string): void {
    if (!this.takeText(what)) throw this.problem(`Expected "${what}".`)
  }

  /** Between quotation marks of the kind that stands here. */
  quoted(): string {
    const start = this.at
    const mark = this.text[this.at++]
    let content = ''
    while (this.next !== mark) {
      if (this.next === '\\' && (this.text[this.at + 1] === mark || this.text[this.at + 1] === '\\')) this.at++
      if (this.isAtEnd) throw new InvalidFilterPattern('The quotation mark is never closed.', start)
      content += this.text[this.at++]!
    }
    this.at++
    return content
  }

  /** Between percent signs. */
  expression(): RegularExpression {
    const start = this.at + 1
    const end = this.text.indexOf('%', start)
    if (end === -1) throw this.problem('The regular expression is never closed by a "%".')
    this.at = start
    while (this.at < end) this.#checkExpressionCharacter()
    this.at = end + 1
    this.expressions++
    try {
      return new RegularExpression(this.text.slice(start, end))
    } catch (error) {
      if (!(error instanceof UnsupportedExpression)) throw error
      throw new InvalidFilterPattern(error.message, start + error.position)
    }
  }

  problem(sentence: string): InvalidFilterPattern {
    return new InvalidFilterPattern(sentence, this.at)
  }

  #checkExpressionCharacter(): void {
    if (this.next === '\\' && this.take(EXPRESSION_ESCAPE) !== undefined) return
    if (this.next === '\\' || !EXPRESSION_CHARACTER.test(this.next!))
      throw this.problem(`Invalid character(s) in the regular expression: "${this.next}".`)
    this.at++
  }
}
