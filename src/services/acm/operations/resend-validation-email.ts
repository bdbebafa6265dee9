/** ResendValidationEmail: no certificate here is validated by e-mail. */
import type { ResendValidationEmailCommandOutput, ResendValidationEmailRequest } from '@aws-sdk/client-acm'
import { onCertificate } from '../access.ts'
import type { AcmOperation } from '../context.ts'
import { invalidState } from '../faults.ts'
import { requireCertificate } from '../lookups.ts'

export const resendValidationEmail: AcmOperation<
  ResendValidationEmailRequest,
  Partial<ResendValidationEmailCommandOutput>
> = {
  access: onCertificate(),
  handle: ({ CertificateArn }, context) => {
    requireCertificate(context, CertificateArn)
    throw invalidState('The certificate is not validated by e-mail.')
  },
}
