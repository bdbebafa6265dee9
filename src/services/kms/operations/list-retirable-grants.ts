/** ListRetirableGrants: the grants that a principal may end, of whatever keys. */
import type { ListGrantsResponse, ListRetirableGrantsRequest } from '@aws-sdk/client-kms'
import { validation } from '../../constraints.ts'
import { onAnything } from '../access.ts'
import type { KmsOperation } from '../context.ts'
import { checkNoService, describeGrant, grantOrder } from '../grants.ts'
import { page } from '../page.ts'
import { SIZES } from './list-grants.ts'

export const listRetirableGrants: KmsOperation<ListRetirableGrantsRequest, ListGrantsResponse> = {
  access: onAnything,
  handle: (input, context) => {
    checkNoService(input)
    const { RetiringPrincipal: principal } = input
    if (principal === undefined) throw validation('RetiringPrincipal must not be null.')
    const { tx, account, region } = context
    const grants = tx.kmsGrants
      .find('byRetiringPrincipal', principal)
      .filter((grant) => grant.issuingAccount === account && tx.kmsKeys.get(grant.keyId)?.region === region)
    const { items, rest } = page(context, `ListRetirableGrants/${principal}`, grants, input, grantOrder, SIZES)
    return { Grants: items.map((grant) => describeGrant(context, grant)), ...rest }
  },
}
