/** DeleteRepository: an empty one, or with `force` one with all its images. */
import type { DeleteRepositoryRequest, DeleteRepositoryResponse } from '@aws-sdk/client-ecr'
import { removeRepository } from '../../../store/images/remove-image.ts'
import { arnOf, onRepository } from '../access.ts'
import type { EcrOperation } from '../context.ts'
import { describeRepository } from '../describe.ts'
import { repositoryNotEmpty } from '../faults.ts'
import { requireRepository } from '../lookups.ts'
import { retiringDemands } from '../repository-keys.ts'

export const deleteRepository: EcrOperation<DeleteRepositoryRequest, DeleteRepositoryResponse> = {
  access: (input, context) => [
    ...onRepository(input, context),
    ...retiringDemands(context, context.tx.repositories.get(arnOf(context, input))),
  ],
  handle: ({ force = false, ...input }, context) => {
    const repository = requireRepository(context, input)
    const { name, account, repositoryId } = repository
    if (!force && context.tx.images.findSize('byRepository', repositoryId) > 0)
      throw repositoryNotEmpty(
        `The repository with name '${name}' in registry with id '${account}' cannot be deleted because it still contains images`,
      )
    removeRepository(context.tx, repository)
    return { repository: describeRepository(context, repository) }
  },
}
