/** Repositories and images in the SDK's shape. */
import type {
  EncryptionConfiguration,
  ImageDetail,
  ImageScanFindingsSummary,
  ImageScanStatus,
  Repository,
} from '@aws-sdk/client-ecr'
import { dateOf } from '../../kit/timestamps.ts'
import type { ChosenEncryption } from '../../model/image-records.ts'
import { type ImageRecord, inRepository, type RepositoryRecord, type TagMutability } from '../../model/image-records.ts'
import type { ImageScanRecord } from '../../model/image-scan/finding.ts'
import type { EcrContext } from './context.ts'
import { tagsOfImage } from './lookups.ts'

export const describeRepository = ({ registryEndpointOf }: EcrContext, repository: RepositoryRecord): Repository => {
  const { arn, account, name, createdAt, tagMutability, isScannedOnPush, encryption } = repository
  return {
    repositoryArn: arn,
    registryId: account,
    repositoryName: name,
    repositoryUri: `${new URL(registryEndpointOf(repository)).host}/${name}`,
    createdAt: dateOf(createdAt),
    ...describeMutability(tagMutability),
    imageScanningConfiguration: { scanOnPush: isScannedOnPush },
    encryptionConfiguration: describeEncryption(encryption),
  }
}

export const describeEncryption = (encryption: ChosenEncryption | undefined): EncryptionConfiguration =>
  encryption === undefined
    ? { encryptionType: 'AES256' }
    : { encryptionType: encryption.type, kmsKey: encryption.keyArn }

/** Nothing for an image that was never scanned. */
const describeScanOf = ({ tx }: EcrContext, { repositoryId, digest }: ImageRecord): Partial<ImageDetail> => {
  const scan = tx.imageScans.get(inRepository(repositoryId, digest))
  if (scan === undefined) return {}
  const status = { imageScanStatus: describeScanStatus(scan) }
  return scan.status === 'COMPLETE' ? { ...status, imageScanFindingsSummary: describeScanSummary(scan) } : status
}

export const describeScanStatus = ({ status, description }: ImageScanRecord): ImageScanStatus => ({
  status,
  description,
})

export const describeScanSummary = (scan: ImageScanRecord): ImageScanFindingsSummary => {
  const { completedAt, advisoriesUpdatedAt, counts } = scan
  return {
    ...(completedAt !== undefined && { imageScanCompletedAt: dateOf(completedAt) }),
    ...(advisoriesUpdatedAt !== undefined && { vulnerabilitySourceUpdatedAt: dateOf(advisoriesUpdatedAt) }),
    findingSeverityCounts: counts,
  }
}

export const describeMutability = ({ mode, exclusions }: TagMutability) => ({
  imageTagMutability: mode,
  ...(exclusions.length > 0 && {
    imageTagMutabilityExclusionFilters: exclusions.map((filter) => ({ filterType: 'WILDCARD' as const, filter })),
  }),
})

export const describeImage = (
  context: EcrContext,
  { account, name }: RepositoryRecord,
  image: ImageRecord,
): ImageDetail => {
  const tags = tagsOfImage(context, image)
  const { artifactType, lastPulledAt, subject, lastArchivedAt, lastActivatedAt } = image
  return {
    registryId: account,
    repositoryName: name,
    imageDigest: image.digest,
    ...(tags.length > 0 && { imageTags: tags }),
    imageSizeInBytes: image.contentBytes,
    imagePushedAt: dateOf(image.pushedAt),
    imageManifestMediaType: image.mediaType,
    ...(artifactType !== undefined && { artifactMediaType: artifactType }),
    ...describeScanOf(context, image),
    ...(lastPulledAt !== undefined && { lastRecordedPullTime: dateOf(lastPulledAt) }),
    ...(subject !== undefined && { subjectManifestDigest: subject }),
    imageStatus: statusOf(image),
    ...(lastArchivedAt !== undefined && { lastArchivedAt: dateOf(lastArchivedAt) }),
    ...(lastActivatedAt !== undefined && { lastActivatedAt: dateOf(lastActivatedAt) }),
  }
}

/** Nothing is ever on its way out of the archive: it is there at once. */
export const statusOf = ({ isArchived = false }: ImageRecord): 'ACTIVE' | 'ARCHIVED' =>
  isArchived ? 'ARCHIVED' : 'ACTIVE'
