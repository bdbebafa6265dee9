/**
 * Parameter policies: of the three kinds, expiration is honoured. The other two ask for notifications, which nobody here delivers.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-policies.html
 */
import type { ParameterInlinePolicy } from '@aws-sdk/client-ssm'
import { parseTimestamp } from '../../kit/timestamps.ts'
import { PARAMETER_POLICIES } from '../../model/limits.ts'
import type { ParameterPolicyRecord } from '../../model/parameter-records.ts'
import { fault } from './faults.ts'

const EXPIRATION = 'Expiration'

interface Policy {
  readonly Type?: unknown
  readonly Version?: unknown
  readonly Attributes?: { readonly Timestamp?: unknown } | null
}

/** The policies of a request, which is a JSON list of them; an empty one takes all policies off. */
export const parsePolicies = (text: string): readonly ParameterPolicyRecord[] => {
  const policies = parsed(text)
  if (policies.length > PARAMETER_POLICIES)
    throw fault('PoliciesLimitExceededException', `A parameter can have at most ${PARAMETER_POLICIES} policies.`)
  if (policies.length > 1)
    throw fault('IncompatiblePolicyException', 'A parameter can have only one policy of type Expiration.')
  return policies.map(checkedPolicy)
}

const parsed = (text: string): readonly Policy[] => {
  const invalid = fault('InvalidPolicyAttributeException', 'The policies must be a JSON list of policies.')
  let value: unknown
  try {
    value = text.trim() === '' ? [] : JSON.parse(text)
  } catch {
    throw invalid
  }
  if (!Array.isArray(value) || !value.every((policy) => typeof policy === 'object' && policy !== null)) throw invalid
  return value as readonly Policy[]
}

const checkedPolicy = (policy: Policy): ParameterPolicyRecord => {
  const type = String(policy.Type)
  if (type === 'ExpirationNotification' || type === 'NoChangeNotification')
    throw fault('InvalidPolicyTypeException', `The policy type ${type} is not supported: there are no notifications.`)
  if (type !== EXPIRATION) throw fault('InvalidPolicyTypeException', `The policy type ${type} is not supported.`)
  if (policy.Version !== '1.0') throw fault('InvalidPolicyAttributeException', 'The version of the policy must be 1.0.')
  if (timeOf(policy) === undefined)
    throw fault('InvalidPolicyAttributeException', 'The attribute Timestamp of the policy must be a date and time.')
  return { type, text: JSON.stringify(policy) }
}

const timeOf = ({ Attributes: attributes }: Policy): number | undefined =>
  typeof attributes?.Timestamp === 'string' ? parseTimestamp(attributes.Timestamp) : undefined

/** When a parameter with these policies ends. */
export const expiresAtOf = (policies: readonly ParameterPolicyRecord[]): number | undefined =>
  policies.map(({ text }) => timeOf(JSON.parse(text) as Policy)).find((time) => time !== undefined)

/** A policy that is still there has not been applied yet: it takes itself away with its parameter. */
export const describePolicies = (policies: readonly ParameterPolicyRecord[]): ParameterInlinePolicy[] =>
  policies.map(({ type, text }) => ({ PolicyText: text, PolicyType: type, PolicyStatus: 'Pending' }))
