/** PutLifecyclePolicy, GetLifecyclePolicy, DeleteLifecyclePolicy: by which rules images leave a repository. The controller `image-lifecycle` keeps to them. */
import type {
  DeleteLifecyclePolicyRequest,
  DeleteLifecyclePolicyResponse,
  GetLifecyclePolicyRequest,
  GetLifecyclePolicyResponse,
  PutLifecyclePolicyRequest,
  PutLifecyclePolicyResponse,
} from '@aws-sdk/client-ecr'
import { dateOf } from '../../../kit/timestamps.ts'
import type { RepositoryRecord } from '../../../model/image-records.ts'
import { onRepository } from '../access.ts'
import type { EcrOperation } from '../context.ts'
import { lifecyclePolicyNotFound } from '../faults.ts'
import { checkLifecyclePolicy } from '../lifecycle-text.ts'
import { requireRepository } from '../lookups.ts'

export const putLifecyclePolicy: EcrOperation<PutLifecyclePolicyRequest, PutLifecyclePolicyResponse> = {
  access: onRepository,
  handle: ({ lifecyclePolicyText = '', ...input }, context) => {
    const { arn, account, name } = requireRepository(context, input)
    checkLifecyclePolicy(lifecyclePolicyText)
    context.tx.repositories.update(arn, { lifecyclePolicyText, lifecycleEvaluatedAt: undefined })
    return { registryId: account, repositoryName: name, lifecyclePolicyText }
  },
}

export const getLifecyclePolicy: EcrOperation<GetLifecyclePolicyRequest, GetLifecyclePolicyResponse> = {
  access: onRepository,
  handle: (input, context) => describe(requireRepository(context, input)),
}

export const deleteLifecyclePolicy: EcrOperation<DeleteLifecyclePolicyRequest, DeleteLifecyclePolicyResponse> = {
  access: onRepository,
  handle: (input, context) => {
    const repository = requireRepository(context, input)
    const described = describe(repository)
    context.tx.repositories.update(repository.arn, { lifecyclePolicyText: undefined, lifecycleEvaluatedAt: undefined })
    return described
  },
}

/** Throws `LifecyclePolicyNotFoundException`. */
export const requireLifecyclePolicy = ({ lifecyclePolicyText, name, account }: RepositoryRecord): string => {
  if (lifecyclePolicyText !== undefined) return lifecyclePolicyText
  throw lifecyclePolicyNotFound(
    `Lifecycle policy does not exist for the repository with name '${name}' in the registry with id '${account}'`,
  )
}

const describe = (repository: RepositoryRecord): GetLifecyclePolicyResponse => {
  const { account, name, lifecycleEvaluatedAt } = repository
  return {
    registryId: account,
    repositoryName: name,
    lifecyclePolicyText: requireLifecyclePolicy(repository),
    // AWS: the beginning of time where it has not run yet.
    lastEvaluatedAt: dateOf(lifecycleEvaluatedAt ?? 0),
  }
}
