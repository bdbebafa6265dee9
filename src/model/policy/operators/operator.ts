/** What an operator of conditions is, apart from `IfExists`, `ForAllValues:` and `ForAnyValue:`, which are the same for all. */
import type { PolicyVersion } from '../document.ts'
import type { ContextSource } from '../types.ts'

/** Whether a value of the request fits one of the policy's values. */
export type ValueTest = (value: string, context: ContextSource) => boolean

export interface Operator {
  /** It holds where its opposite, which has the same test, does not. */
  readonly isNegated: boolean
  /** Whether its values may have variables in them. */
  readonly hasVariables: boolean
  /** Whether a value of a policy is one that the operator can compare with; variables aside. */
  readonly accepts: (policyValue: string) => boolean
  readonly test: (policyValues: readonly string[], version: PolicyVersion) => ValueTest
}

export type OperatorTable = Readonly<Record<string, Operator>>

/** An operator and its opposite. */
export const withOpposite = (name: string, opposite: string, operator: Omit<Operator, 'isNegated'>): OperatorTable => ({
  [name]: { ...operator, isNegated: false },
  [opposite]: { ...operator, isNegated: true },
})

/** A test for values that are read once, in the policy, and once per request, and then compared. */
export const comparing =
  <T>(read: (text: string) => T | undefined, compare: (value: T, policyValue: T) => boolean) =>
  (policyValues: readonly string[]): ValueTest => {
    const expected = policyValues.map(read).filter((value) => value !== undefined)
    return (text) => {
      const value = read(text)
      return value !== undefined && expected.some((policyValue) => compare(value, policyValue))
    }
  }
