/** CreateAlias: a name for a key. */
import type { CreateAliasCommandOutput, CreateAliasRequest } from '@aws-sdk/client-kms'
import { demandOnKey } from '../access.ts'
import { checkAliasCount, demandOnAlias, ownAliasArn } from '../aliases.ts'
import type { KmsOperation } from '../context.ts'
import { alreadyExists } from '../faults.ts'
import { requireLivingKey } from '../lookups.ts'

export const createAlias: KmsOperation<CreateAliasRequest, Partial<CreateAliasCommandOutput>> = {
  access: (input, context) => [demandOnAlias(context, input.AliasName), demandOnKey(context, input.TargetKeyId ?? '')],
  handle: ({ AliasName: aliasName = '', TargetKeyId }, context) => {
    const { tx, now } = context
    const arn = ownAliasArn(context, aliasName)
    const { keyId } = requireLivingKey(context, TargetKeyId)
    if (tx.kmsAliases.has(arn)) throw alreadyExists(`An alias with the name ${arn} already exists`)
    checkAliasCount(context, keyId)
    tx.kmsAliases.insert({ arn, aliasName, targetKeyId: keyId, createdAt: now, updatedAt: now })
    return {}
  },
}
