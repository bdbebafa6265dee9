/** GetCertificate: a certificate and what vouches for it, in PEM. */
import type { GetCertificateRequest, GetCertificateResponse } from '@aws-sdk/client-acm'
import { onCertificate } from '../access.ts'
import type { AcmOperation } from '../context.ts'
import { requireIssued } from '../issued.ts'
import { requireCertificate } from '../lookups.ts'

export const getCertificate: AcmOperation<GetCertificateRequest, GetCertificateResponse> = {
  access: onCertificate(),
  handle: ({ CertificateArn }, context) => {
    const { certificate, chain } = requireIssued(requireCertificate(context, CertificateArn))
    return { Certificate: certificate, ...(chain !== undefined && { CertificateChain: chain }) }
  },
}
