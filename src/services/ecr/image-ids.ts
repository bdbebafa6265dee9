/** Lists of images in requests, and what is said of those that there are not. */
import type { ImageFailure, ImageFailureCode, ImageIdentifier } from '@aws-sdk/client-ecr'
import { isDigest, isTag } from '../../model/image-names.ts'
import type { ImageRecord, RepositoryRecord } from '../../model/image-records.ts'
import { checkConstraints } from '../constraints.ts'
import type { EcrContext } from './context.ts'
import { imageNotFound, invalidParameter } from './faults.ts'
import { getImage, tagsOfImage } from './lookups.ts'

/** Throws `InvalidParameterException`. */
export const checkImageIds = (imageIds: readonly ImageIdentifier[]): void =>
  checkConstraints({ imageIds }, { imageIds: { min: 1, max: 100 } }, invalidParameter)

/** The image that is named, or why there is none. */
export const foundImage = (
  context: EcrContext,
  repository: RepositoryRecord,
  imageId: ImageIdentifier,
): { readonly image: ImageRecord } | { readonly failure: ImageFailure } => {
  const { imageDigest, imageTag } = imageId
  const fail = (failureCode: ImageFailureCode, failureReason: string) => ({
    failure: { imageId, failureCode, failureReason },
  })
  if (imageDigest === undefined && imageTag === undefined)
    return fail('MissingDigestAndTag', 'Invalid request parameters: both tag and digest cannot be null')
  if (imageDigest !== undefined && !isDigest(imageDigest))
    return fail(
      'InvalidImageDigest',
      `Invalid request parameters: image digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'`,
    )
  if (imageTag !== undefined && !isTag(imageTag))
    return fail(
      'InvalidImageTag',
      `Invalid request parameters: image tag should satisfy the regex '[a-zA-Z0-9-_.]{1,128}'`,
    )
  const image = getImage(context, repository, imageId)
  if (image === undefined) return fail('ImageNotFound', 'Requested image not found')
  if (imageDigest !== undefined && imageTag !== undefined && !tagsOfImage(context, image).includes(imageTag))
    return fail('ImageTagDoesNotMatchDigest', 'Requested image tag does not match the digest')
  return { image }
}

/** The image that a request is about. Throws `ImageNotFoundException`, or `InvalidParameterException` for what names none. */
export const requireImage = (
  context: EcrContext,
  repository: RepositoryRecord,
  imageId: ImageIdentifier = {},
): ImageRecord => {
  const found = foundImage(context, repository, imageId)
  if ('image' in found) return found.image
  if (found.failure.failureCode === 'ImageNotFound') throw missingImage(repository, imageId)
  throw invalidParameter(found.failure.failureReason ?? '')
}

const missingImage = (
  { name, account }: RepositoryRecord,
  { imageDigest = 'null', imageTag = 'null' }: ImageIdentifier,
) =>
  imageNotFound(
    `The image with imageId {imageDigest:'${imageDigest}', imageTag:'${imageTag}'} does not exist within the repository ` +
      `with name '${name}' in the registry with id '${account}'`,
  )
