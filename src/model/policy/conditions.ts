/**
 * Conditions: which operators there are, and what a condition becomes when it is prepared.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
 */
import { defined } from '../../kit/assert.ts'
import type { PolicyCondition, PolicyVersion } from './document.ts'
import { ADDRESS_OPERATORS } from './operators/addresses.ts'
import { ARN_OPERATORS } from './operators/arns.ts'
import { FLAG_OPERATORS, truthIn } from './operators/flags.ts'
import { NUMBER_OPERATORS } from './operators/numbers.ts'
import type { Operator, OperatorTable, ValueTest } from './operators/operator.ts'
import { STRING_OPERATORS } from './operators/strings.ts'
import type { ContextSource } from './types.ts'

const OPERATORS: ReadonlyMap<string, Operator> = new Map(
  Object.entries<Operator>({
    ...STRING_OPERATORS,
    ...NUMBER_OPERATORS,
    ...FLAG_OPERATORS,
    ...ADDRESS_OPERATORS,
    ...ARN_OPERATORS,
  } satisfies OperatorTable),
)

type Quantifier = 'ForAllValues' | 'ForAnyValue'

/** An operator as a policy names it. */
export interface NamedOperator {
  /** `null`: asks whether the key is absent. */
  readonly operator: Operator | null
  readonly quantifier: Quantifier | undefined
  readonly ifExists: boolean
}

const NAME = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/

/** Undefined if there is no such operator. */
export const operatorNamed = (text: string): NamedOperator | undefined => {
  const [, quantifier, name = '', ifExists] = NAME.exec(text) ?? []
  const shape = { quantifier: quantifier as Quantifier | undefined, ifExists: ifExists !== undefined }
  // AWS: whether a key exists cannot depend on whether it exists.
  if (name === 'Null') return shape.ifExists ? undefined : { ...shape, operator: null }
  const operator = OPERATORS.get(name)
  return operator && { ...shape, operator }
}

/** Whether the operator can compare with the value. */
export const acceptsValue = ({ operator }: NamedOperator, value: string): boolean =>
  operator === null ? truthIn(value) !== undefined : operator.accepts(value)

/** Whether a condition holds in a context. */
export type ConditionTest = (context: ContextSource) => boolean

export const conditionTest = (condition: PolicyCondition, version: PolicyVersion): ConditionTest => {
  const named = defined(operatorNamed(condition.operator), `operator ${condition.operator}`)
  const key = condition.key.toLowerCase()
  if (named.operator === null) return nullTest(key, condition.values)
  const holds = quantified(named, named.operator, named.operator.test(condition.values, version))
  const ifAbsent = holdsIfAbsent(named, named.operator)
  return (context) => {
    const values = context.get(key)
    return values === undefined || values.length === 0 ? ifAbsent : holds(values, context)
  }
}

const nullTest = (key: string, policyValues: readonly string[]): ConditionTest => {
  const expected = new Set(policyValues.map(truthIn))
  return (context) => expected.has((context.get(key) ?? []).length === 0)
}

/** AWS: what is not there differs from everything, all of none fit anything, and none of none does. */
const holdsIfAbsent = ({ quantifier, ifExists }: NamedOperator, { isNegated }: Operator): boolean =>
  ifExists || quantifier === 'ForAllValues' || (isNegated && quantifier === undefined)

const quantified = ({ quantifier }: NamedOperator, { isNegated }: Operator, test: ValueTest) => {
  const fits: ValueTest = isNegated ? (value, context) => !test(value, context) : test
  // Of a key with several values, an operator without quantifier wants any to fit; its opposite, that none does.
  const isForAll = quantifier === 'ForAllValues' || (quantifier === undefined && isNegated)
  return isForAll
    ? (values: readonly string[], context: ContextSource) => values.every((value) => fits(value, context))
    : (values: readonly string[], context: ContextSource) => values.some((value) => fits(value, context))
}
