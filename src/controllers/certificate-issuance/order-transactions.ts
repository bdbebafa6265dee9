/**
 * How an order changes what is stored: each is one transaction, and does nothing if the order is not the one that was looked at any more,
 * because the certificate was deleted meanwhile.
 */
import type { Sealer } from '../../kit/sealing.ts'
import {
  certificateKeyPurpose,
  type CertificateOrderRecord,
  certificateOrderKeyPurpose,
  type CertificateRecord,
  type DomainValidationRecord,
  type IssuedCertificate,
} from '../../model/certificate-records.ts'
import type { Transaction } from '../../store/tables.ts'
import type { Advance, IssuanceFailure } from './certificate-authority.ts'

const FIRST_RETRY_MS = 120_000
const RETRY_FACTOR = 3
const LONGEST_RETRY_MS = 6 * 3_600_000

/** The key is made and kept before anything is asked for it. */
export const beginOrder = (
  tx: Transaction,
  sealer: Sealer,
  given: { readonly certificateArn: string; readonly isRenewal: boolean; readonly privateKey: string },
  now: number,
): void => {
  const { certificateArn, isRenewal, privateKey } = given
  const row = tx.certificates.get(certificateArn)
  const isWanted = row !== undefined && (isRenewal ? row.status === 'ISSUED' : row.status === 'PENDING_VALIDATION')
  if (!isWanted || tx.certificateOrders.has(certificateArn)) return
  tx.certificateOrders.insert({
    certificateArn,
    isRenewal,
    beganAt: now,
    sealedPrivateKey: sealer.seal(Buffer.from(privateKey), certificateOrderKeyPurpose({ certificateArn })),
    challenges: [],
    failedAttempts: 0,
  })
  if (isRenewal)
    tx.certificates.update(certificateArn, {
      renewal: { status: 'PENDING_AUTO_RENEWAL', updatedAt: now, validations: pending(row.validations) },
    })
}

/** It goes on, and the names are as far as the authority says. */
export const keepProgress = (
  tx: Transaction,
  order: CertificateOrderRecord,
  { patch, validations }: Extract<Advance, { kind: 'waiting' }>,
  now: number,
): void => {
  const row = rowOf(tx, order)
  if (row === undefined) return
  tx.certificateOrders.update(order.certificateArn, patch)
  const found = validations?.filter((each) => statusOf(row, order, each.domainName) !== each.status) ?? []
  if (found.length > 0) keepValidations(tx, row, order, merged(row, order, found), now)
}

/** The certificate is there: listeners show it from now on. */
export const install = (
  tx: Transaction,
  sealer: Sealer,
  order: CertificateOrderRecord,
  given: { readonly issued: IssuedCertificate; readonly privateKey: string; readonly directoryUrl: string | undefined },
  now: number,
): void => {
  const row = rowOf(tx, order)
  if (row === undefined) return
  const { certificateArn } = order
  const validations = row.validations.map((each) => ({ ...each, status: 'SUCCESS' as const }))
  tx.certificateOrders.remove(certificateArn)
  tx.certificates.update(certificateArn, {
    status: 'ISSUED',
    issued: given.issued,
    sealedPrivateKey: sealer.seal(Buffer.from(given.privateKey), certificateKeyPurpose({ certificateArn })),
    directoryUrl: given.directoryUrl,
    issuedAt: now,
    isExported: false,
    validations,
    ...(order.isRenewal && { renewal: { status: 'SUCCESS', updatedAt: now, validations } }),
  })
}

/** This attempt has failed: there is another later, unless it would fail in the same way. */
export const keepFailure = (
  tx: Transaction,
  order: CertificateOrderRecord,
  failure: IssuanceFailure,
  now: number,
): void => {
  const row = rowOf(tx, order)
  if (row === undefined) return
  const { certificateArn, isRenewal, failedAttempts } = order
  if (failure.isFinal && !isRenewal) return giveUp(tx, row, { status: 'FAILED', failureReason: failure.reason })
  const delayMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * RETRY_FACTOR ** failedAttempts)
  tx.certificateOrders.update(certificateArn, {
    orderUrl: undefined,
    challenges: [],
    failedAttempts: failedAttempts + 1,
    retryAt: now + Math.max(delayMs, failure.retryInMs ?? 0),
    problem: failure.message,
  })
  if (isRenewal) keepRenewalFailure(tx, row, failure, now)
}

/** Nobody proved in time whose the names are. */
export const timeOut = (tx: Transaction, certificateArn: string): void => {
  const row = tx.certificates.get(certificateArn)
  if (row !== undefined) giveUp(tx, row, { status: 'VALIDATION_TIMED_OUT' })
}

const rowOf = (tx: Transaction, order: CertificateOrderRecord): CertificateRecord | undefined =>
  tx.certificateOrders.get(order.certificateArn) === order ? tx.certificates.get(order.certificateArn) : undefined

const giveUp = (
  tx: Transaction,
  { certificateArn, validations }: CertificateRecord,
  outcome: Pick<CertificateRecord, 'status' | 'failureReason'>,
): void => {
  tx.certificateOrders.remove(certificateArn)
  tx.certificates.update(certificateArn, {
    ...outcome,
    validations: validations.map((each) => (each.status === 'SUCCESS' ? each : { ...each, status: 'FAILED' })),
  })
}

const keepRenewalFailure = (
  tx: Transaction,
  { certificateArn, issued, renewal, validations }: CertificateRecord,
  { reason, domainName }: IssuanceFailure,
  now: number,
): void => {
  const hasEnded = issued !== undefined && issued.facts.notAfter < now
  const names = renewal?.validations ?? validations
  tx.certificates.update(certificateArn, {
    renewal: {
      status: hasEnded ? 'FAILED' : 'PENDING_VALIDATION',
      reason,
      updatedAt: now,
      validations: names.map((each) => (each.domainName === domainName ? { ...each, status: 'FAILED' } : each)),
    },
  })
}

const pending = (validations: readonly DomainValidationRecord[]): readonly DomainValidationRecord[] =>
  validations.map((each) => ({ ...each, status: 'PENDING_VALIDATION' }))

const validationsOf = (row: CertificateRecord, { isRenewal }: CertificateOrderRecord) =>
  isRenewal ? (row.renewal?.validations ?? row.validations) : row.validations

const statusOf = (row: CertificateRecord, order: CertificateOrderRecord, name: string) =>
  validationsOf(row, order).find(({ domainName }) => domainName === name)?.status

const merged = (
  row: CertificateRecord,
  order: CertificateOrderRecord,
  found: readonly Pick<DomainValidationRecord, 'domainName' | 'status'>[],
): readonly DomainValidationRecord[] => {
  const statuses = new Map(found.map(({ domainName, status }) => [domainName, status]))
  return validationsOf(row, order).map((each) => ({ ...each, status: statuses.get(each.domainName) ?? each.status }))
}

const keepValidations = (
  tx: Transaction,
  { certificateArn, renewal }: CertificateRecord,
  { isRenewal }: CertificateOrderRecord,
  validations: readonly DomainValidationRecord[],
  now: number,
): void => {
  if (!isRenewal) tx.certificates.update(certificateArn, { validations })
  else if (renewal !== undefined)
    tx.certificates.update(certificateArn, { renewal: { ...renewal, updatedAt: now, validations } })
}
