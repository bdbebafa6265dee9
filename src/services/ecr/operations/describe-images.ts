/** DescribeImages: those that are named, or all of a repository. */
import type { DescribeImagesRequest, DescribeImagesResponse } from '@aws-sdk/client-ecr'
import { onRepository } from '../access.ts'
import type { EcrOperation } from '../context.ts'
import { describeImage } from '../describe.ts'
import { invalidParameter } from '../faults.ts'
import { requireRepository } from '../lookups.ts'
import { checkedFilter, isOfImageStatus, isOfTagStatus } from '../image-filters.ts'
import { checkImageIds, requireImage } from '../image-ids.ts'
import { page } from '../page.ts'

export const describeImages: EcrOperation<DescribeImagesRequest, DescribeImagesResponse> = {
  access: onRepository,
  handle: (request, context) => {
    const repository = requireRepository(context, request)
    const { imageIds, maxResults, nextToken, filter } = request
    if (imageIds !== undefined) {
      if ((maxResults ?? nextToken ?? filter) !== undefined)
        throw invalidParameter('maxResults, nextToken and filter cannot be given with imageIds.')
      checkImageIds(imageIds)
      const named = imageIds.map((imageId) => requireImage(context, repository, imageId))
      return { imageDetails: named.map((image) => describeImage(context, repository, image)) }
    }
    const { tagStatus, imageStatus } = checkedFilter(filter)
    const all = context.tx.images
      .find('byRepository', repository.repositoryId)
      .filter((image) => isOfImageStatus(image, imageStatus))
    const details = all.map((image) => describeImage(context, repository, image))
    const wanted = details.filter(({ imageTags }) => isOfTagStatus(imageTags !== undefined, tagStatus))
    const scope = ['DescribeImages', repository.repositoryId, tagStatus, imageStatus]
    const { items, rest } = page(context, request, scope, wanted, ({ imageDigest = '' }) => imageDigest)
    return { imageDetails: [...items], ...rest }
  },
}
