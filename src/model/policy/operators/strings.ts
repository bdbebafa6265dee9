/**
 * `StringEquals`, `StringEqualsIgnoreCase`, `StringLike` and their opposites.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_String
 */
import type { PolicyVersion } from '../document.ts'
import { matcherOf, matchesGlob } from '../glob.ts'
import { parseTemplate, type Template } from '../template.ts'
import type { ContextSource } from '../types.ts'
import { type OperatorTable, type ValueTest, withOpposite } from './operator.ts'

const asItIs = (text: string): string => text
const inLowerCase = (text: string): string => text.toLowerCase()

const equality =
  (normalise: (text: string) => string) =>
  (policyValues: readonly string[], version: PolicyVersion): ValueTest => {
    const templates = policyValues.map((value) => parseTemplate(value, { version, hasWildcards: false }))
    const constants = new Set(templates.filter(isConstant).map((template) => normalise(template.text(NOTHING) ?? '')))
    const variable = templates.filter((template) => !isConstant(template))
    return (text, context) => {
      const value = normalise(text)
      if (constants.has(value)) return true
      return variable.some((template) => {
        const expected = template.text(context)
        return expected !== undefined && normalise(expected) === value
      })
    }
  }

const isConstant = (template: Template): boolean => template.constant !== undefined

const NOTHING: ContextSource = { get: () => undefined }

const likeness = (policyValues: readonly string[], version: PolicyVersion): ValueTest => {
  const tests = policyValues.map((value) => likenessTo(parseTemplate(value, { version, hasWildcards: true })))
  return (text, context) => tests.some((test) => test(text, context))
}

const likenessTo = (template: Template): ValueTest => {
  if (template.constant) return matcherOf(template.constant)
  return (text, context) => {
    const glob = template.glob(context)
    return glob !== undefined && matchesGlob(glob, text)
  }
}

const anyText = { hasVariables: true, accepts: () => true }

export const STRING_OPERATORS: OperatorTable = {
  ...withOpposite('StringEquals', 'StringNotEquals', { ...anyText, test: equality(asItIs) }),
  ...withOpposite('StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', { ...anyText, test: equality(inLowerCase) }),
  ...withOpposite('StringLike', 'StringNotLike', { ...anyText, test: likeness }),
}
