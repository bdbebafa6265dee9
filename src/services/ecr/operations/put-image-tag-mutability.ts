/** PutImageTagMutability: whether tags may be given to other images from now on. */
import type { PutImageTagMutabilityRequest, PutImageTagMutabilityResponse } from '@aws-sdk/client-ecr'
import { onRepository } from '../access.ts'
import type { EcrOperation } from '../context.ts'
import { describeMutability } from '../describe.ts'
import { requireRepository } from '../lookups.ts'
import { checkedMutability } from '../repository-settings.ts'

export const putImageTagMutability: EcrOperation<PutImageTagMutabilityRequest, PutImageTagMutabilityResponse> = {
  access: onRepository,
  handle: ({ imageTagMutability, imageTagMutabilityExclusionFilters, ...input }, context) => {
    const { arn, account, name } = requireRepository(context, input)
    const tagMutability = checkedMutability(imageTagMutability, imageTagMutabilityExclusionFilters)
    context.tx.repositories.update(arn, { tagMutability })
    return { registryId: account, repositoryName: name, ...describeMutability(tagMutability) }
  },
}
