/** RenewCertificate: a certificate that would be renewed later is renewed now. */
import type { RenewCertificateCommandOutput, RenewCertificateRequest } from '@aws-sdk/client-acm'
import { certificateStatus } from '../../../model/certificate-records.ts'
import { isEligibleForRenewal } from '../../../model/certificate-renewal.ts'
import { validation } from '../../constraints.ts'
import { onCertificate } from '../access.ts'
import type { AcmOperation } from '../context.ts'
import { requestInProgress } from '../faults.ts'
import { requireIssued } from '../issued.ts'
import { requireCertificate, usersOf } from '../lookups.ts'

export const renewCertificate: AcmOperation<RenewCertificateRequest, Partial<RenewCertificateCommandOutput>> = {
  access: onCertificate(),
  handle: ({ CertificateArn }, context) => {
    const row = requireCertificate(context, CertificateArn)
    requireIssued(row)
    const isUsed = usersOf(context.tx, row).length > 0
    if (!isEligibleForRenewal(row, isUsed) || certificateStatus(row, context.now) === 'EXPIRED')
      throw validation(
        `The certificate ${row.certificateArn} is not eligible for renewal: only issued certificates that are in use or were exported are renewed.`,
      )
    if (context.tx.certificateOrders.has(row.certificateArn))
      throw requestInProgress(`The certificate ${row.certificateArn} is being renewed.`)
    context.tx.certificates.update(row.certificateArn, {
      renewal: { status: 'PENDING_AUTO_RENEWAL', updatedAt: context.now, validations: row.validations },
    })
    return {}
  },
}
