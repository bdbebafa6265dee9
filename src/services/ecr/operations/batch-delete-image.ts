/** BatchDeleteImage: by digest an image with all its tags, by tag the tag, and the image too if it was its last. */
import type {
  BatchDeleteImageRequest,
  BatchDeleteImageResponse,
  ImageFailure,
  ImageIdentifier,
} from '@aws-sdk/client-ecr'
import type { RepositoryRecord } from '../../../model/image-records.ts'
import { referrersByContent, removeImage, removeTag } from '../../../store/images/remove-image.ts'
import { onRepository } from '../access.ts'
import type { EcrContext, EcrOperation } from '../context.ts'
import { checkImageIds, foundImage } from '../image-ids.ts'
import { requireRepository, tagsOfImage } from '../lookups.ts'

export const batchDeleteImage: EcrOperation<BatchDeleteImageRequest, BatchDeleteImageResponse> = {
  access: onRepository,
  handle: ({ imageIds = [], ...input }, context) => {
    const repository = requireRepository(context, input)
    checkImageIds(imageIds)
    const results = imageIds.map((imageId) => removed(context, repository, imageId))
    return {
      imageIds: results.flatMap((result) => ('removed' in result ? result.removed : [])),
      failures: results.flatMap((result) => ('failure' in result ? [result.failure] : [])),
    }
  },
}

const removed = (
  context: EcrContext,
  repository: RepositoryRecord,
  imageId: ImageIdentifier,
): { readonly removed: readonly ImageIdentifier[] } | { readonly failure: ImageFailure } => {
  const found = foundImage(context, repository, imageId)
  if ('failure' in found) return found
  const { tx } = context
  const { image } = found
  const { imageTag, imageDigest } = imageId
  const isWhole = imageTag === undefined || tagsOfImage(context, image).length === 1
  if (imageDigest === undefined && imageTag !== undefined && !isWhole) {
    removeTag(tx, repository, imageTag)
    return { removed: [{ imageDigest: image.digest, imageTag }] }
  }
  const indexes = referrersByContent(tx, image)
  if (indexes.length > 0)
    return {
      failure: {
        imageId,
        failureCode: 'ImageReferencedByManifestList',
        failureReason: `Requested image referenced by manifest list: [${indexes.join(', ')}]`,
      },
    }
  const tags = removeImage(tx, image)
  if (tags.length === 0) return { removed: [{ imageDigest: image.digest }] }
  return { removed: tags.map((tag) => ({ imageDigest: image.digest, imageTag: tag })) }
}
