/** ImportCertificate: a certificate that was issued elsewhere, with its key; or another one in the place of one that was imported. */
import type { ImportCertificateRequest, ImportCertificateResponse } from '@aws-sdk/client-acm'
import { loadX509, type X509Library } from '../../../kit/x509.ts'
import { certificateArn } from '../../../model/arn.ts'
import { certificateKeyPurpose, type CertificateRecord } from '../../../model/certificate-records.ts'
import {
  CERTIFICATE_BYTES,
  CERTIFICATE_CHAIN_BYTES,
  CERTIFICATE_KEY_BYTES,
  CERTIFICATES_PER_REGION,
} from '../../../model/certificate-limits.ts'
import { isSelfSigned, readUpload, type ReadUpload, UploadProblem } from '../../certificate-upload.ts'
import { checkedTags, requestTagContext } from '../../checked-tags.ts'
import { checkConstraints, validation } from '../../constraints.ts'
import { type Demand, prepared } from '../../operations.ts'
import { anyCertificate, onCertificate } from '../access.ts'
import type { AcmContext, AcmDeps } from '../context.ts'
import { invalidParameter, limitExceeded, tagFaults } from '../faults.ts'
import { findCertificates, requireCertificate } from '../lookups.ts'
import { tagsOf } from '../tags.ts'

export const importCertificate = prepared<AcmDeps, ImportCertificateRequest, ImportCertificateResponse, X509Library>({
  access: (input, context) => [...importDemand(input, context), ...tagDemand(input, context)],
  prepare: loadX509,
  handle: (input, context) => {
    const upload = checkedUpload(context.prepared, input, context.now)
    const row =
      input.CertificateArn === undefined
        ? importNew(context, upload, input)
        : importAgain(context, upload, requireCertificate(context, input.CertificateArn), input)
    return { CertificateArn: row.certificateArn }
  },
})

const importDemand = (input: ImportCertificateRequest, context: AcmContext): readonly Demand[] =>
  input.CertificateArn === undefined
    ? [{ resource: anyCertificate(context), context: requestTagContext(tagsOf(input.Tags)) }]
    : onCertificate<ImportCertificateRequest>()(input, context)

const tagDemand = ({ Tags }: ImportCertificateRequest, context: AcmContext): readonly Demand[] =>
  Tags === undefined || Tags.length === 0
    ? []
    : [
        {
          action: 'acm:AddTagsToCertificate',
          resource: anyCertificate(context),
          context: requestTagContext(tagsOf(Tags)),
        },
      ]

const checkedUpload = (x509: X509Library, input: ImportCertificateRequest, now: number): ReadUpload => {
  checkConstraints(input, {
    Certificate: CERTIFICATE_BYTES,
    PrivateKey: CERTIFICATE_KEY_BYTES,
    CertificateChain: CERTIFICATE_CHAIN_BYTES,
  })
  const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString()
  const chain = input.CertificateChain === undefined ? undefined : text(input.CertificateChain)
  try {
    const upload = { certificate: text(input.Certificate), chain, privateKey: text(input.PrivateKey) }
    const read = readUpload(x509, upload, now)
    if (read.issued.chain === undefined && !isSelfSigned(read.issued))
      throw validation(
        'Provided certificate is not a valid self signed. Please provide either a valid self-signed certificate or certificate chain.',
      )
    return read
  } catch (error) {
    if (error instanceof UploadProblem) throw validation(error.message)
    throw error
  }
}

const importNew = (context: AcmContext, upload: ReadUpload, { Tags }: ImportCertificateRequest): CertificateRecord => {
  const { tx, account, region, now, ids } = context
  const tags = checkedTags(tagsOf(Tags), tagFaults)
  if (findCertificates(context).length >= CERTIFICATES_PER_REGION)
    throw limitExceeded(`There are ${CERTIFICATES_PER_REGION} certificates already.`)
  const arn = certificateArn(region, account, ids.uuid())
  return tx.certificates.insert({
    certificateArn: arn,
    account,
    region,
    type: 'IMPORTED',
    status: 'ISSUED',
    exportOption: 'DISABLED',
    isExported: false,
    // AWS: of those that it does not issue.
    transparencyLogging: 'DISABLED',
    createdAt: now,
    validations: [],
    tags,
    ...contentOf(context, arn, upload),
  })
}

/** Listeners that show the certificate show the new one from now on. */
const importAgain = (
  context: AcmContext,
  upload: ReadUpload,
  row: CertificateRecord,
  { Tags }: ImportCertificateRequest,
): CertificateRecord => {
  if (Tags !== undefined && Tags.length > 0)
    throw invalidParameter('Tags cannot be given when a certificate is imported again.')
  if (row.type !== 'IMPORTED')
    throw validation(`The certificate ${row.certificateArn} was not imported: another one cannot take its place.`)
  checkReplacement(row, upload)
  return context.tx.certificates.update(row.certificateArn, contentOf(context, row.certificateArn, upload))
}

/** https://docs.aws.amazon.com/acm/latest/userguide/import-reimport.html */
const checkReplacement = ({ keyAlgorithm, issued }: CertificateRecord, { issued: { facts } }: ReadUpload): void => {
  if (facts.keyAlgorithm !== keyAlgorithm)
    throw validation('The key type and size of a certificate that is imported again cannot be changed.')
  if (facts.domainNames.length === 0 && (issued?.facts.domainNames.length ?? 0) > 0)
    throw validation('A certificate that is imported again must keep a domain name.')
  const usages = (of: ReadUpload['issued']['facts'] | undefined) => [
    ...(of?.keyUsages ?? []),
    ...(of?.extendedKeyUsages ?? []).map(({ OID }) => OID),
  ]
  const kept = new Set(usages(facts))
  if (!usages(issued?.facts).every((usage) => kept.has(usage)))
    throw validation('Key usages of a certificate that is imported again cannot be removed.')
}

const contentOf = ({ sealer, now }: AcmContext, arn: string, { issued, privateKey }: ReadUpload) => {
  const { domainNames, keyAlgorithm } = issued.facts
  return {
    domainName: domainNames[0] ?? '',
    subjectAlternativeNames: domainNames,
    keyAlgorithm,
    importedAt: now,
    issued,
    sealedPrivateKey: sealer.seal(Buffer.from(privateKey), certificateKeyPurpose({ certificateArn: arn })),
  }
}
