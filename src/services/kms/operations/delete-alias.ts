/** DeleteAlias: the name goes, the key stays. */
import type { DeleteAliasCommandOutput, DeleteAliasRequest } from '@aws-sdk/client-kms'
import { kmsAliasArn } from '../../../model/arn.ts'
import { demandOnKey } from '../access.ts'
import { demandOnAlias, requireAlias } from '../aliases.ts'
import type { KmsOperation } from '../context.ts'

export const deleteAlias: KmsOperation<DeleteAliasRequest, Partial<DeleteAliasCommandOutput>> = {
  access: ({ AliasName: name = '' }, context) => {
    const target = context.tx.kmsAliases.get(kmsAliasArn(context.region, context.account, name))?.targetKeyId
    return [demandOnAlias(context, name), ...(target === undefined ? [] : [demandOnKey(context, target)])]
  },
  handle: ({ AliasName }, context) => {
    context.tx.kmsAliases.remove(requireAlias(context, AliasName).arn)
    return {}
  },
}
