/** RevokeGrant: who administers a key ends a grant. */
import type { RevokeGrantCommandOutput, RevokeGrantRequest } from '@aws-sdk/client-kms'
import { onKey } from '../access.ts'
import type { KmsOperation } from '../context.ts'
import { unlessDry } from '../crypto-request.ts'
import { notFound } from '../faults.ts'
import { requireKeyById } from '../lookups.ts'

export const revokeGrant: KmsOperation<RevokeGrantRequest, Partial<RevokeGrantCommandOutput>> = {
  access: onKey(),
  handle: (input, context) => {
    const { KeyId, GrantId: grantId = '' } = input
    const { keyId } = requireKeyById(context, KeyId)
    if (context.tx.kmsGrants.get(grantId)?.keyId !== keyId) throw notFound(`Grant ID ${grantId} not found`)
    context.tx.kmsGrants.remove(grantId)
    return unlessDry(input, {})
  },
}
