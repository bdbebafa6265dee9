/** ListImageReferrers: signatures, bills of materials and other artifacts about an image. */
import type { ImageReferrer, ListImageReferrersRequest, ListImageReferrersResponse } from '@aws-sdk/client-ecr'
import { isDigest } from '../../../model/image-names.ts'
import { type ImageRecord, inRepository } from '../../../model/image-records.ts'
import { onRepository } from '../access.ts'
import type { EcrOperation } from '../context.ts'
import { statusOf } from '../describe.ts'
import { invalidParameter } from '../faults.ts'
import { checkedFilter, isOfImageStatus } from '../image-filters.ts'
import { requireRepository } from '../lookups.ts'
import { page } from '../page.ts'

const PAGE = { usual: 20, max: 50 } as const

export const listImageReferrers: EcrOperation<ListImageReferrersRequest, ListImageReferrersResponse> = {
  access: onRepository,
  handle: (request, context) => {
    const { repositoryId } = requireRepository(context, request)
    const { imageDigest = '' } = request.subjectId ?? {}
    if (!isDigest(imageDigest))
      throw invalidParameter(
        "Invalid parameter at 'subjectId.imageDigest' failed to satisfy constraint: 'must satisfy regular expression '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+''",
      )
    const { artifactTypes, artifactStatus } = request.filter ?? {}
    const { imageStatus } = checkedFilter({ imageStatus: artifactStatus })
    const wanted = context.tx.images
      .find('bySubject', inRepository(repositoryId, imageDigest))
      .filter((image) => isOfImageStatus(image, imageStatus))
      .filter(({ artifactType }) => artifactTypes === undefined || artifactTypes.includes(artifactType ?? ''))
    const scope = ['ListImageReferrers', repositoryId, imageDigest, artifactTypes, imageStatus]
    const { items, rest } = page(context, request, scope, wanted, ({ digest }) => digest, PAGE)
    return { referrers: items.map(describe), ...rest }
  },
}

const describe = (image: ImageRecord): ImageReferrer => {
  const { digest, mediaType, artifactType, manifestBytes, annotations } = image
  return {
    digest,
    mediaType,
    ...(artifactType !== undefined && { artifactType }),
    size: manifestBytes,
    ...(Object.keys(annotations).length > 0 && { annotations }),
    artifactStatus: statusOf(image),
  }
}
