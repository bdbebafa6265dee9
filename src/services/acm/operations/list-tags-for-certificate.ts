/** ListTagsForCertificate: the tags of a certificate. */
import type { ListTagsForCertificateRequest, ListTagsForCertificateResponse } from '@aws-sdk/client-acm'
import { onCertificate } from '../access.ts'
import type { AcmOperation } from '../context.ts'
import { requireCertificate } from '../lookups.ts'
import { describeTag } from '../tags.ts'

export const listTagsForCertificate: AcmOperation<ListTagsForCertificateRequest, ListTagsForCertificateResponse> = {
  access: onCertificate(),
  handle: ({ CertificateArn }, context) => ({
    Tags: requireCertificate(context, CertificateArn).tags.map(describeTag),
  }),
}
