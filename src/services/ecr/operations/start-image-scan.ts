/** StartImageScan: an image is scanned for packages and what is known against them. The controller `image-scan` does it. */
import type { StartImageScanRequest, StartImageScanResponse } from '@aws-sdk/client-ecr'
import { inRepository } from '../../../model/image-records.ts'
import { requestScan } from '../../../store/images/request-scan.ts'
import { onRepository } from '../access.ts'
import type { EcrOperation } from '../context.ts'
import { describeScanStatus } from '../describe.ts'
import { imageArchived, unsupportedImageType } from '../faults.ts'
import { requireImage } from '../image-ids.ts'
import { requireRepository } from '../lookups.ts'

export const startImageScan: EcrOperation<StartImageScanRequest, StartImageScanResponse> = {
  access: onRepository,
  handle: ({ imageId = {}, ...input }, context) => {
    const { tx, now } = context
    const repository = requireRepository(context, input)
    const image = requireImage(context, repository, imageId)
    if (image.isArchived === true) throw imageArchived('The image is archived and cannot be scanned.')
    const running = tx.imageScans.get(inRepository(image.repositoryId, image.digest))
    // AWS scans an image once in 24 hours; here as often as there is something new to compare it with.
    const scan = running?.status === 'IN_PROGRESS' ? running : requestScan(tx, image, now)
    if (scan === undefined)
      throw unsupportedImageType(
        `Images of type ${image.artifactType ?? image.mediaType} cannot be scanned. Of an index, scan the images.`,
      )
    return {
      registryId: repository.account,
      repositoryName: repository.name,
      imageId: { imageDigest: image.digest, ...(imageId.imageTag !== undefined && { imageTag: imageId.imageTag }) },
      imageScanStatus: describeScanStatus(scan),
    }
  },
}
