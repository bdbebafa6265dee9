/**
 * What a caller must be allowed to do with a KMS key, as the key's own policy and the condition keys of KMS have it.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
 */
import type { EncryptionContext } from '../model/kms-ciphertext.ts'
import { policyWithGrants } from '../model/kms-grants.ts'
import type { KmsKeyRecord } from '../model/kms-records.ts'
import type { ContextValues } from '../model/policy/types.ts'
import type { CallContext } from '../wire/service.ts'
import type { Transaction } from '../store/tables.ts'
import type { Demand } from './operations.ts'

type KmsCall = CallContext & { readonly tx: Transaction }

export interface KeyAccess {
  /** If it is not the operation's own. */
  readonly action?: string
  /** The service that uses the key on the caller's behalf. */
  readonly via?: string
  readonly encryptionContext?: EncryptionContext | undefined
  /** The alias by which the request names the key. */
  readonly requestAlias?: string | undefined
  /** Condition keys beside those. */
  readonly context?: ContextValues
}

export const keyDemand = (call: KmsCall, key: KmsKeyRecord, access: KeyAccess): Demand => ({
  ...(access.action !== undefined && { action: access.action }),
  resource: key.arn,
  context: {
    ...keyContext(call, key),
    ...(access.via !== undefined && { 'kms:viaservice': [`${access.via}.${call.region}.amazonaws.com`] }),
    ...(access.requestAlias !== undefined && { 'kms:requestalias': [access.requestAlias] }),
    ...encryptionContextKeys(access.encryptionContext),
    ...access.context,
  },
  resourcePolicy: policyWithGrants(key.policy, call.tx.kmsGrants.find('byKey', key.keyId)),
  resourcePolicyMustAllow: true,
})

const keyContext = ({ principal, tx }: KmsCall, { keyId, tags }: KmsKeyRecord): ContextValues => ({
  'kms:calleraccount': [principal.account],
  'kms:resourcealiases': tx.kmsAliases.find('byKey', keyId).map(({ aliasName }) => aliasName),
  'kms:keyorigin': ['AWS_KMS'],
  'kms:keyspec': ['SYMMETRIC_DEFAULT'],
  'kms:keyusage': ['ENCRYPT_DECRYPT'],
  'kms:multiregion': ['false'],
  ...Object.fromEntries(tags.map(({ key, value }) => [`aws:resourcetag/${key.toLowerCase()}`, [value]])),
})

const encryptionContextKeys = (context: EncryptionContext = {}): ContextValues => {
  const pairs = Object.entries(context)
  if (pairs.length === 0) return {}
  return {
    'kms:encryptioncontextkeys': pairs.map(([key]) => key),
    ...Object.fromEntries(pairs.map(([key, value]) => [`kms:encryptioncontext:${key.toLowerCase()}`, [value]])),
  }
}
