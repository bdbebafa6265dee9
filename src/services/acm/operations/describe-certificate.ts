/** DescribeCertificate: everything about a certificate but itself and its key. */
import type { DescribeCertificateRequest, DescribeCertificateResponse } from '@aws-sdk/client-acm'
import { onCertificate } from '../access.ts'
import type { AcmOperation } from '../context.ts'
import { describeCertificateRecord } from '../describe.ts'
import { requireCertificate } from '../lookups.ts'

export const describeCertificate: AcmOperation<DescribeCertificateRequest, DescribeCertificateResponse> = {
  access: onCertificate(),
  handle: ({ CertificateArn }, context) => ({
    Certificate: describeCertificateRecord(context, requireCertificate(context, CertificateArn)),
  }),
}
