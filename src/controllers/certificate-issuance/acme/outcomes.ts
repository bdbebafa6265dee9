/** What ACME servers say, in the words of Certificate Manager. */
import type { FailureReason, RevocationReason } from '@aws-sdk/client-acm'
import { IssuanceFailure } from '../certificate-authority.ts'
import type { AcmeProblem } from './acme-messages.ts'

/** Problems that stay as long as the names are the same. https://www.rfc-editor.org/rfc/rfc8555#section-6.7 */
const FINAL: Readonly<Record<string, FailureReason>> = {
  rejectedIdentifier: 'DOMAIN_NOT_ALLOWED',
  unsupportedIdentifier: 'INVALID_PUBLIC_DOMAIN',
  caa: 'CAA_ERROR',
}

export const failureOf = (problem: AcmeProblem): IssuanceFailure => {
  const { type, message, retryInMs, domainName } = problem
  const reason = FINAL[type]
  return new IssuanceFailure(message, {
    reason: reason ?? (type === 'unauthorized' ? 'DOMAIN_VALIDATION_DENIED' : 'OTHER'),
    isFinal: reason !== undefined,
    retryInMs,
    domainName,
  })
}

/** https://www.rfc-editor.org/rfc/rfc5280#section-5.3.1 */
const REVOCATION_CODES: Readonly<Partial<Record<RevocationReason, number>>> = {
  KEY_COMPROMISE: 1,
  AFFILIATION_CHANGED: 3,
  SUPERSEDED: 4,
  SUPERCEDED: 4,
  CESSATION_OF_OPERATION: 5,
  PRIVILEGE_WITHDRAWN: 9,
}

/** Those that are for authorities only are left unspecified. */
export const revocationCode = (reason: RevocationReason | undefined): number =>
  (reason === undefined ? undefined : REVOCATION_CODES[reason]) ?? 0
