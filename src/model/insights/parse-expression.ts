/** Reads expressions: what `filter` asks, what `fields` and `stats` work out. */
import type { QueryReader } from './query-reader.ts'
import type { Expression, Operator } from './syntax.ts'

/** Expressions in expressions. */
const DEEPEST = 100
/** Operators of one expression: each is inside the next. */
const MOST_OPERATORS = 2000
/** From what binds least to what binds most; comparisons stand between. */
const LOGICAL: readonly (readonly Operator[])[] = [['or'], ['and']]
const COMPARISONS: readonly Operator[] = ['!=', '<=', '>=', '=', '<', '>']
const ARITHMETIC: readonly (readonly Operator[])[] = [
  ['+', '-'],
  ['*', '/', '%'],
]
const CONSTANTS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
])
const KEYWORDS = new Set(['and', 'or', 'not', 'in', 'like', 'as', 'by', 'asc', 'desc', 'into'])

export const readExpression = (reader: QueryReader): Expression => new ExpressionParser(reader).logical(0)

class ExpressionParser {
  readonly #reader: QueryReader
  #depth = 0
  #operators = 0

  constructor(reader: QueryReader) {
    this.#reader = reader
  }

  logical(level: number): Expression {
    const operators = LOGICAL[level]
    if (operators === undefined) return this.#negation()
    let left = this.logical(level + 1)
    while (this.#reader.takeWord(...operators) !== undefined)
      left = this.#binary(operators[0]!, left, this.logical(level + 1))
    return left
  }

  #negation(): Expression {
    const start = this.#reader.at
    if (this.#reader.takeWord('not') === undefined) return this.#comparison()
    return this.#nested(() => this.#not(this.#negation(), start))
  }

  #comparison(): Expression {
    const left = this.#arithmetic(0)
    if (this.#reader.take('=~') !== undefined) return this.#match(left)
    const operator = this.#reader.take(...COMPARISONS) as Operator | undefined
    if (operator !== undefined) return this.#binary(operator, left, this.#arithmetic(0))
    const word = this.#reader.takeWord('not', 'like', 'in')
    if (word === 'like') return this.#match(left)
    if (word === 'in') return this.#in(left)
    if (word === undefined) return left
    const isLike = this.#reader.expectWord('like', 'in') === 'like'
    return this.#not(isLike ? this.#match(left) : this.#in(left), left.start)
  }

  #match(operand: Expression): Expression {
    const pattern = this.#reader.pattern()
    if (pattern === undefined) throw this.#reader.unexpected()
    return { type: 'match', operand, pattern, start: operand.start, end: this.#reader.at }
  }

  #in(operand: Expression): Expression {
    this.#reader.expect('[')
    const list = this.#reader.list(() => this.#arithmetic(0))
    this.#reader.expect(']')
    return { type: 'in', operand, list, start: operand.start, end: this.#reader.at }
  }

  #arithmetic(level: number): Expression {
    const operators = ARITHMETIC[level]
    if (operators === undefined) return this.#power()
    let left = this.#arithmetic(level + 1)
    for (;;) {
      const operator = this.#reader.take(...operators) as Operator | undefined
      if (operator === undefined) return left
      left = this.#binary(operator, left, this.#arithmetic(level + 1))
    }
  }

  #power(): Expression {
    const base = this.#unary()
    if (this.#reader.take('^') === undefined) return base
    return this.#nested(() => this.#binary('^', base, this.#power()))
  }

  #unary(): Expression {
    const start = this.#reader.at
    if (this.#reader.take('-') === undefined) return this.#primary()
    const operand = this.#nested(() => this.#unary())
    return { type: 'negative', operand, start, end: operand.end }
  }

  #primary(): Expression {
    const reader = this.#reader
    const start = reader.at
    if (reader.take('(') !== undefined) return this.#parenthesized()
    const literal = reader.quoted() ?? this.#period(start) ?? reader.number()
    if (typeof literal === 'object') return literal
    if (literal !== undefined) return { type: 'literal', value: literal, start, end: reader.at }
    const { word } = reader
    if (word !== undefined && KEYWORDS.has(word)) throw reader.unexpected()
    const path = reader.expectPath()
    if (path.length === 1 && reader.take('(') !== undefined) return this.#call(path[0]!, start)
    const constant = path.length === 1 ? CONSTANTS.get(word ?? '') : undefined
    if (constant !== undefined) return { type: 'literal', value: constant, start, end: reader.at }
    return { type: 'field', path, start, end: reader.at }
  }

  #period(start: number): Expression | undefined {
    const period = this.#reader.period()
    return period && { type: 'period', period, start, end: this.#reader.at }
  }

  #parenthesized(): Expression {
    const inner = this.#nested(() => this.logical(0))
    this.#reader.expect(')')
    return inner
  }

  #call(name: string, start: number): Expression {
    const given = this.#reader.next === ')' ? [] : this.#nested(() => this.#reader.list(() => this.#argument()))
    this.#reader.expect(')')
    return { type: 'call', name, arguments: given, start, end: this.#reader.at }
  }

  #argument(): Expression {
    const start = this.#reader.at
    if (this.#reader.take('*') !== undefined) return { type: 'star', start, end: this.#reader.at }
    return this.logical(0)
  }

  #not(operand: Expression, start: number): Expression {
    return { type: 'not', operand, start, end: operand.end }
  }

  #binary(operator: Operator, left: Expression, right: Expression): Expression {
    if (++this.#operators > MOST_OPERATORS) throw this.#reader.malformed('the expression has too many operators')
    return { type: 'binary', operator, left, right, start: left.start, end: right.end }
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > DEEPEST) throw this.#reader.malformed('the expression is nested too deeply')
    const result = read()
    this.#depth--
    return result
  }
}
