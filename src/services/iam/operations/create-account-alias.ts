/** CreateAccountAlias: the account's other name. */
import type { CreateAccountAliasRequest } from '@aws-sdk/client-iam'
import { onAnything } from '../access.ts'
import { aliasSetting, isAliasTaken } from '../account-alias.ts'
import type { IamOperation } from '../context.ts'
import { entityAlreadyExists } from '../faults.ts'
import { ACCOUNT_ALIAS, check } from '../rules.ts'

export const createAccountAlias: IamOperation<CreateAccountAliasRequest> = {
  access: onAnything,
  handle: (input, context) => {
    check(input, { AccountAlias: ACCOUNT_ALIAS })
    const { AccountAlias: value = '' } = input
    if (isAliasTaken(context, value)) throw entityAlreadyExists(`The account alias ${value} already exists.`)
    // AWS: an account has one alias; a new one takes the place of the old one.
    context.tx.settings.put({ name: aliasSetting(context.account), value })
    return {}
  },
}
