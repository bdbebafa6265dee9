/** Policies that secrets have themselves: their grammar, whom they let in, and whom they lock out. */
import { MalformedPolicy } from '../../model/policy/malformed-policy.ts'
import type { PolicyStatement } from '../../model/policy/document.ts'
import { parsePolicyDocument } from '../../model/policy/parse.ts'
import { SECRET_POLICY } from '../../model/limits.ts'
import { AccessDenied } from '../../wire/access-denied.ts'
import { checkConstraints } from '../constraints.ts'
import { demandOnSecret } from './access.ts'
import type { SecretsContext } from './context.ts'
import { malformedPolicy, publicPolicy } from './faults.ts'

/** Throws `MalformedPolicyDocumentException`. */
export const checkPolicy = (policy: string): void => {
  checkConstraints({ resourcePolicy: policy }, { resourcePolicy: SECRET_POLICY })
  statementsOf(policy)
}

/** Throws `PublicPolicyException` if everyone may do something unconditionally. */
export const checkNotPublic = (policy: string): void => {
  if (statementsOf(policy).some(isPublic)) throw publicPolicy()
}

/** Whether the caller, with this policy at the secret, could put another. */
export const locksOut = (context: SecretsContext, secretId: string, policy: string): boolean => {
  if (!context.guard.applies(context)) return false
  const demand = { ...demandOnSecret(context, secretId), resourcePolicy: policy }
  try {
    context.guard.check(context.tx, context, [{ ...demand, action: 'secretsmanager:PutResourcePolicy' }])
    return false
  } catch (error) {
    if (error instanceof AccessDenied) return true
    throw error
  }
}

const statementsOf = (policy: string): readonly PolicyStatement[] => {
  try {
    return parsePolicyDocument(policy, 'resource').statements
  } catch (error) {
    if (error instanceof MalformedPolicy) throw malformedPolicy(error.message)
    throw error
  }
}

const isPublic = ({ effect, principals, conditions }: PolicyStatement): boolean =>
  effect === 'Allow' &&
  conditions.length === 0 &&
  (principals?.isEveryone === true || principals?.isNegated === true || principals?.aws.includes('*') === true)
