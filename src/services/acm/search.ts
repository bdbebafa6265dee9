/** SearchCertificates' filters, and what it can sort by. */
import type {
  AcmCertificateMetadataFilter,
  CertificateFilter,
  CertificateFilterStatement,
  SearchCertificatesSortBy,
  TimestampRange,
  X509AttributeFilter,
} from '@aws-sdk/client-acm'
import { type CertificateRecord, certificateStatus } from '../../model/certificate-records.ts'
import { CERTIFICATE_FILTER_DEPTH } from '../../model/certificate-limits.ts'
import { validation } from '../constraints.ts'
import type { AcmContext } from './context.ts'
import { extendedKeyUsagesOf, keyPairOrigin, keyUsagesOf, renewalEligibility } from './describe.ts'
import { usersOf } from './lookups.ts'

/** A certificate with what is asked of it beside its row. */
export interface Candidate {
  readonly row: CertificateRecord
  readonly status: string
  readonly isInUse: boolean
}

export const candidateOf = (context: AcmContext, row: CertificateRecord): Candidate => ({
  row,
  status: certificateStatus(row, context.now),
  isInUse: usersOf(context.tx, row).length > 0,
})

/** Throws `ValidationException` for statements that say nothing, and for those that are nested too deeply. */
export const matches = (candidate: Candidate, statement: CertificateFilterStatement, depth = 1): boolean => {
  if (depth > CERTIFICATE_FILTER_DEPTH) throw validation('The filter statement is nested too deeply.')
  const inner = (each: CertificateFilterStatement): boolean => matches(candidate, each, depth + 1)
  if (statement.And !== undefined) return statement.And.every(inner)
  if (statement.Or !== undefined) return statement.Or.some(inner)
  if (statement.Not !== undefined) return !inner(statement.Not)
  if (statement.Filter !== undefined) return matchesFilter(candidate, statement.Filter)
  throw validation('A filter statement must have one of And, Or, Not and Filter.')
}

const matchesFilter = (candidate: Candidate, filter: CertificateFilter): boolean => {
  if (filter.CertificateArn !== undefined) return candidate.row.certificateArn === filter.CertificateArn
  if (filter.X509AttributeFilter !== undefined) return matchesAttribute(candidate, filter.X509AttributeFilter)
  if (filter.AcmCertificateMetadataFilter !== undefined)
    return matchesMetadata(candidate, filter.AcmCertificateMetadataFilter)
  throw validation('A filter must have one of CertificateArn, X509AttributeFilter and AcmCertificateMetadataFilter.')
}

const matchesAttribute = ({ row }: Candidate, filter: X509AttributeFilter): boolean => {
  const facts = row.issued?.facts
  if (filter.KeyAlgorithm !== undefined) return row.keyAlgorithm === filter.KeyAlgorithm
  if (filter.KeyUsage !== undefined) return keyUsagesOf(row).includes(filter.KeyUsage)
  if (filter.ExtendedKeyUsage !== undefined) return extendedKeyUsagesOf(row).includes(filter.ExtendedKeyUsage)
  if (filter.SerialNumber !== undefined) return facts?.serial === filter.SerialNumber.toLowerCase()
  if (filter.NotAfter !== undefined) return isWithin(facts?.notAfter, filter.NotAfter)
  if (filter.NotBefore !== undefined) return isWithin(facts?.notBefore, filter.NotBefore)
  if (filter.Subject?.CommonName !== undefined) return matchesText([commonName(row)], filter.Subject.CommonName)
  if (filter.SubjectAlternativeName?.DnsName !== undefined)
    return matchesText(row.subjectAlternativeNames, filter.SubjectAlternativeName.DnsName)
  throw validation('An X509AttributeFilter must have one attribute.')
}

const matchesMetadata = ({ row, status, isInUse }: Candidate, filter: AcmCertificateMetadataFilter): boolean => {
  if (filter.Status !== undefined) return status === filter.Status
  if (filter.Type !== undefined) return row.type === filter.Type
  if (filter.InUse !== undefined) return isInUse === filter.InUse
  if (filter.Exported !== undefined) return row.isExported === filter.Exported
  if (filter.ExportOption !== undefined) return row.exportOption === filter.ExportOption
  if (filter.RenewalStatus !== undefined) return row.renewal?.status === filter.RenewalStatus
  if (filter.ValidationMethod !== undefined) return row.type === 'AMAZON_ISSUED' && filter.ValidationMethod === 'DNS'
  if (filter.CertificateKeyPairOrigin !== undefined) return keyPairOrigin(row) === filter.CertificateKeyPairOrigin
  // Nothing here is managed by another service, or was issued through an ACME endpoint of ACM.
  if ((filter.ManagedBy ?? filter.AcmeAccountId ?? filter.AcmeEndpointArn) !== undefined) return false
  throw validation('An AcmCertificateMetadataFilter must have one attribute.')
}

const isWithin = (moment: number | undefined, { Start, End }: TimestampRange): boolean =>
  moment !== undefined &&
  (Start === undefined || moment >= Start.getTime()) &&
  (End === undefined || moment <= End.getTime())

const matchesText = (
  values: readonly string[],
  { Value = '', ComparisonOperator }: { Value: string | undefined; ComparisonOperator: string | undefined },
): boolean => {
  const wanted = Value.toLowerCase()
  return values.some((value) => {
    const text = value.toLowerCase()
    return ComparisonOperator === 'CONTAINS' ? text.includes(wanted) : text === wanted
  })
}

const commonName = ({ issued, domainName }: CertificateRecord): string =>
  issued === undefined ? domainName : (issued.facts.subjectName.CommonName ?? '')

const TIME_DIGITS = 16
const timeText = (moment: number | undefined): string =>
  moment === undefined ? '' : String(moment).padStart(TIME_DIGITS, '0')

/** What is compared, as a text. What a certificate does not have comes first. */
const SORT_KEYS: Readonly<Record<SearchCertificatesSortBy, (candidate: Candidate) => string>> = {
  ACME_ACCOUNT_ID: () => '',
  ACME_ENDPOINT_ARN: () => '',
  CERTIFICATE_ARN: () => '',
  CERTIFICATE_KEY_PAIR_ORIGIN: ({ row }) => keyPairOrigin(row),
  COMMON_NAME: ({ row }) => commonName(row),
  CREATED_AT: ({ row }) => timeText(row.createdAt),
  EXPORTED: ({ row }) => String(row.isExported),
  EXPORT_OPTION: ({ row }) => row.exportOption,
  IMPORTED_AT: ({ row }) => timeText(row.importedAt),
  IN_USE: ({ isInUse }) => String(isInUse),
  ISSUED_AT: ({ row }) => timeText(row.issuedAt),
  KEY_ALGORITHM: ({ row }) => row.keyAlgorithm,
  MANAGED_BY: () => '',
  NOT_AFTER: ({ row }) => timeText(row.issued?.facts.notAfter),
  NOT_BEFORE: ({ row }) => timeText(row.issued?.facts.notBefore),
  RENEWAL_ELIGIBILITY: ({ row, isInUse }) => renewalEligibility(row, isInUse),
  RENEWAL_STATUS: ({ row }) => row.renewal?.status ?? '',
  REVOKED_AT: ({ row }) => timeText(row.revokedAt),
  STATUS: ({ status }) => status,
  TYPE: ({ row }) => row.type,
  VALIDATION_METHOD: ({ row }) => (row.type === 'AMAZON_ISSUED' ? 'DNS' : ''),
}

/** Distinct, by the ARN where the rest is the same. */
export const sortKey = (sortBy: SearchCertificatesSortBy) => {
  const keyOf = SORT_KEYS[sortBy]
  return (candidate: Candidate): string => `${keyOf(candidate)}/${candidate.row.certificateArn}`
}
