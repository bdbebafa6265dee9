/**
 * `Bool` and `BinaryEquals`. (`Null` asks whether there is a value at all, so it is no test of values.)
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Boolean
 */
import { comparing, type Operator, type OperatorTable } from './operator.ts'

const same = <T>(value: T, policyValue: T): boolean => value === policyValue

export const truthIn = (text: string): boolean | undefined => {
  const lowerCase = text.toLowerCase()
  return lowerCase === 'true' ? true : lowerCase === 'false' ? false : undefined
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

/** Bytes, as text that is the same for the same bytes. */
const bytesIn = (text: string): string | undefined =>
  BASE64.test(text) ? Buffer.from(text, 'base64').toString('base64') : undefined

const exactly = <T>(read: (text: string) => T | undefined): Operator => ({
  isNegated: false,
  hasVariables: false,
  accepts: (text) => read(text) !== undefined,
  test: comparing<T>(read, same),
})

export const FLAG_OPERATORS: OperatorTable = { Bool: exactly(truthIn), BinaryEquals: exactly(bytesIn) }
