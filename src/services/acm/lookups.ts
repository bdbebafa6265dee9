/** Certificates as the operations need them: found, and what is asked of them beside their rows. */
import type { CertificateRecord } from '../../model/certificate-records.ts'
import { certificateHomeKey } from '../../store/certificates/certificate-tables.ts'
import { listenersUsing } from '../../store/certificates/certificate-material.ts'
import type { ReadTables } from '../../store/tables.ts'
import { checkConstraints } from '../constraints.ts'
import type { AcmContext } from './context.ts'
import { invalidArn, notFound } from './faults.ts'

const ARN = /^arn:[\w+=/,.@-]+:acm:[\w+=/,.@-]*:[0-9]+:[\w+=,.@-]+(\/[\w+=,.@-]+)*$/

/** Of the caller's account and region. */
export const getCertificate = (
  { tx, account, region }: AcmContext,
  certificateArn: string,
): CertificateRecord | undefined => {
  const row = tx.certificates.get(certificateArn)
  return row?.account === account && row.region === region ? row : undefined
}

/** Throws `ResourceNotFoundException`, or another fault for what is no certificate's ARN. */
export const requireCertificate = (context: AcmContext, certificateArn = ''): CertificateRecord => {
  checkConstraints({ CertificateArn: certificateArn }, { CertificateArn: { min: 20, max: 2048, pattern: ARN } })
  const row = getCertificate(context, certificateArn)
  if (row !== undefined) return row
  if (!certificateArn.includes(':certificate/')) throw invalidArn(`The ARN ${certificateArn} is not of a certificate.`)
  throw notFound(certificateArn)
}

export const findCertificates = (context: AcmContext): CertificateRecord[] =>
  context.tx.certificates.find('byHome', certificateHomeKey(context))

/** ARNs of the load balancers whose listeners show it. */
export const usersOf = (
  tables: Pick<ReadTables, 'listeners'>,
  { certificateArn }: Pick<CertificateRecord, 'certificateArn'>,
): readonly string[] => [
  ...new Set(listenersUsing(tables, certificateArn).map(({ loadBalancerArn }) => loadBalancerArn)),
]
