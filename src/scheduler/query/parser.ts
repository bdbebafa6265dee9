/**
 * From the text of a cluster query to its tree.
 *
 *     expression  = conjunction { ("or" | "||") conjunction }
 *     conjunction = negation { ("and" | "&&") negation }
 *     negation    = ("not" | "!") negation | "(" expression ")" | comparison
 *     comparison  = subject ("exists" | "not_exists") | subject ("in" | "not_in") "[" value { "," value } "]" | subject operator value
 *
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html
 */
import { EXPRESSION_LENGTH } from '../../model/limits.ts'
import { ExpressionError } from './expression-error.ts'
import { Scanner } from './scanner.ts'

export type Operator =
  | 'equals'
  | 'not_equals'
  | 'greater_than'
  | 'greater_than_equal'
  | 'less_than'
  | 'less_than_equal'
  | 'exists'
  | 'not_exists'
  | 'in'
  | 'not_in'
  | 'matches'
  | 'not_matches'

export interface Comparison {
  readonly kind: 'comparison'
  /** As written: `attribute:ecs.instance-type`, `task:group`, `agentVersion`. */
  readonly subject: string
  readonly operator: Operator
  /** None for `exists`, any number for `in`, one for all others. */
  readonly values: readonly string[]
  /** Where the comparison starts, and where its values do. */
  readonly position: number
  readonly valuePosition: number
}

export type Expression =
  | Comparison
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Expression[] }

const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ['==', 'equals'],
  ['equals', 'equals'],
  ['!=', 'not_equals'],
  ['not_equals', 'not_equals'],
  ['>', 'greater_than'],
  ['greater_than', 'greater_than'],
  ['>=', 'greater_than_equal'],
  ['greater_than_equal', 'greater_than_equal'],
  ['<', 'less_than'],
  ['less_than', 'less_than'],
  ['<=', 'less_than_equal'],
  ['less_than_equal', 'less_than_equal'],
  ['exists', 'exists'],
  ['!exists', 'not_exists'],
  ['not_exists', 'not_exists'],
  ['in', 'in'],
  ['!in', 'not_in'],
  ['not_in', 'not_in'],
  ['=~', 'matches'],
  ['matches', 'matches'],
  ['!~', 'not_matches'],
  ['not_matches', 'not_matches'],
])

/** Throws `ExpressionError`. */
export const parseExpression = (text: string): Expression => {
  if (text.length > EXPRESSION_LENGTH) {
    throw new ExpressionError(`longer than ${EXPRESSION_LENGTH} characters`, EXPRESSION_LENGTH)
  }
  const scanner = new Scanner(text)
  const expression = disjunction(scanner)
  if (!scanner.atEnd) throw scanner.error("expected 'and', 'or' or the end")
  return expression
}

const disjunction = (scanner: Scanner): Expression => chain(scanner, 'or', ['||', 'or'], conjunction)

const conjunction = (scanner: Scanner): Expression => chain(scanner, 'and', ['&&', 'and'], negation)

const chain = (
  scanner: Scanner,
  kind: 'and' | 'or',
  symbols: readonly string[],
  operand: (scanner: Scanner) => Expression,
): Expression => {
  const first = operand(scanner)
  const operands = [first]
  while (scanner.take(...symbols)) operands.push(operand(scanner))
  return operands.length === 1 ? first : { kind, operands }
}

const negation = (scanner: Scanner): Expression => {
  if (scanner.take('!', 'not')) return { kind: 'not', operand: negation(scanner) }
  if (!scanner.take('(')) return comparison(scanner)
  const inner = disjunction(scanner)
  scanner.expect(')')
  return inner
}

const comparison = (scanner: Scanner): Comparison => {
  const position = scanner.position
  const subject = scanner.subject()
  const operator = operatorOf(scanner)
  const valuePosition = scanner.position
  return { kind: 'comparison', subject, operator, values: valuesOf(scanner, operator), position, valuePosition }
}

const operatorOf = (scanner: Scanner): Operator => {
  const position = scanner.position
  const word = scanner.operator()
  const operator = OPERATORS.get(word)
  if (operator === undefined) throw scanner.error(`unknown operator '${word}'`, position)
  return operator
}

const valuesOf = (scanner: Scanner, operator: Operator): string[] => {
  if (operator === 'exists' || operator === 'not_exists') return []
  if (operator === 'matches' || operator === 'not_matches') return [scanner.pattern()]
  return operator === 'in' || operator === 'not_in' ? list(scanner) : [scanner.argument()]
}

const list = (scanner: Scanner): string[] => {
  scanner.expect('[')
  const values = [scanner.argument()]
  while (scanner.take(',')) values.push(scanner.argument())
  scanner.expect(']')
  return values
}
