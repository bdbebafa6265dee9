/** CreateGrant: lets one principal use a key, beside what the key's policy says. */
import type { CreateGrantRequest, CreateGrantResponse } from '@aws-sdk/client-kms'
import { util } from '../../../kit/node.ts'
import type { KmsGrantRecord } from '../../../model/kms-records.ts'
import { KMS_GRANTS_PER_KEY } from '../../../model/limits.ts'
import { checkConstraints, validation } from '../../constraints.ts'
import { onKey } from '../access.ts'
import type { KmsContext, KmsOperation } from '../context.ts'
import { unlessDry } from '../crypto-request.ts'
import { limitExceeded } from '../faults.ts'
import {
  checkAsPolicy,
  checkGrantTokens,
  checkNoService,
  checkOperations,
  checkPrincipal,
  constraintOf,
  grantContext,
  grantToken,
} from '../grants.ts'
import { requireEnabledKey } from '../lookups.ts'

export const createGrant: KmsOperation<CreateGrantRequest, CreateGrantResponse> = {
  access: onKey((input) => ({ context: grantContext(input) })),
  handle: (input, context) => {
    checkGrantTokens(context, input.GrantTokens)
    const wanted = grantOf(input, context)
    const { grantId } = sameGrant(context, wanted) ?? insert(context, checkAsPolicy(context, wanted))
    return unlessDry(input, { GrantId: grantId, GrantToken: grantToken(context, grantId) })
  },
}

const grantOf = (input: CreateGrantRequest, context: KmsContext): KmsGrantRecord => {
  const { GranteePrincipal: grantee, RetiringPrincipal: retiring, Operations: operations = [], Name: name } = input
  checkNoService(input)
  if (grantee === undefined) throw validation('GranteePrincipal must not be null.')
  checkOperations(operations)
  checkConstraints(input, { Name: { min: 1, max: 256, pattern: /^[a-zA-Z0-9:/_-]+$/ } })
  const constraint = constraintOf(input.Constraints ?? {}, operations)
  return {
    grantId: context.ids.hex32() + context.ids.hex32(),
    keyId: requireEnabledKey(context, input.KeyId).keyId,
    granteePrincipal: checkPrincipal(grantee),
    operations: [...new Set(operations)].toSorted(),
    issuingAccount: context.account,
    createdAt: context.now,
    ...(retiring !== undefined && { retiringPrincipal: checkPrincipal(retiring) }),
    ...(constraint && { constraint }),
    ...(name !== undefined && { name }),
  }
}

/** AWS: a request with a name that has been made already is answered with the grant that it made. */
const sameGrant = ({ tx }: KmsContext, wanted: KmsGrantRecord): KmsGrantRecord | undefined => {
  if (wanted.name === undefined) return undefined
  const { grantId: _id, createdAt: _at, ...meant } = wanted
  return tx.kmsGrants
    .find('byKey', wanted.keyId)
    .find(({ grantId: _otherId, createdAt: _otherAt, ...other }) => util.isDeepStrictEqual(other, meant))
}

const insert = ({ tx }: KmsContext, grant: KmsGrantRecord): KmsGrantRecord => {
  if (tx.kmsGrants.findSize('byKey', grant.keyId) >= KMS_GRANTS_PER_KEY)
    throw limitExceeded(`A key can have at most ${KMS_GRANTS_PER_KEY} grants.`)
  return tx.kmsGrants.insert(grant)
}
