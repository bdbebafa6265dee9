/** Amazon ECR: repositories and their images, as the API has them. The registry itself, where images are pushed and pulled, is `src/registry`. */
import { sdkModel } from '../../wire/sdk-model.ts'
import type { ServiceDefinition } from '../../wire/service.ts'
import { ECR } from '../addresses.ts'
import type { ServicesDeps } from '../deps.ts'
import { performer } from '../operations.ts'
import type { EcrOperationTable } from './context.ts'
import { orKmsException } from './faults.ts'
import { ecrNumbers } from './numbers.ts'
import { batchCheckLayerAvailability } from './operations/batch-check-layer-availability.ts'
import { getAccountSetting, putAccountSetting } from './operations/account-settings.ts'
import { batchDeleteImage } from './operations/batch-delete-image.ts'
import { batchGetImage } from './operations/batch-get-image.ts'
import { batchGetRepositoryScanningConfiguration } from './operations/batch-get-repository-scanning-configuration.ts'
import { createRepository } from './operations/create-repository.ts'
import { deleteRepository } from './operations/delete-repository.ts'
import { describeImageScanFindings } from './operations/describe-image-scan-findings.ts'
import { describeImages } from './operations/describe-images.ts'
import { describeRegistry } from './operations/describe-registry.ts'
import { describeRepositories } from './operations/describe-repositories.ts'
import { getAuthorizationToken } from './operations/get-authorization-token.ts'
import { getDownloadUrlForLayer } from './operations/get-download-url-for-layer.ts'
import { completeLayerUpload, initiateLayerUpload, uploadLayerPart } from './operations/layer-uploads.ts'
import { deleteLifecyclePolicy, getLifecyclePolicy, putLifecyclePolicy } from './operations/lifecycle-policies.ts'
import { getLifecyclePolicyPreview, startLifecyclePolicyPreview } from './operations/lifecycle-policy-previews.ts'
import { listImageReferrers } from './operations/list-image-referrers.ts'
import { listImages } from './operations/list-images.ts'
import { listTagsForResource } from './operations/list-tags-for-resource.ts'
import {
  deregisterPullTimeUpdateExclusion,
  listPullTimeUpdateExclusions,
  registerPullTimeUpdateExclusion,
} from './operations/pull-time-update-exclusions.ts'
import { putImage } from './operations/put-image.ts'
import { putImageScanningConfiguration } from './operations/put-image-scanning-configuration.ts'
import { putImageTagMutability } from './operations/put-image-tag-mutability.ts'
import { deleteRegistryPolicy, getRegistryPolicy, putRegistryPolicy } from './operations/registry-policy.ts'
import {
  getRegistryScanningConfiguration,
  putRegistryScanningConfiguration,
} from './operations/registry-scanning-configuration.ts'
import { deleteRepositoryPolicy, getRepositoryPolicy, setRepositoryPolicy } from './operations/repository-policies.ts'
import {
  createPullThroughCacheRule,
  deletePullThroughCacheRule,
  describePullThroughCacheRules,
  updatePullThroughCacheRule,
  validatePullThroughCacheRule,
} from './operations/pull-through-cache-rules.ts'
import { describeImageReplicationStatus, putReplicationConfiguration } from './operations/replication.ts'
import {
  describeReplicationBackfillResults,
  listReplicationBackfills,
  startReplicationBackfill,
  stopReplicationBackfill,
} from './operations/replication-backfills.ts'
import {
  createRepositoryCreationTemplate,
  deleteRepositoryCreationTemplate,
  describeRepositoryCreationTemplates,
  updateRepositoryCreationTemplate,
} from './operations/repository-creation-templates.ts'
import { startImageScan } from './operations/start-image-scan.ts'
import { tagResource } from './operations/tag-resource.ts'
import { untagResource } from './operations/untag-resource.ts'
import { updateImageStorageClass } from './operations/update-image-storage-class.ts'

const operations: EcrOperationTable = {
  BatchCheckLayerAvailability: batchCheckLayerAvailability,
  BatchDeleteImage: batchDeleteImage,
  BatchGetImage: batchGetImage,
  BatchGetRepositoryScanningConfiguration: batchGetRepositoryScanningConfiguration,
  CompleteLayerUpload: completeLayerUpload,
  CreatePullThroughCacheRule: createPullThroughCacheRule,
  CreateRepository: createRepository,
  CreateRepositoryCreationTemplate: createRepositoryCreationTemplate,
  DeleteLifecyclePolicy: deleteLifecyclePolicy,
  DeletePullThroughCacheRule: deletePullThroughCacheRule,
  DeleteRegistryPolicy: deleteRegistryPolicy,
  DeleteRepository: deleteRepository,
  DeleteRepositoryCreationTemplate: deleteRepositoryCreationTemplate,
  DeleteRepositoryPolicy: deleteRepositoryPolicy,
  DeregisterPullTimeUpdateExclusion: deregisterPullTimeUpdateExclusion,
  DescribeImageScanFindings: describeImageScanFindings,
  DescribeImageReplicationStatus: describeImageReplicationStatus,
  DescribeImages: describeImages,
  DescribePullThroughCacheRules: describePullThroughCacheRules,
  DescribeRegistry: describeRegistry,
  DescribeReplicationBackfillResults: describeReplicationBackfillResults,
  DescribeRepositories: describeRepositories,
  DescribeRepositoryCreationTemplates: describeRepositoryCreationTemplates,
  GetAccountSetting: getAccountSetting,
  GetAuthorizationToken: getAuthorizationToken,
  GetDownloadUrlForLayer: getDownloadUrlForLayer,
  GetLifecyclePolicy: getLifecyclePolicy,
  GetLifecyclePolicyPreview: getLifecyclePolicyPreview,
  GetRegistryPolicy: getRegistryPolicy,
  GetRegistryScanningConfiguration: getRegistryScanningConfiguration,
  GetRepositoryPolicy: getRepositoryPolicy,
  InitiateLayerUpload: initiateLayerUpload,
  ListImageReferrers: listImageReferrers,
  ListImages: listImages,
  ListPullTimeUpdateExclusions: listPullTimeUpdateExclusions,
  ListReplicationBackfills: listReplicationBackfills,
  ListTagsForResource: listTagsForResource,
  PutAccountSetting: putAccountSetting,
  PutImage: putImage,
  PutImageScanningConfiguration: putImageScanningConfiguration,
  PutImageTagMutability: putImageTagMutability,
  PutLifecyclePolicy: putLifecyclePolicy,
  PutRegistryPolicy: putRegistryPolicy,
  PutRegistryScanningConfiguration: putRegistryScanningConfiguration,
  RegisterPullTimeUpdateExclusion: registerPullTimeUpdateExclusion,
  PutReplicationConfiguration: putReplicationConfiguration,
  SetRepositoryPolicy: setRepositoryPolicy,
  StartImageScan: startImageScan,
  StartLifecyclePolicyPreview: startLifecyclePolicyPreview,
  StartReplicationBackfill: startReplicationBackfill,
  StopReplicationBackfill: stopReplicationBackfill,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateImageStorageClass: updateImageStorageClass,
  UpdatePullThroughCacheRule: updatePullThroughCacheRule,
  UpdateRepositoryCreationTemplate: updateRepositoryCreationTemplate,
  UploadLayerPart: uploadLayerPart,
  ValidatePullThroughCacheRule: validatePullThroughCacheRule,
}

export const ecrService = (deps: ServicesDeps): ServiceDefinition => {
  const { store, clock, guard, ids, pageTokens, sealer, blobs } = deps
  const { registryEndpoint, registryEndpointOf, replicationEndpoints } = deps
  const endpoints = { registryEndpoint, registryEndpointOf, replicationEndpoints }
  const perform = performer({
    store,
    service: 'ecr',
    table: operations,
    deps: { store, clock, guard, ids, pageTokens, sealer, blobs, ...endpoints },
    guard,
  })
  return {
    ...ECR,
    model: () => sdkModel('@aws-sdk/client-ecr'),
    faults: { invalidInput: 'InvalidParameterException' },
    numbers: ecrNumbers,
    operations: new Set(Object.keys(operations)),
    call: (...call) => orKmsException(perform(...call)),
  }
}
