/** Amazon ECR's faults, by the names its model gives them. Texts that more than one operation needs are fixed here. */
import { BlobKeyUnusable } from '../../store/blobs/blob-key-unusable.ts'
import { type FaultDetails, Fault } from '../../wire/fault.ts'
import type { TagFaults } from '../checked-tags.ts'

const fault =
  (code: string) =>
  (message: string, members: FaultDetails['members'] = {}): Fault =>
    new Fault({ code, message, members })

export const emptyUpload = fault('EmptyUploadException')
export const exclusionAlreadyExists = fault('ExclusionAlreadyExistsException')
export const exclusionNotFound = fault('ExclusionNotFoundException')
export const imageAlreadyExists = fault('ImageAlreadyExistsException')
export const imageDigestMismatch = fault('ImageDigestDoesNotMatchException')
export const imageNotFound = fault('ImageNotFoundException')
export const imageStorageClassNotSupported = fault('ImageStorageClassUpdateNotSupportedException')
export const imageTagAlreadyExists = fault('ImageTagAlreadyExistsException')
export const invalidParameter = fault('InvalidParameterException')
export const kmsException = fault('KmsException')
export const invalidLayer = fault('InvalidLayerException')
export const invalidLayerPart = fault('InvalidLayerPartException')
export const layerAlreadyExists = fault('LayerAlreadyExistsException')
export const layerPartTooSmall = fault('LayerPartTooSmallException')
export const layersNotFound = fault('LayersNotFoundException')
export const lifecyclePolicyNotFound = fault('LifecyclePolicyNotFoundException')
export const limitExceeded = fault('LimitExceededException')
export const referencedImagesNotFound = fault('ReferencedImagesNotFoundException')
export const registryPolicyNotFound = fault('RegistryPolicyNotFoundException')
export const replicationBackfillInProgress = fault('ReplicationBackfillInProgressException')
export const replicationBackfillInvalidStatus = fault('ReplicationBackfillInvalidStatusException')
export const replicationBackfillNotFound = fault('ReplicationBackfillNotFoundException')
export const repositoryExists = fault('RepositoryAlreadyExistsException')
export const repositoryNotEmpty = fault('RepositoryNotEmptyException')
export const repositoryNotFound = fault('RepositoryNotFoundException')
export const previewNotFound = fault('LifecyclePolicyPreviewNotFoundException')
export const policyNotFound = fault('RepositoryPolicyNotFoundException')

export const ruleExists = fault('PullThroughCacheRuleAlreadyExistsException')
export const ruleNotFound = fault('PullThroughCacheRuleNotFoundException')
export const secretNotFound = fault('SecretNotFoundException')
export const templateExists = fault('TemplateAlreadyExistsException')
export const templateNotFound = fault('TemplateNotFoundException')
export const unsupportedUpstream = fault('UnsupportedUpstreamRegistryException')
export const imageArchived = fault('ImageArchivedException')
export const scanNotFound = fault('ScanNotFoundException')
export const unsupportedImageType = fault('UnsupportedImageTypeException')
export const uploadNotFound = fault('UploadNotFoundException')

export const tagFaults: TagFaults = {
  invalid: fault('InvalidTagParameterException'),
  tooMany: fault('TooManyTagsException'),
}

/** Whatever was to be done with images whose key cannot be used now. */
export const orKmsException = async <T>(result: Promise<T>): Promise<T> => {
  try {
    return await result
  } catch (error) {
    throw error instanceof BlobKeyUnusable ? kmsException(error.message, { kmsError: error.code }) : error
  }
}

export const invalidToken = (): Fault =>
  invalidParameter("Invalid parameter at 'nextToken' failed to satisfy constraint: 'Invalid token'")
