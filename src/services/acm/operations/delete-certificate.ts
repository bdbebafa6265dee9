/** DeleteCertificate: a certificate and its key, unless a listener shows it. What is under way to have it issued ends. */
import type { DeleteCertificateCommandOutput, DeleteCertificateRequest } from '@aws-sdk/client-acm'
import { onCertificate } from '../access.ts'
import type { AcmOperation } from '../context.ts'
import { resourceInUse } from '../faults.ts'
import { requireCertificate, usersOf } from '../lookups.ts'

export const deleteCertificate: AcmOperation<DeleteCertificateRequest, Partial<DeleteCertificateCommandOutput>> = {
  access: onCertificate(),
  handle: ({ CertificateArn }, context) => {
    const row = requireCertificate(context, CertificateArn)
    if (usersOf(context.tx, row).length > 0)
      throw resourceInUse(`Certificate ${row.certificateArn} in account ${row.account} is in use.`)
    if (context.tx.certificateOrders.has(row.certificateArn)) context.tx.certificateOrders.remove(row.certificateArn)
    context.tx.certificates.remove(row.certificateArn)
    return {}
  },
}
