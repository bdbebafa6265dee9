/** ExportCertificate: a certificate that was requested for export, with its key, which a passphrase protects. */
import { createPrivateKey } from 'node:crypto'
import type { ExportCertificateRequest, ExportCertificateResponse } from '@aws-sdk/client-acm'
import { defined } from '../../../kit/assert.ts'
import { certificateKeyPurpose } from '../../../model/certificate-records.ts'
import { CERTIFICATE_PASSPHRASE_BYTES } from '../../../model/certificate-limits.ts'
import { checkConstraints, validation } from '../../constraints.ts'
import { onNamesOfCertificate } from '../access.ts'
import type { AcmContext, AcmOperation } from '../context.ts'
import { requireIssued } from '../issued.ts'
import { requireCertificate } from '../lookups.ts'

export const exportCertificate: AcmOperation<ExportCertificateRequest, ExportCertificateResponse> = {
  access: onNamesOfCertificate,
  handle: (input, context) => {
    const passphrase = checkedPassphrase(input)
    const row = requireCertificate(context, input.CertificateArn)
    if (row.exportOption !== 'ENABLED') throw validation(`The certificate ${row.certificateArn} is not exportable.`)
    const { certificate, chain } = requireIssued(row)
    if (row.status === 'REVOKED') throw validation(`The certificate ${row.certificateArn} is revoked.`)
    context.tx.certificates.update(row.certificateArn, { isExported: true })
    return {
      Certificate: certificate,
      ...(chain !== undefined && { CertificateChain: chain }),
      PrivateKey: encryptedKey(context, row, passphrase),
    }
  },
}

const checkedPassphrase = (input: ExportCertificateRequest): string => {
  checkConstraints(input, { Passphrase: CERTIFICATE_PASSPHRASE_BYTES })
  const passphrase = Buffer.from(input.Passphrase ?? []).toString()
  if (!/^[ -~]+$/.test(passphrase) || /[#$%]/.test(passphrase))
    throw validation('The passphrase can have any ASCII characters but #, $ and %.')
  return passphrase
}

const encryptedKey = (
  { sealer }: AcmContext,
  row: ReturnType<typeof requireCertificate>,
  passphrase: string,
): string => {
  const sealed = defined(row.sealedPrivateKey, 'the key of an issued certificate')
  const key = createPrivateKey(sealer.open(sealed, certificateKeyPurpose(row)))
  return key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }) as string
}
