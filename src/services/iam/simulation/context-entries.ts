/** ContextEntries: the condition keys that a simulated request has. Values are checked against the type that their entry gives. */
import type { ContextEntry } from '@aws-sdk/client-iam'
import { acceptsValue, operatorNamed } from '../../../model/policy/conditions.ts'
import type { ContextValues } from '../../../model/policy/types.ts'
import { invalidInput } from '../faults.ts'
import { refuse, type Rule, violations } from '../rules.ts'

/** The operator that takes values of a type: it knows how they are written. */
const OPERATORS: Readonly<Record<string, string>> = {
  string: 'StringEquals',
  numeric: 'NumericEquals',
  boolean: 'Bool',
  ip: 'IpAddress',
  binary: 'BinaryEquals',
  date: 'DateEquals',
}

const LIST = 'List'
const TYPE: Rule = { oneOf: Object.keys(OPERATORS).flatMap((type) => [type, type + LIST]) }
const NAME: Rule = { min: 5, max: 256 }

export const contextOf = (entries: readonly ContextEntry[] = []): ContextValues => {
  const values = entries.map(checkedEntry)
  if (new Set(values.map(([key]) => key)).size < values.length)
    throw invalidInput('Context keys must be unique in ContextEntries.')
  return Object.fromEntries(values)
}

const checkedEntry = (entry: ContextEntry, index: number): [string, readonly string[]] => {
  const member = `contextEntries.${index + 1}.member`
  const { ContextKeyName: name = '', ContextKeyValues: values = [], ContextKeyType: type = 'string' } = entry
  refuse([...violations(`${member}.contextKeyName`, NAME, name), ...violations(`${member}.contextKeyType`, TYPE, type)])
  const operator = operatorNamed(OPERATORS[type.replace(LIST, '')] ?? '')
  const wrong = values.find((value) => operator !== undefined && !acceptsValue(operator, value))
  if (wrong !== undefined) throw invalidInput(`The value ${wrong} of context key ${name} is not of type ${type}.`)
  if (values.length > 1 && !type.endsWith(LIST))
    throw invalidInput(`Context key ${name} of type ${type} cannot have more than one value.`)
  return [name.toLowerCase(), values]
}
