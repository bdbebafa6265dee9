/** What there is to do for a certificate now: a pure function of what is stored. */
import type { CertificateOrderRecord, CertificateRecord } from '../../model/certificate-records.ts'
import { isEligibleForRenewal, renewalDueAt } from '../../model/certificate-renewal.ts'
import { CERTIFICATE_VALIDATION_MS } from '../../model/certificate-limits.ts'

export type Step =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'wait'; readonly forMs: number }
  | { readonly kind: 'begin'; readonly isRenewal: boolean }
  | { readonly kind: 'advance'; readonly order: CertificateOrderRecord }
  | { readonly kind: 'timeOut' }
  | { readonly kind: 'revoke' }

const NOTHING: Step = { kind: 'nothing' }

export const nextStep = (
  row: CertificateRecord,
  order: CertificateOrderRecord | undefined,
  isInUse: boolean,
  now: number,
): Step => {
  if (row.isRevocationDue === true) return { kind: 'revoke' }
  if (row.type !== 'AMAZON_ISSUED') return NOTHING
  if (order !== undefined) return stepOfOrder(order, now)
  if (row.status === 'PENDING_VALIDATION') return { kind: 'begin', isRenewal: false }
  return isRenewalDue(row, isInUse, now) ? { kind: 'begin', isRenewal: true } : NOTHING
}

/** AWS gives up with a certificate that has ended. Here it is tried for as long as the certificate is used: the machine may have been off. */
const stepOfOrder = (order: CertificateOrderRecord, now: number): Step => {
  const { isRenewal, beganAt, retryAt = 0 } = order
  if (!isRenewal && now >= beganAt + CERTIFICATE_VALIDATION_MS) return { kind: 'timeOut' }
  return retryAt > now ? { kind: 'wait', forMs: retryAt - now } : { kind: 'advance', order }
}

const isRenewalDue = (row: CertificateRecord, isInUse: boolean, now: number): boolean => {
  const { issued, renewal } = row
  if (issued === undefined || !isEligibleForRenewal(row, isInUse)) return false
  // RenewCertificate asked for it.
  return renewal?.status === 'PENDING_AUTO_RENEWAL' || now >= renewalDueAt(issued.facts)
}
