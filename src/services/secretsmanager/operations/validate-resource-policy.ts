/** ValidateResourcePolicy: what would be wrong with a policy, without putting it. */
import type {
  ValidateResourcePolicyRequest,
  ValidateResourcePolicyResponse,
  ValidationErrorsEntry,
} from '@aws-sdk/client-secrets-manager'
import { Fault } from '../../../wire/fault.ts'
import { demandOnSecret } from '../access.ts'
import type { SecretsContext, SecretsOperation } from '../context.ts'
import { requireLivingSecret } from '../lookups.ts'
import { checkNotPublic, checkPolicy, locksOut } from '../resource-policies.ts'

export const validateResourcePolicy: SecretsOperation<ValidateResourcePolicyRequest, ValidateResourcePolicyResponse> = {
  access: ({ SecretId }, context) =>
    SecretId === undefined ? [{ resource: '*' }] : [demandOnSecret(context, SecretId)],
  handle: ({ SecretId, ResourcePolicy = '' }, context) => {
    const arn = SecretId === undefined ? undefined : requireLivingSecret(context, SecretId).arn
    const errors = errorsOf(context, arn, ResourcePolicy)
    return { PolicyValidationPassed: errors.length === 0, ValidationErrors: errors }
  },
}

const errorsOf = (context: SecretsContext, arn: string | undefined, policy: string): ValidationErrorsEntry[] => {
  const syntax = complaint('Syntax', () => checkPolicy(policy))
  if (syntax.length > 0) return syntax
  const lockout = arn !== undefined && locksOut(context, arn, policy)
  return [
    ...complaint('PublicAccess', () => checkNotPublic(policy)),
    ...(lockout ? [{ CheckName: 'Lockout', ErrorMessage: 'The policy would not let you put another policy.' }] : []),
  ]
}

const complaint = (name: string, check: () => void): ValidationErrorsEntry[] => {
  try {
    check()
    return []
  } catch (error) {
    if (error instanceof Fault) return [{ CheckName: name, ErrorMessage: error.message }]
    throw error
  }
}
