/** DeleteAccountAlias: the account has its number alone again. */
import type { DeleteAccountAliasRequest } from '@aws-sdk/client-iam'
import { onAnything } from '../access.ts'
import { aliasSetting, getAlias } from '../account-alias.ts'
import type { IamOperation } from '../context.ts'
import { noSuchEntity } from '../faults.ts'
import { ACCOUNT_ALIAS, check } from '../rules.ts'

export const deleteAccountAlias: IamOperation<DeleteAccountAliasRequest> = {
  access: onAnything,
  handle: (input, context) => {
    check(input, { AccountAlias: ACCOUNT_ALIAS })
    if (getAlias(context) !== input.AccountAlias)
      throw noSuchEntity(`The account alias ${input.AccountAlias} cannot be found.`)
    context.tx.settings.remove(aliasSetting(context.account))
    return {}
  },
}
