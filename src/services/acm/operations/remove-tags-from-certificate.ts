/** RemoveTagsFromCertificate: takes tags away. AWS: one that is given with a value goes only if it has that value. */
import type { RemoveTagsFromCertificateCommandOutput, RemoveTagsFromCertificateRequest } from '@aws-sdk/client-acm'
import { requestTagContext } from '../../checked-tags.ts'
import { onCertificate } from '../access.ts'
import type { AcmOperation } from '../context.ts'
import { requireCertificate } from '../lookups.ts'
import { tagsOf } from '../tags.ts'

export const removeTagsFromCertificate: AcmOperation<
  RemoveTagsFromCertificateRequest,
  Partial<RemoveTagsFromCertificateCommandOutput>
> = {
  access: onCertificate(({ Tags }) => requestTagContext(tagsOf(Tags))),
  handle: ({ CertificateArn, Tags = [] }, context) => {
    const { certificateArn, tags } = requireCertificate(context, CertificateArn)
    const goes = (key: string, value: string): boolean =>
      Tags.some((given) => given.Key === key && (given.Value === undefined || given.Value === value))
    context.tx.certificates.update(certificateArn, { tags: tags.filter(({ key, value }) => !goes(key, value)) })
    return {}
  },
}
