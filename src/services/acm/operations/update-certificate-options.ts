/** UpdateCertificateOptions: what may still be chosen of a certificate that was requested. */
import type { UpdateCertificateOptionsCommandOutput, UpdateCertificateOptionsRequest } from '@aws-sdk/client-acm'
import { validation } from '../../constraints.ts'
import { onCertificate } from '../access.ts'
import type { AcmOperation } from '../context.ts'
import { invalidState } from '../faults.ts'
import { requireCertificate } from '../lookups.ts'

export const updateCertificateOptions: AcmOperation<
  UpdateCertificateOptionsRequest,
  Partial<UpdateCertificateOptionsCommandOutput>
> = {
  access: onCertificate(({ Options }) => ({
    ...(Options?.Export && { 'acm:export': [Options.Export] }),
    ...(Options?.ValidationMethod && { 'acm:validationmethod': [Options.ValidationMethod] }),
  })),
  handle: ({ CertificateArn, Options = {} }, context) => {
    const row = requireCertificate(context, CertificateArn)
    const { CertificateTransparencyLoggingPreference: transparencyLogging, Export: exportOption } = Options
    if (row.type !== 'AMAZON_ISSUED') throw invalidState('Options of imported certificates cannot be changed.')
    if (exportOption !== undefined && exportOption !== row.exportOption)
      throw validation('Whether a certificate can be exported cannot be changed after it was requested.')
    if (Options.ValidationMethod !== undefined && Options.ValidationMethod !== 'DNS')
      throw validation('The certificate is validated by DNS; it cannot be validated otherwise.')
    if (transparencyLogging !== undefined) context.tx.certificates.update(row.certificateArn, { transparencyLogging })
    return {}
  },
}
