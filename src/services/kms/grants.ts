/** Grants as requests make and name them. */
import type { CreateGrantRequest, GrantConstraints, GrantListEntry, GrantOperation } from '@aws-sdk/client-kms'
import { dateOf } from '../../kit/timestamps.ts'
import { rootArn } from '../../model/arn.ts'
import { policyWithGrants } from '../../model/kms-grants.ts'
import type { KmsGrantConstraint, KmsGrantRecord } from '../../model/kms-records.ts'
import { MalformedPolicy } from '../../model/policy/malformed-policy.ts'
import { parsePolicyDocument } from '../../model/policy/parse.ts'
import { checkConstraints, validation } from '../constraints.ts'
import type { KmsContext } from './context.ts'
import { invalidArn, invalidGrantToken, unsupported } from './faults.ts'

const TOKEN_SCOPE = 'kms/grant'

/** What CreateGrant answers beside the id. A grant holds from the moment that it is made, so that nobody needs to present it. */
export const grantToken = ({ pageTokens }: KmsContext, grantId: string): string => pageTokens.seal(TOKEN_SCOPE, grantId)

/** The grant of a token. Throws `InvalidGrantTokenException` if it is none, or is over. */
export const grantOfToken = ({ tx, pageTokens }: KmsContext, token: string): KmsGrantRecord => {
  const grant = tx.kmsGrants.get(pageTokens.open(TOKEN_SCOPE, token) ?? '')
  if (grant === undefined) throw invalidGrantToken()
  return grant
}

/** Requests may name the grants that they rely on; they count in any case. */
export const checkGrantTokens = (context: KmsContext, tokens: readonly string[] = []): void => {
  checkConstraints({ grantTokens: tokens }, { grantTokens: { max: 10 } })
  for (const token of tokens) grantOfToken(context, token)
}

/** What a symmetric key can do. */
const OPERATIONS: readonly GrantOperation[] = [
  'CreateGrant',
  'Decrypt',
  'DescribeKey',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
  'RetireGrant',
]

export const checkOperations = (operations: readonly string[]): void => {
  checkConstraints({ operations }, { operations: { min: 1 } })
  for (const operation of operations) checkConstraints({ operations: operation }, { operations: { oneOf: OPERATIONS } })
}

/** Users, roles, their sessions, federated users, and whole accounts. */
const PRINCIPAL =
  /^arn:aws:(iam::\d{12}:(root|(user|role)\/[\w+=,.@/-]+)|sts::\d{12}:(assumed-role|federated-user)\/[\w+=,.@/-]+)$/

export const checkPrincipal = (arn: string): string => {
  if (!PRINCIPAL.test(arn)) throw invalidArn(`${arn} is not the ARN of a principal.`)
  return arn
}

export const checkNoService = (input: object): void => {
  for (const name of ['GranteeServicePrincipal', 'RetiringServicePrincipal'])
    if ((input as Readonly<Record<string, unknown>>)[name] !== undefined)
      throw unsupported(`${name} is refused: services use keys on behalf of their callers alone.`)
}

export const constraintOf = (
  { EncryptionContextSubset: subset, EncryptionContextEquals: equals, SourceArn }: GrantConstraints,
  operations: readonly string[],
): KmsGrantConstraint | undefined => {
  if (SourceArn !== undefined) throw unsupported('SourceArn is for grants to services, which there are none of.')
  if (subset !== undefined && equals !== undefined)
    throw validation('Specify EncryptionContextSubset or EncryptionContextEquals, but not both.')
  const pairs = subset ?? equals
  if (pairs === undefined || (subset !== undefined && Object.keys(subset).length === 0)) return undefined
  if (operations.includes('CreateGrant'))
    throw unsupported('A grant with a constraint cannot be handed on: CreateGrant is refused.')
  return { kind: subset === undefined ? 'equals' : 'subset', pairs }
}

/** Throws what is wrong with a grant as a part of its key's policy. */
export const checkAsPolicy = ({ tx }: KmsContext, grant: KmsGrantRecord): KmsGrantRecord => {
  const policy = policyWithGrants(tx.kmsKeys.get(grant.keyId)?.policy ?? '', [grant])
  try {
    parsePolicyDocument(policy, 'resource')
    return grant
  } catch (error) {
    if (error instanceof MalformedPolicy) throw validation(`The grant is malformed: ${error.message}`)
    throw error
  }
}

/** Condition keys of CreateGrant. */
export const grantContext = (input: CreateGrantRequest) => ({
  'kms:grantisforawsresource': ['false'],
  'kms:grantoperations': input.Operations ?? [],
  ...(input.GranteePrincipal !== undefined && { 'kms:granteeprincipal': [input.GranteePrincipal] }),
  ...(input.RetiringPrincipal !== undefined && { 'kms:retiringprincipal': [input.RetiringPrincipal] }),
  ...(input.Constraints !== undefined && { 'kms:grantconstrainttype': Object.keys(input.Constraints) }),
})

export const describeGrant = ({ tx }: KmsContext, grant: KmsGrantRecord): GrantListEntry => {
  const { grantId, keyId, name, granteePrincipal, retiringPrincipal, operations, constraint } = grant
  return {
    KeyId: tx.kmsKeys.get(keyId)?.arn,
    GrantId: grantId,
    ...(name !== undefined && { Name: name }),
    CreationDate: dateOf(grant.createdAt),
    GranteePrincipal: granteePrincipal,
    ...(retiringPrincipal !== undefined && { RetiringPrincipal: retiringPrincipal }),
    IssuingAccount: rootArn(grant.issuingAccount),
    Operations: [...operations],
    ...(constraint && { Constraints: describeConstraint(constraint) }),
  }
}

const describeConstraint = ({ kind, pairs }: KmsGrantConstraint): GrantConstraints =>
  kind === 'subset' ? { EncryptionContextSubset: { ...pairs } } : { EncryptionContextEquals: { ...pairs } }

/** Grants in the order that they came to be. */
export const grantOrder = ({ createdAt, grantId }: KmsGrantRecord): string =>
  `${String(createdAt).padStart(16, '0')}/${grantId}`
