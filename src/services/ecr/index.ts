/** Amazon ECR: repositories and their images, as the API has them. The registry itself, where images are pushed and pulled, is `src/registry`. */
import { sdkModel } from '../../wire/sdk-model.ts'
import type { ServiceDefinition } from '../../wire/service.ts'
import { ECR } from '../addresses.ts'
import type { ServicesDeps } from '../deps.ts'
import { performer } from '../operations.ts'
import type { EcrOperationTable } from './context.ts'
import { ecrNumbers } from './numbers.ts'
import { batchDeleteImage } from './operations/batch-delete-image.ts'
import { batchGetImage } from './operations/batch-get-image.ts'
import { createRepository } from './operations/create-repository.ts'
import { deleteRepository } from './operations/delete-repository.ts'
import { describeImages } from './operations/describe-images.ts'
import { describeRepositories } from './operations/describe-repositories.ts'
import { getAuthorizationToken } from './operations/get-authorization-token.ts'
import { listImages } from './operations/list-images.ts'
import { listTagsForResource } from './operations/list-tags-for-resource.ts'
import { putImageTagMutability } from './operations/put-image-tag-mutability.ts'
import { deleteRepositoryPolicy, getRepositoryPolicy, setRepositoryPolicy } from './operations/repository-policies.ts'
import { tagResource } from './operations/tag-resource.ts'
import { untagResource } from './operations/untag-resource.ts'

const operations: EcrOperationTable = {
  BatchDeleteImage: batchDeleteImage,
  BatchGetImage: batchGetImage,
  CreateRepository: createRepository,
  DeleteRepository: deleteRepository,
  DeleteRepositoryPolicy: deleteRepositoryPolicy,
  DescribeImages: describeImages,
  DescribeRepositories: describeRepositories,
  GetAuthorizationToken: getAuthorizationToken,
  GetRepositoryPolicy: getRepositoryPolicy,
  ListImages: listImages,
  ListTagsForResource: listTagsForResource,
  PutImageTagMutability: putImageTagMutability,
  SetRepositoryPolicy: setRepositoryPolicy,
  TagResource: tagResource,
  UntagResource: untagResource,
}

export const ecrService = (deps: ServicesDeps): ServiceDefinition => {
  const { store, guard, ids, pageTokens, sealer, blobs, registryEndpoint } = deps
  return {
    ...ECR,
    model: () => sdkModel('@aws-sdk/client-ecr'),
    faults: { invalidInput: 'InvalidParameterException' },
    numbers: ecrNumbers,
    operations: new Set(Object.keys(operations)),
    call: performer({
      store,
      service: 'ecr',
      table: operations,
      deps: { store, ids, pageTokens, sealer, blobs, registryEndpoint },
      guard,
    }),
  }
}
