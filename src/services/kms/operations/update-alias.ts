/** UpdateAlias: from one key to another. */
import type { UpdateAliasCommandOutput, UpdateAliasRequest } from '@aws-sdk/client-kms'
import { kmsAliasArn } from '../../../model/arn.ts'
import { demandOnKey } from '../access.ts'
import { checkAliasCount, demandOnAlias, requireAlias } from '../aliases.ts'
import type { KmsOperation } from '../context.ts'
import { requireLivingKey } from '../lookups.ts'

export const updateAlias: KmsOperation<UpdateAliasRequest, Partial<UpdateAliasCommandOutput>> = {
  access: ({ AliasName: name = '', TargetKeyId: target = '' }, context) => {
    const { tx, region, account } = context
    const current = tx.kmsAliases.get(kmsAliasArn(region, account, name))?.targetKeyId
    return [
      demandOnAlias(context, name),
      ...(current === undefined ? [] : [demandOnKey(context, current)]),
      demandOnKey(context, target),
    ]
  },
  handle: ({ AliasName, TargetKeyId }, context) => {
    const alias = requireAlias(context, AliasName)
    const { keyId } = requireLivingKey(context, TargetKeyId)
    if (keyId !== alias.targetKeyId) checkAliasCount(context, keyId)
    context.tx.kmsAliases.update(alias.arn, { targetKeyId: keyId, updatedAt: context.now })
    return {}
  },
}
