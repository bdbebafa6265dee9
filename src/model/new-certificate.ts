/** Certificates as they are requested, and the records that would prove whose their names are. A controller has them issued. */
import { createHash } from 'node:crypto'
import type { Ids } from '../kit/ids.ts'
import { certificateArn } from './arn.ts'
import type { CertificateRecord, DomainValidationRecord } from './certificate-records.ts'

/** Whose it is, and when; a call's context is one. */
interface CertificateHome {
  readonly account: string
  readonly region: string
  readonly ids: Pick<Ids, 'uuid'>
  readonly now: number
}

type Requested = Pick<CertificateRecord, 'subjectAlternativeNames' | 'tags'> &
  Partial<Pick<CertificateRecord, 'keyAlgorithm' | 'exportOption' | 'transparencyLogging' | 'requestToken'>>

/** For names in small letters, each once. The first of them is its domain name. */
export const newCertificate = (
  { account, region, ids, now }: CertificateHome,
  { subjectAlternativeNames: names, ...given }: Requested,
): CertificateRecord => ({
  certificateArn: certificateArn(region, account, ids.uuid()),
  account,
  region,
  type: 'AMAZON_ISSUED',
  status: 'PENDING_VALIDATION',
  domainName: names[0] ?? '',
  subjectAlternativeNames: names,
  keyAlgorithm: 'RSA_2048',
  exportOption: 'DISABLED',
  isExported: false,
  transparencyLogging: 'ENABLED',
  createdAt: now,
  validations: names.map((name) => validationOf(account, name)),
  ...given,
})

/** AWS: a domain has the same record in every certificate of an account, and a wildcard that of the domain it is in. */
const validationOf = (account: string, domainName: string): DomainValidationRecord => {
  const domain = domainName.replace(/^\*\./, '')
  const digest = createHash('sha256').update(`${account}/${domain}`).digest('hex')
  return {
    domainName,
    status: 'PENDING_VALIDATION',
    recordName: `_${digest.slice(0, 32)}.${domain}.`,
    recordValue: `_${digest.slice(32)}.acm-validations.aws.`,
  }
}
