/** AddTagsToCertificate: adds tags, or gives those that are there new values. */
import type { AddTagsToCertificateCommandOutput, AddTagsToCertificateRequest } from '@aws-sdk/client-acm'
import { mergedTags, requestTagContext } from '../../checked-tags.ts'
import { onCertificate } from '../access.ts'
import type { AcmOperation } from '../context.ts'
import { tagFaults } from '../faults.ts'
import { requireCertificate } from '../lookups.ts'
import { tagsOf } from '../tags.ts'

export const addTagsToCertificate: AcmOperation<
  AddTagsToCertificateRequest,
  Partial<AddTagsToCertificateCommandOutput>
> = {
  access: onCertificate(({ Tags }) => requestTagContext(tagsOf(Tags))),
  handle: ({ CertificateArn, Tags }, context) => {
    const { certificateArn, tags } = requireCertificate(context, CertificateArn)
    context.tx.certificates.update(certificateArn, { tags: mergedTags(tags, tagsOf(Tags), tagFaults) })
    return {}
  },
}
