/** ListAccountAliases: the account's alias, if it has one. */
import type { ListAccountAliasesRequest, ListAccountAliasesResponse } from '@aws-sdk/client-iam'
import { onAnything } from '../access.ts'
import { getAlias } from '../account-alias.ts'
import type { IamOperation } from '../context.ts'
import { page } from '../page.ts'

export const listAccountAliases: IamOperation<ListAccountAliasesRequest, ListAccountAliasesResponse> = {
  access: onAnything,
  handle: (input, context) => {
    const alias = getAlias(context)
    const { items, rest } = page(
      context,
      'ListAccountAliases',
      alias === undefined ? [] : [alias],
      input,
      (each) => each,
    )
    return { AccountAliases: [...items], ...rest }
  },
}
