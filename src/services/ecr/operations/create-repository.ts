/** CreateRepository: an empty repository. */
import type { CreateRepositoryRequest, CreateRepositoryResponse } from '@aws-sdk/client-ecr'
import { repositoryArn } from '../../../model/arn.ts'
import { encryptionWith } from '../../../store/images/repository-key.ts'
import { checkedTags } from '../../checked-tags.ts'
import { arnOf, onTagged } from '../access.ts'
import type { EcrOperation } from '../context.ts'
import { describeRepository } from '../describe.ts'
import { invalidParameter, repositoryExists, tagFaults } from '../faults.ts'
import { checkedName, registryOf } from '../names.ts'
import { checkedEncryption, encryptionDemands } from '../repository-keys.ts'
import { checkedMutability } from '../repository-settings.ts'
import { tagsOf } from '../tags.ts'

export const createRepository: EcrOperation<CreateRepositoryRequest, CreateRepositoryResponse> = {
  access: ({ tags = [], ...input }, context) => {
    const demand = onTagged(context, arnOf(context, input), tagsOf(tags))
    return [
      demand,
      ...(tags.length === 0 ? [] : [{ ...demand, action: 'ecr:TagResource' }]),
      ...encryptionDemands(context, input.encryptionConfiguration),
    ]
  },
  handle: (input, context) => {
    const { tx, ids, region, account, now } = context
    const name = checkedName(input)
    if (registryOf(context, input) !== account)
      throw invalidParameter('Repositories can be made in the registry of the caller alone.')
    const { imageTagMutability, imageTagMutabilityExclusionFilters, imageScanningConfiguration } = input
    const chosen = input.encryptionConfiguration && checkedEncryption(context, input.encryptionConfiguration)
    const arn = repositoryArn(region, account, name)
    if (tx.repositories.has(arn))
      throw repositoryExists(`The repository with name '${name}' already exists in the registry with id '${account}'`)
    const encryption = chosen && encryptionWith(tx, { arn, account, region }, chosen, { ids, now })
    const repository = tx.repositories.insert({
      arn,
      account,
      region,
      name,
      repositoryId: ids.uuid(),
      createdAt: now,
      tagMutability: checkedMutability(imageTagMutability, imageTagMutabilityExclusionFilters),
      isScannedOnPush: imageScanningConfiguration?.scanOnPush ?? false,
      tags: checkedTags(tagsOf(input.tags), tagFaults),
      ...(encryption && { encryption }),
    })
    return { repository: describeRepository(context, repository) }
  },
}
