/** ListImages: an identifier for each tag, and for each image without one. */
import type { ImageIdentifier, ListImagesRequest, ListImagesResponse } from '@aws-sdk/client-ecr'
import { onRepository } from '../access.ts'
import type { EcrContext, EcrOperation } from '../context.ts'
import type { ImageRecord } from '../../../model/image-records.ts'
import { checkedFilter, isOfImageStatus, isOfTagStatus } from '../image-filters.ts'
import { requireRepository, tagsOfImage } from '../lookups.ts'
import { page } from '../page.ts'

export const listImages: EcrOperation<ListImagesRequest, ListImagesResponse> = {
  access: onRepository,
  handle: (request, context) => {
    const repository = requireRepository(context, request)
    const { tagStatus, imageStatus } = checkedFilter(request.filter)
    const images = context.tx.images.find('byRepository', repository.repositoryId)
    const identifiers = images
      .filter((image) => isOfImageStatus(image, imageStatus))
      .flatMap((image) => identifiersOf(context, image))
    const wanted = identifiers.filter(({ imageTag }) => isOfTagStatus(imageTag !== undefined, tagStatus))
    const scope = ['ListImages', repository.repositoryId, tagStatus, imageStatus]
    const { items, rest } = page(
      context,
      request,
      scope,
      wanted,
      ({ imageDigest, imageTag = '' }) => `${imageDigest}/${imageTag}`,
    )
    return { imageIds: [...items], ...rest }
  },
}

const identifiersOf = (context: EcrContext, image: ImageRecord): ImageIdentifier[] => {
  const { digest: imageDigest } = image
  const tags = tagsOfImage(context, image)
  return tags.length === 0 ? [{ imageDigest }] : tags.map((imageTag) => ({ imageDigest, imageTag }))
}
