/** Amazon ECR: repositories and their images, as the API has them. The registry itself, where images are pushed and pulled, is `src/registry`. */
import { sdkModel } from '../../wire/sdk-model.ts'
import type { ServiceDefinition } from '../../wire/service.ts'
import { ECR } from '../addresses.ts'
import type { ServicesDeps } from '../deps.ts'
import { performer } from '../operations.ts'
import type { EcrOperationTable } from './context.ts'
import { ecrNumbers } from './numbers.ts'
import { batchCheckLayerAvailability } from './operations/batch-check-layer-availability.ts'
import { batchDeleteImage } from './operations/batch-delete-image.ts'
import { batchGetImage } from './operations/batch-get-image.ts'
import { createRepository } from './operations/create-repository.ts'
import { deleteRepository } from './operations/delete-repository.ts'
import { describeImages } from './operations/describe-images.ts'
import { describeRepositories } from './operations/describe-repositories.ts'
import { getAuthorizationToken } from './operations/get-authorization-token.ts'
import { getDownloadUrlForLayer } from './operations/get-download-url-for-layer.ts'
import { completeLayerUpload, initiateLayerUpload, uploadLayerPart } from './operations/layer-uploads.ts'
import { deleteLifecyclePolicy, getLifecyclePolicy, putLifecyclePolicy } from './operations/lifecycle-policies.ts'
import { getLifecyclePolicyPreview, startLifecyclePolicyPreview } from './operations/lifecycle-policy-previews.ts'
import { listImageReferrers } from './operations/list-image-referrers.ts'
import { listImages } from './operations/list-images.ts'
import { listTagsForResource } from './operations/list-tags-for-resource.ts'
import { putImage } from './operations/put-image.ts'
import { putImageTagMutability } from './operations/put-image-tag-mutability.ts'
import { deleteRepositoryPolicy, getRepositoryPolicy, setRepositoryPolicy } from './operations/repository-policies.ts'
import {
  createRepositoryCreationTemplate,
  deleteRepositoryCreationTemplate,
  describeRepositoryCreationTemplates,
  updateRepositoryCreationTemplate,
} from './operations/repository-creation-templates.ts'
import { tagResource } from './operations/tag-resource.ts'
import { untagResource } from './operations/untag-resource.ts'
import { updateImageStorageClass } from './operations/update-image-storage-class.ts'

const operations: EcrOperationTable = {
  BatchCheckLayerAvailability: batchCheckLayerAvailability,
  BatchDeleteImage: batchDeleteImage,
  BatchGetImage: batchGetImage,
  CompleteLayerUpload: completeLayerUpload,
  CreateRepository: createRepository,
  CreateRepositoryCreationTemplate: createRepositoryCreationTemplate,
  DeleteLifecyclePolicy: deleteLifecyclePolicy,
  DeleteRepository: deleteRepository,
  DeleteRepositoryCreationTemplate: deleteRepositoryCreationTemplate,
  DeleteRepositoryPolicy: deleteRepositoryPolicy,
  DescribeImages: describeImages,
  DescribeRepositories: describeRepositories,
  DescribeRepositoryCreationTemplates: describeRepositoryCreationTemplates,
  GetAuthorizationToken: getAuthorizationToken,
  GetDownloadUrlForLayer: getDownloadUrlForLayer,
  GetLifecyclePolicy: getLifecyclePolicy,
  GetLifecyclePolicyPreview: getLifecyclePolicyPreview,
  GetRepositoryPolicy: getRepositoryPolicy,
  InitiateLayerUpload: initiateLayerUpload,
  ListImageReferrers: listImageReferrers,
  ListImages: listImages,
  ListTagsForResource: listTagsForResource,
  PutImage: putImage,
  PutImageTagMutability: putImageTagMutability,
  PutLifecyclePolicy: putLifecyclePolicy,
  SetRepositoryPolicy: setRepositoryPolicy,
  StartLifecyclePolicyPreview: startLifecyclePolicyPreview,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateRepositoryCreationTemplate: updateRepositoryCreationTemplate,
  UpdateImageStorageClass: updateImageStorageClass,
  UploadLayerPart: uploadLayerPart,
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
