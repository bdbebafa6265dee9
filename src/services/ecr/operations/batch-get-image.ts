/** BatchGetImage: the manifests of images. */
import type {
  BatchGetImageRequest,
  BatchGetImageResponse,
  Image,
  ImageFailure,
  ImageIdentifier,
} from '@aws-sdk/client-ecr'
import { defined } from '../../../kit/assert.ts'
import type { ImageRecord, RepositoryRecord } from '../../../model/image-records.ts'
import { BlobKeyUnusable } from '../../../store/blobs/blob-key-unusable.ts'
import { recordPull } from '../../../store/images/record-pull.ts'
import { blobsOf, checkKey } from '../../../store/images/repository-key.ts'
import { continued } from '../../operations.ts'
import { onRepository } from '../access.ts'
import type { EcrContext, EcrDeps, EcrOperation } from '../context.ts'
import { checkImageIds, foundImage } from '../image-ids.ts'
import { requireRepository } from '../lookups.ts'

interface Found {
  readonly repository: RepositoryRecord
  readonly images: readonly { readonly image: ImageRecord; readonly imageTag: string | undefined }[]
  readonly failures: ImageFailure[]
}

export const batchGetImage: EcrOperation<BatchGetImageRequest, BatchGetImageResponse> = continued<
  EcrDeps,
  BatchGetImageRequest,
  BatchGetImageResponse,
  Found
>({
  access: onRepository,
  handle: ({ imageIds = [], ...input }, context) => {
    const repository = requireRepository(context, input)
    checkImageIds(imageIds)
    const failures: ImageFailure[] = []
    const problem = keyFailure(context, repository)
    const images = imageIds.flatMap((imageId) => {
      const found = foundImage(context, repository, imageId)
      if ('image' in found && problem !== undefined) {
        failures.push({ imageId, failureCode: 'KmsError', failureReason: problem })
        return []
      }
      if ('image' in found && found.image.isArchived !== true)
        return [{ image: found.image, imageTag: imageId.imageTag }]
      failures.push('failure' in found ? found.failure : archived(imageId))
      return []
    })
    // AWS: a manifest that is not of an accepted type is given as it is.
    return { repository, images, failures }
  },
  finish: async ({ repository, images, failures }, call) => {
    const { store, now, principal } = call
    if (images.length === 0) return { images: [], failures }
    const blobs = blobsOf(call, repository)
    const { account: registryId, name: repositoryName, repositoryId } = repository
    const given: Image[] = []
    for (const { image, imageTag } of images) {
      const manifest = defined(await blobs.read(image.digest), image.digest)
      await recordPull(store, repositoryId, image.digest, now, principal)
      given.push({
        registryId,
        repositoryName,
        imageId: { imageDigest: image.digest, ...(imageTag !== undefined && { imageTag }) },
        imageManifest: manifest.toString(),
        imageManifestMediaType: image.mediaType,
      })
    }
    return { images: given, failures }
  },
})

/** Why nothing can be read of a repository whose key cannot be used. */
const keyFailure = ({ tx }: EcrContext, repository: RepositoryRecord): string | undefined => {
  try {
    checkKey(tx, repository)
    return undefined
  } catch (error) {
    if (error instanceof BlobKeyUnusable) return error.message
    throw error
  }
}

const archived = (imageId: ImageIdentifier): ImageFailure => ({
  imageId,
  failureCode: 'ImageInaccessible',
  failureReason: 'Requested image is archived',
})
