/** The policies that a request lays on its session, which may do no more than they allow. */
import type { PolicyDescriptorType } from '@aws-sdk/client-sts'
import { parseArn } from '../../model/arn.ts'
import { SESSION_POLICY_LENGTH } from '../../model/limits.ts'
import { managedPolicyDocument } from '../../model/managed-policy.ts'
import { MalformedPolicy } from '../../model/policy/malformed-policy.ts'
import { parsePolicyDocument } from '../../model/policy/parse.ts'
import type { Session } from '../../model/principal.ts'
import type { Transaction } from '../../store/tables.ts'
import { malformedPolicyDocument, validationError } from './faults.ts'

export type SessionPolicies = Pick<Session, 'policies' | 'policyArns'>

interface PolicyRequest {
  readonly Policy?: string | undefined
  readonly PolicyArns?: readonly PolicyDescriptorType[] | undefined
}

/** Of a session in `account`. */
export const sessionPolicies = (tx: Transaction, account: string, request: PolicyRequest): SessionPolicies => {
  const arns = (request.PolicyArns ?? []).map(({ arn = '' }) => arn)
  const length = (request.Policy ?? '').length + arns.join('').length
  if (length > SESSION_POLICY_LENGTH)
    throw validationError(`Session policies can have at most ${SESSION_POLICY_LENGTH} characters together.`)
  if (request.Policy !== undefined) checkDocument(request.Policy)
  for (const arn of arns) checkManaged(tx, account, arn)
  return {
    ...(request.Policy !== undefined && { policies: [request.Policy] }),
    ...(arns.length > 0 && { policyArns: arns }),
  }
}

const checkDocument = (text: string): void => {
  try {
    parsePolicyDocument(text, 'session')
  } catch (error) {
    if (error instanceof MalformedPolicy) throw malformedPolicyDocument(error.message)
    throw error
  }
}

/** AWS: a managed session policy is of the account of the role, or AWS's own. */
const checkManaged = (tx: Transaction, account: string, arn: string): void => {
  const { service, account: owner } = parseArn(arn) ?? {}
  if (service !== 'iam' || owner === undefined) throw validationError(`ARN ${arn} is not valid.`)
  const isThere = managedPolicyDocument((key) => tx.policies.get(key), arn) !== undefined
  if (!isThere || (owner !== account && owner !== 'aws'))
    throw validationError(`Policy ${arn} does not exist or is not attachable.`)
}
