/**
 * `ArnEquals`, `ArnLike` and their opposites. AWS: `ArnEquals` takes patterns just as `ArnLike` does; each of an ARN's six parts is
 * compared by itself.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
 */
import type { PolicyVersion } from '../document.ts'
import { ANY, type Glob } from '../glob-codes.ts'
import { matcherOf, splitGlob } from '../glob.ts'
import { parseTemplate, type Template } from '../template.ts'
import { type OperatorTable, type ValueTest, withOpposite } from './operator.ts'

const ARN_PARTS = 6

const likeness = (policyValues: readonly string[], version: PolicyVersion): ValueTest => {
  const tests = policyValues.map((value) => likenessTo(parseTemplate(value, { version, hasWildcards: true })))
  return (text, context) => tests.some((test) => test(text, context))
}

const likenessTo = (template: Template): ValueTest => {
  if (template.constant) return arnMatcher(template.constant)
  return (text, context) => {
    const glob = template.glob(context)
    return glob !== undefined && arnMatcher(glob)(text)
  }
}

const arnMatcher = (glob: Glob): ((text: string) => boolean) => {
  if (glob.length === 1 && glob[0] === ANY) return (text) => partsOf(text) !== undefined
  const matchers = splitGlob(glob, ARN_PARTS).map(matcherOf)
  if (matchers.length < ARN_PARTS) return () => false
  return (text) => partsOf(text)?.every((part, index) => matchers[index]?.(part)) ?? false
}

const partsOf = (text: string): readonly string[] | undefined => {
  const parts = text.split(':')
  if (parts[0] !== 'arn' || parts.length < ARN_PARTS) return undefined
  return [...parts.slice(0, ARN_PARTS - 1), parts.slice(ARN_PARTS - 1).join(':')]
}

const patterns = { hasVariables: true, accepts: () => true, test: likeness }

export const ARN_OPERATORS: OperatorTable = {
  ...withOpposite('ArnEquals', 'ArnNotEquals', patterns),
  ...withOpposite('ArnLike', 'ArnNotLike', patterns),
}
