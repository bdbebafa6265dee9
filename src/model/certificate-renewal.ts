/** When certificates are renewed. Imported ones are their owner's business. https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html */
import type { CertificateRecord } from './certificate-records.ts'
import { CERTIFICATE_RENEWAL_DAYS } from './certificate-limits.ts'
import { DAY_MS } from './limits.ts'

type Renewable = Pick<CertificateRecord, 'type' | 'status' | 'isExported'>

/** AWS: what nobody uses is not renewed: it has to be in use, or to have been exported. */
export const isEligibleForRenewal = ({ type, status, isExported }: Renewable, isInUse: boolean): boolean =>
  type === 'AMAZON_ISSUED' && status === 'ISSUED' && (isInUse || isExported)

/** From when on it is renewed: 60 days before its end, or when a third of its life is left if that is shorter. */
export const renewalDueAt = ({
  notBefore,
  notAfter,
}: {
  readonly notBefore: number
  readonly notAfter: number
}): number => notAfter - Math.min(CERTIFICATE_RENEWAL_DAYS * DAY_MS, (notAfter - notBefore) / 3)
