/** Texts that the messages of events must contain to be found, so that what contains none of them need not be read. */
import { valueInJson } from '../filter-pattern/json-literals.ts'
import { anyOf, type LiteralGroups } from '../regular-expression/literals.ts'
import { madeBy } from './columns.ts'
import { isSystemField } from './row.ts'
import type { Command, Expression } from './syntax.ts'

/** Of each group, one. Only of what is asked of events as they are; later, fewer of them would not come to the same. */
export const literalsOfQuery = (commands: readonly Command[]): LiteralGroups => {
  const made = new Set<string>()
  const groups: (readonly string[])[] = []
  for (const command of commands) {
    if (['stats', 'limit', 'dedup'].includes(command.type)) break
    if (command.type === 'filter') groups.push(...literalsOf(command.condition, made))
    const names = command.type === 'fields' || command.type === 'display' ? aliasesOf(command) : madeBy(command)
    for (const name of names) made.add(name)
  }
  return groups
}

const aliasesOf = ({ items }: Command & { readonly type: 'fields' | 'display' }): readonly string[] =>
  items
    .filter(({ name, expression }) => expression.type !== 'field' || expression.path.join('.') !== name)
    .map(({ name }) => name)

const literalsOf = (condition: Expression, made: ReadonlySet<string>): LiteralGroups => {
  if (condition.type === 'match') {
    const { operand, pattern } = condition
    if (nameOf(operand) !== '@message' || made.has('@message')) return []
    return typeof pattern === 'string' ? (pattern === '' ? [] : [[pattern]]) : pattern.literals
  }
  if (condition.type === 'in') {
    const alternatives = condition.list.map((item) => equalityLiterals(condition.operand, item, made))
    return anyOf(alternatives)
  }
  if (condition.type !== 'binary') return []
  const { operator, left, right } = condition
  if (operator === 'and') return [...literalsOf(left, made), ...literalsOf(right, made)]
  if (operator === 'or') return anyOf([literalsOf(left, made), literalsOf(right, made)])
  if (operator !== '=') return []
  return left.type === 'field' ? equalityLiterals(left, right, made) : equalityLiterals(right, left, made)
}

const equalityLiterals = (field: Expression, value: Expression, made: ReadonlySet<string>): LiteralGroups => {
  const name = nameOf(field)
  const isDiscovered = name !== undefined && !isSystemField(name) && !isMade(field, made)
  if (!isDiscovered || value.type !== 'literal' || typeof value.value !== 'string') return []
  return valueInJson([value.value])
}

const nameOf = (expression: Expression): string | undefined =>
  expression.type === 'field' ? expression.path.join('.') : undefined

/** Also what is in a list or map that was made. */
const isMade = (field: Expression, made: ReadonlySet<string>): boolean =>
  field.type === 'field' && field.path.some((_, index) => made.has(field.path.slice(0, index + 1).join('.')))
