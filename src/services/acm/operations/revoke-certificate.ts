/** RevokeCertificate: a certificate that was exported is to be believed no more. An ACME server that issued it hears of it afterwards. */
import type { RevokeCertificateRequest, RevokeCertificateResponse } from '@aws-sdk/client-acm'
import { conflict, resourceInUse } from '../faults.ts'
import { validation } from '../../constraints.ts'
import { onNamesOfCertificate } from '../access.ts'
import type { AcmOperation } from '../context.ts'
import { requireIssued } from '../issued.ts'
import { requireCertificate, usersOf } from '../lookups.ts'

export const revokeCertificate: AcmOperation<RevokeCertificateRequest, RevokeCertificateResponse> = {
  access: onNamesOfCertificate,
  handle: ({ CertificateArn, RevocationReason: reason = 'UNSPECIFIED' }, context) => {
    const row = requireCertificate(context, CertificateArn)
    const { certificateArn, directoryUrl } = row
    if (row.type !== 'AMAZON_ISSUED' || !row.isExported)
      throw validation(`The certificate ${certificateArn} was not exported: only exported certificates can be revoked.`)
    requireIssued(row)
    if (row.status === 'REVOKED') throw conflict(`The certificate ${certificateArn} is revoked already.`)
    if (usersOf(context.tx, row).length > 0)
      throw resourceInUse(`Certificate ${certificateArn} in account ${row.account} is in use.`)
    if (context.tx.certificateOrders.has(certificateArn)) context.tx.certificateOrders.remove(certificateArn)
    context.tx.certificates.update(certificateArn, {
      status: 'REVOKED',
      revokedAt: context.now,
      revocationReason: reason,
      ...(directoryUrl !== undefined && { isRevocationDue: true }),
    })
    return { CertificateArn: certificateArn }
  },
}
