/** Makes of an expression a function of a row. */
import { INSIGHTS_TEXT_LENGTH } from '../limits.ts'
import { getFunction, type QueryFunction, type QueryTimes } from './functions.ts'
import { MalformedQuery } from './malformed-query.ts'
import type { Row } from './row.ts'
import type { Expression, Operator, TextPattern } from './syntax.ts'
import { areEqual, isTrue, numberOf, order, textOf, Timestamp, type Value } from './value.ts'

export type Evaluate = (row: Row) => Value

/** What the values of aggregations are, which are no functions of one row. */
export type Aggregated = (expression: Expression) => Evaluate | undefined

const NONE: Aggregated = () => undefined
const TIMESTAMP: Evaluate = (row) => row.get('@timestamp')

export const evaluatorOf = (expression: Expression, times: QueryTimes, aggregated = NONE): Evaluate => {
  const known = aggregated(expression)
  if (known !== undefined) return known
  const of = (operand: Expression) => evaluatorOf(operand, times, aggregated)
  switch (expression.type) {
    case 'literal':
      return () => expression.value
    case 'field': {
      const { path } = expression
      return (row) => row.at(path)
    }
    case 'call':
      return callOf(expression, times, of)
    case 'negative': {
      const operand = of(expression.operand)
      return (row) => finite(-numberOf(operand(row)))
    }
    case 'not': {
      const operand = of(expression.operand)
      return (row) => !isTrue(operand(row))
    }
    case 'binary':
      return binaryOf(expression.operator, of(expression.left), of(expression.right))
    case 'match':
      return matchOf(of(expression.operand), expression.pattern)
    case 'in': {
      const [operand, list] = [of(expression.operand), expression.list.map(of)]
      return (row) => {
        const value = operand(row)
        return list.some((item) => areEqual(value, item(row)))
      }
    }
    case 'star':
    case 'period':
      throw new MalformedQuery('This is no value.', expression.start, expression.end)
  }
}

const callOf = (
  expression: Expression & { type: 'call' },
  times: QueryTimes,
  of: (operand: Expression) => Evaluate,
): Evaluate => {
  const isBin = expression.name.toLowerCase() === 'bin'
  const called = functionOf(isBin ? 'datefloor' : expression.name.toLowerCase(), expression)
  const count = expression.arguments.length + (isBin ? 1 : 0)
  if (count < called.least || count > called.most) throw refusal(expression, 'has the wrong number of arguments')
  const last = expression.arguments.at(-1)
  if (called.takesPeriod !== true) {
    const given = expression.arguments.map(of)
    return (row) => {
      const values = given.map((evaluate) => evaluate(row))
      return bounded(called.call(values, times, NO_PERIOD))
    }
  }
  if (last?.type !== 'period') throw refusal(expression, 'needs a period, such as 5m')
  const time = isBin ? TIMESTAMP : of(expression.arguments[0]!)
  return (row) => called.call([time(row)], times, last.period)
}

/** None for a text that has grown too long. */
const bounded = (value: Value): Value =>
  typeof value === 'string' && value.length > INSIGHTS_TEXT_LENGTH ? undefined : value

const NO_PERIOD = { count: 1, unit: 'ms' } as const

const functionOf = (name: string, expression: Expression & { type: 'call' }): QueryFunction => {
  const found = getFunction(name)
  if (found === undefined) throw refusal(expression, 'is not supported here')
  return found
}

const refusal = ({ name, start, end }: Expression & { type: 'call' }, problem: string): MalformedQuery =>
  new MalformedQuery(`The function ${name} ${problem}.`, start, end)

const matchOf = (operand: Evaluate, pattern: TextPattern): Evaluate => {
  const matches =
    typeof pattern === 'string' ? (text: string) => text.includes(pattern) : (text: string) => pattern.test(text)
  return (row) => {
    const text = textOf(operand(row))
    return text !== undefined && matches(text)
  }
}

const ARITHMETIC: Readonly<Partial<Record<Operator, (one: number, other: number) => number>>> = {
  '+': (one, other) => one + other,
  '-': (one, other) => one - other,
  '*': (one, other) => one * other,
  '/': (one, other) => one / other,
  '%': (one, other) => one % other,
  '^': (one, other) => one ** other,
}

const ORDERS: Readonly<Partial<Record<Operator, (difference: number) => boolean>>> = {
  '<': (difference) => difference < 0,
  '<=': (difference) => difference <= 0,
  '>': (difference) => difference > 0,
  '>=': (difference) => difference >= 0,
}

const binaryOf = (operator: Operator, left: Evaluate, right: Evaluate): Evaluate => {
  if (operator === 'and') return (row) => isTrue(left(row)) && isTrue(right(row))
  if (operator === 'or') return (row) => isTrue(left(row)) || isTrue(right(row))
  if (operator === '=') return (row) => areEqual(left(row), right(row))
  if (operator === '!=') return (row) => !areEqual(left(row), right(row))
  const [calculate, compare] = [ARITHMETIC[operator], ORDERS[operator]]
  if (calculate !== undefined) return (row) => finite(calculate(numberOf(left(row)), numberOf(right(row))))
  return (row) => {
    const difference = order(left(row), right(row))
    return difference !== undefined && compare!(difference)
  }
}

/** Not what JavaScript has for what has no result. */
const finite = (number: number): Value => (Number.isFinite(number) ? number : undefined)

/** What makes values of a group apart from others; texts and numbers that look the same are the same. */
export const keyOf = (values: readonly Value[]): string =>
  JSON.stringify(values.map((value) => (value instanceof Timestamp ? value.ms : (textOf(value) ?? null))))
