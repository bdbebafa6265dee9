/** DescribeImages: those that are named, or all of a repository. */
import type { DescribeImagesRequest, DescribeImagesResponse, ImageIdentifier } from '@aws-sdk/client-ecr'
import type { RepositoryRecord } from '../../../model/image-records.ts'
import { onRepository } from '../access.ts'
import type { EcrOperation } from '../context.ts'
import { describeImage } from '../describe.ts'
import { imageNotFound, invalidParameter } from '../faults.ts'
import { getImage, requireRepository } from '../lookups.ts'
import { checkImageIds } from '../image-ids.ts'
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
      const named = imageIds.map((imageId) => {
        const image = getImage(context, repository, imageId)
        if (image === undefined) throw notFound(repository, imageId)
        return image
      })
      return { imageDetails: named.map((image) => describeImage(context, repository, image)) }
    }
    if (filter?.imageStatus !== undefined && !['ACTIVE', 'ANY'].includes(filter.imageStatus))
      return { imageDetails: [] }
    const tagStatus = filter?.tagStatus ?? 'ANY'
    const all = context.tx.images.find('byRepository', repository.repositoryId)
    const details = all.map((image) => describeImage(context, repository, image))
    const wanted = details.filter(
      ({ imageTags }) => tagStatus === 'ANY' || (imageTags === undefined) === (tagStatus === 'UNTAGGED'),
    )
    const scope = ['DescribeImages', repository.repositoryId, tagStatus]
    const { items, rest } = page(context, request, scope, wanted, ({ imageDigest = '' }) => imageDigest)
    return { imageDetails: [...items], ...rest }
  },
}

const notFound = ({ name, account }: RepositoryRecord, { imageDigest = 'null', imageTag = 'null' }: ImageIdentifier) =>
  imageNotFound(
    `The image with imageId {imageDigest:'${imageDigest}', imageTag:'${imageTag}'} does not exist within the repository ` +
      `with name '${name}' in the registry with id '${account}'`,
  )
