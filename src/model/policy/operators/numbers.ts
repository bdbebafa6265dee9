/**
 * `Numeric…` and `Date…`: moments compare as numbers do. Dates are ISO 8601 or seconds since the epoch.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Numeric
 */
import { parseIso8601 } from '../../../kit/timestamps.ts'
import { comparing, type OperatorTable } from './operator.ts'

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const EPOCH_SECONDS = /^\d{1,19}(?:\.\d+)?$/

const numberIn = (text: string): number | undefined => (NUMBER.test(text) ? Number(text) : undefined)

/** Milliseconds since the epoch. AWS: a year alone would be a number of seconds, and is. */
const momentIn = (text: string): number | undefined =>
  EPOCH_SECONDS.test(text) ? Number(text) * 1000 : parseIso8601(text)

const COMPARISONS: Readonly<Record<string, (value: number, policyValue: number) => boolean>> = {
  Equals: (value, policyValue) => value === policyValue,
  LessThan: (value, policyValue) => value < policyValue,
  LessThanEquals: (value, policyValue) => value <= policyValue,
  GreaterThan: (value, policyValue) => value > policyValue,
  GreaterThanEquals: (value, policyValue) => value >= policyValue,
}

const ordered = (prefix: string, read: (text: string) => number | undefined): OperatorTable => {
  const operators = Object.entries(COMPARISONS).map(([name, compare]) => {
    const accepts = (text: string): boolean => read(text) !== undefined
    return [prefix + name, { isNegated: false, hasVariables: false, accepts, test: comparing(read, compare) }] as const
  })
  const [[, equals]] = operators as [(typeof operators)[0]]
  return { ...Object.fromEntries(operators), [`${prefix}NotEquals`]: { ...equals, isNegated: true } }
}

export const NUMBER_OPERATORS: OperatorTable = { ...ordered('Numeric', numberIn), ...ordered('Date', momentIn) }
