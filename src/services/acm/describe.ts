/** Certificates as clients see them. */
import type {
  CertificateDetail,
  CertificateOptions,
  CertificateSummary,
  DomainValidation,
  RenewalSummary,
  ResourceRecord,
} from '@aws-sdk/client-acm'
import { dateOf } from '../../kit/timestamps.ts'
import {
  type CertificateRecord,
  certificateStatus,
  type DomainValidationRecord,
  type RenewalRecord,
} from '../../model/certificate-records.ts'
import { isEligibleForRenewal } from '../../model/certificate-renewal.ts'
import { LISTED_ALTERNATIVE_NAMES } from '../../model/certificate-limits.ts'
import type { AcmContext } from './context.ts'
import { usersOf } from './lookups.ts'

export const describeCertificateRecord = (context: AcmContext, row: CertificateRecord): CertificateDetail => {
  const users = usersOf(context.tx, row)
  return {
    CertificateArn: row.certificateArn,
    ...(row.domainName !== '' && { DomainName: row.domainName }),
    SubjectAlternativeNames: [...row.subjectAlternativeNames],
    Status: certificateStatus(row, context.now),
    Type: row.type,
    KeyAlgorithm: row.keyAlgorithm,
    InUseBy: [...users],
    Options: describeOptions(row),
    RenewalEligibility: renewalEligibility(row, users.length > 0),
    CertificateKeyPairOrigin: keyPairOrigin(row),
    ...times(row),
    ...(row.failureReason && { FailureReason: row.failureReason }),
    ...(row.revocationReason && { RevocationReason: row.revocationReason }),
    ...(row.type === 'AMAZON_ISSUED' && { DomainValidationOptions: row.validations.map(describeValidation) }),
    ...(row.renewal && { RenewalSummary: describeRenewal(row.renewal) }),
    ...(row.issued ? factsOf(row.issued.facts) : { Subject: `CN=${row.domainName}` }),
  }
}

export const summarize = (context: AcmContext, row: CertificateRecord): CertificateSummary => {
  const isInUse = usersOf(context.tx, row).length > 0
  const names = row.subjectAlternativeNames
  return {
    CertificateArn: row.certificateArn,
    ...(row.domainName !== '' && { DomainName: row.domainName }),
    SubjectAlternativeNameSummaries: names.slice(0, LISTED_ALTERNATIVE_NAMES),
    HasAdditionalSubjectAlternativeNames: names.length > LISTED_ALTERNATIVE_NAMES,
    Status: certificateStatus(row, context.now),
    Type: row.type,
    KeyAlgorithm: row.keyAlgorithm,
    KeyUsages: [...keyUsagesOf(row)],
    ExtendedKeyUsages: [...extendedKeyUsagesOf(row)],
    ExportOption: row.exportOption,
    InUse: isInUse,
    Exported: row.isExported,
    RenewalEligibility: renewalEligibility(row, isInUse),
    CertificateKeyPairOrigin: keyPairOrigin(row),
    ...times(row),
    ...(row.issued && {
      NotBefore: dateOf(row.issued.facts.notBefore),
      NotAfter: dateOf(row.issued.facts.notAfter),
    }),
  }
}

export const keyUsagesOf = ({ issued }: CertificateRecord) => issued?.facts.keyUsages ?? []

export const extendedKeyUsagesOf = ({ issued }: CertificateRecord) =>
  (issued?.facts.extendedKeyUsages ?? []).flatMap(({ Name: name }) => (name === undefined ? [] : [name]))

export const keyPairOrigin = ({ type }: CertificateRecord) =>
  type === 'IMPORTED' ? ('CUSTOMER_PROVIDED' as const) : ('AWS_MANAGED' as const)

export const renewalEligibility = (row: CertificateRecord, isInUse: boolean) =>
  isEligibleForRenewal(row, isInUse) ? ('ELIGIBLE' as const) : ('INELIGIBLE' as const)

const describeOptions = ({ transparencyLogging, exportOption, type }: CertificateRecord): CertificateOptions => ({
  CertificateTransparencyLoggingPreference: transparencyLogging,
  Export: exportOption,
  ...(type === 'AMAZON_ISSUED' && { ValidationMethod: 'DNS' as const }),
})

const times = ({ createdAt, importedAt, issuedAt, revokedAt }: CertificateRecord) => ({
  CreatedAt: dateOf(createdAt),
  ...(importedAt !== undefined && { ImportedAt: dateOf(importedAt) }),
  ...(issuedAt !== undefined && { IssuedAt: dateOf(issuedAt) }),
  ...(revokedAt !== undefined && { RevokedAt: dateOf(revokedAt) }),
})

const factsOf = (facts: NonNullable<CertificateRecord['issued']>['facts']): CertificateDetail => ({
  Serial: facts.serial,
  Subject: facts.subject,
  Issuer: facts.issuer,
  NotBefore: dateOf(facts.notBefore),
  NotAfter: dateOf(facts.notAfter),
  SignatureAlgorithm: facts.signatureAlgorithm,
  KeyUsages: facts.keyUsages.map((Name) => ({ Name })),
  ExtendedKeyUsages: [...facts.extendedKeyUsages],
})

export const describeRecord = ({ recordName, recordValue }: DomainValidationRecord): ResourceRecord => ({
  Name: recordName,
  Type: 'CNAME',
  Value: recordValue,
})

const describeValidation = (validation: DomainValidationRecord): DomainValidation => ({
  DomainName: validation.domainName,
  ValidationDomain: validation.domainName,
  ValidationStatus: validation.status,
  ResourceRecord: describeRecord(validation),
  ValidationMethod: 'DNS',
})

const describeRenewal = ({ status, reason, updatedAt, validations }: RenewalRecord): RenewalSummary => ({
  RenewalStatus: status,
  DomainValidationOptions: validations.map(describeValidation),
  UpdatedAt: dateOf(updatedAt),
  ...(reason && { RenewalStatusReason: reason }),
})
