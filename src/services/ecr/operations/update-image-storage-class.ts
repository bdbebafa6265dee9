/** UpdateImageStorageClass: an image goes to the archive, or comes back. */
import type { UpdateImageStorageClassRequest, UpdateImageStorageClassResponse } from '@aws-sdk/client-ecr'
import type { ImageRecord } from '../../../model/image-records.ts'
import { activateImage, archiveImage } from '../../../store/images/archive-image.ts'
import { referrersByContent } from '../../../store/images/remove-image.ts'
import { checkConstraints } from '../../constraints.ts'
import { onRepository } from '../access.ts'
import type { EcrContext, EcrOperation } from '../context.ts'
import { statusOf } from '../describe.ts'
import { imageStorageClassNotSupported, invalidParameter } from '../faults.ts'
import { requireImage } from '../image-ids.ts'
import { requireRepository } from '../lookups.ts'

export const updateImageStorageClass: EcrOperation<UpdateImageStorageClassRequest, UpdateImageStorageClassResponse> = {
  access: onRepository,
  handle: ({ imageId = {}, targetStorageClass = '', ...input }, context) => {
    const repository = requireRepository(context, input)
    checkConstraints(
      { targetStorageClass },
      { targetStorageClass: { oneOf: ['ARCHIVE', 'STANDARD'] } },
      invalidParameter,
    )
    const image = moved(context, requireImage(context, repository, imageId), targetStorageClass === 'ARCHIVE')
    const { account: registryId, name: repositoryName } = repository
    return { registryId, repositoryName, imageId, imageStatus: statusOf(image) }
  },
}

const moved = ({ tx, now }: EcrContext, image: ImageRecord, isToArchive: boolean): ImageRecord => {
  if ((image.isArchived ?? false) === isToArchive)
    throw imageStorageClassNotSupported(`The image is ${isToArchive ? 'archived' : 'active'} already.`)
  if (!isToArchive) return activateImage(tx, image, now)
  const needing = referrersByContent(tx, image).filter(
    (digest) => tx.images.get(`${image.repositoryId}/${digest}`)?.isArchived !== true,
  )
  if (needing.length > 0)
    throw imageStorageClassNotSupported(`The image is of the index ${needing[0]}, which has to be archived first.`)
  return archiveImage(tx, image, now)
}
