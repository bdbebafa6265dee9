/** RetireGrant: who has no more use for a grant ends it. */
import type { RetireGrantCommandOutput, RetireGrantRequest } from '@aws-sdk/client-kms'
import { retiringPolicy } from '../../../model/kms-grants.ts'
import type { KmsGrantRecord } from '../../../model/kms-records.ts'
import { validation } from '../../constraints.ts'
import { keyDemand } from '../../kms-demands.ts'
import { requireKmsKey } from '../../kms-keys.ts'
import { demandOnKey } from '../access.ts'
import type { KmsContext, KmsOperation } from '../context.ts'
import { unlessDry } from '../crypto-request.ts'
import { notFound } from '../faults.ts'
import { grantOfToken } from '../grants.ts'
import { requireKeyById } from '../lookups.ts'

export const retireGrant: KmsOperation<RetireGrantRequest, Partial<RetireGrantCommandOutput>> = {
  access: (input, context) => {
    const grant = getGrant(input, context)
    if (grant === undefined) return [demandOnKey(context, input.KeyId ?? '')]
    const key = requireKmsKey(context, grant.keyId)
    return [{ ...keyDemand(context, key, {}), resourcePolicy: retiringPolicy(key.policy, grant) }]
  },
  handle: (input, context) => {
    const grant = getGrant(input, context)
    if (grant === undefined) throw notFound(`Grant ID ${input.GrantId ?? ''} not found`)
    context.tx.kmsGrants.remove(grant.grantId)
    return unlessDry(input, {})
  },
}

/** The grant that a token, or a key and an id, name. */
const getGrant = (
  { GrantToken: token, KeyId, GrantId: id }: RetireGrantRequest,
  context: KmsContext,
): KmsGrantRecord | undefined => {
  if (token !== undefined) return grantOfToken(context, token)
  if (KeyId === undefined || id === undefined) throw validation('Specify GrantToken, or both KeyId and GrantId.')
  const { keyId } = requireKeyById(context, KeyId)
  const grant = context.tx.kmsGrants.get(id)
  return grant?.keyId === keyId ? grant : undefined
}
