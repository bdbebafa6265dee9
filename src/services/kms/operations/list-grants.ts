/** ListGrants: the grants of a key, or those of them for one principal. */
import type { ListGrantsRequest, ListGrantsResponse } from '@aws-sdk/client-kms'
import { KMS_LARGEST_SMALL_PAGE, KMS_SMALL_PAGE_SIZE } from '../../../model/limits.ts'
import { onKey } from '../access.ts'
import type { KmsOperation } from '../context.ts'
import { checkNoService, describeGrant, grantOrder } from '../grants.ts'
import { requireKeyById } from '../lookups.ts'
import { page } from '../page.ts'

export const SIZES = { size: KMS_SMALL_PAGE_SIZE, max: KMS_LARGEST_SMALL_PAGE }

export const listGrants: KmsOperation<ListGrantsRequest, ListGrantsResponse> = {
  access: onKey(),
  handle: (input, context) => {
    checkNoService(input)
    const { GrantId: id, GranteePrincipal: grantee } = input
    const { keyId } = requireKeyById(context, input.KeyId)
    const grants = context.tx.kmsGrants
      .find('byKey', keyId)
      .filter((grant) => (id === undefined || grant.grantId === id) && (!grantee || grant.granteePrincipal === grantee))
    const scope = JSON.stringify(['ListGrants', keyId, id, grantee])
    const { items, rest } = page(context, scope, grants, input, grantOrder, SIZES)
    return { Grants: items.map((grant) => describeGrant(context, grant)), ...rest }
  },
}
