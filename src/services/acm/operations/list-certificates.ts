/** ListCertificates: the account's certificates that filters leave. */
import type { CertificateSummary, ListCertificatesRequest, ListCertificatesResponse } from '@aws-sdk/client-acm'
import { certificateStatus, type CertificateRecord } from '../../../model/certificate-records.ts'
import { CERTIFICATES_PAGE_SIZE } from '../../../model/certificate-limits.ts'
import { checkConstraints, validation } from '../../constraints.ts'
import { onAnything } from '../access.ts'
import type { AcmContext, AcmOperation } from '../context.ts'
import { extendedKeyUsagesOf, keyPairOrigin, keyUsagesOf, summarize } from '../describe.ts'
import { invalidArgs } from '../faults.ts'
import { findCertificates } from '../lookups.ts'
import { page } from '../page.ts'

export const listCertificates: AcmOperation<ListCertificatesRequest, ListCertificatesResponse> = {
  access: onAnything,
  handle: (input, context) => {
    checkConstraints(input, { MaxItems: { min: 1, max: CERTIFICATES_PAGE_SIZE } }, invalidArgs)
    if ((input.SortBy === undefined) !== (input.SortOrder === undefined))
      throw validation('SortBy and SortOrder have to be given together.')
    const rows = findCertificates(context).filter((row) => isListed(row, input, context))
    const { NextToken, MaxItems, SortOrder, ...filters } = input
    const { items, rest } = page<CertificateRecord>(
      context,
      `ListCertificates/${SortOrder ?? ''}/${JSON.stringify(filters)}`,
      rows,
      { NextToken, size: MaxItems ?? CERTIFICATES_PAGE_SIZE },
      SortOrder === undefined ? byArn : byTime,
      SortOrder === 'DESCENDING',
    )
    return { CertificateSummaryList: items.map((row): CertificateSummary => summarize(context, row)), ...rest }
  },
}

const byArn = ({ certificateArn }: CertificateRecord): string => certificateArn

const TIME_DIGITS = 16

const byTime = ({ createdAt, certificateArn }: CertificateRecord): string =>
  `${String(createdAt).padStart(TIME_DIGITS, '0')}/${certificateArn}`

/** AWS: without `keyTypes`, only these, and only certificates with a name. */
const DEFAULT_KEY_TYPES = ['RSA_1024', 'RSA_2048'] as const

const isListed = (row: CertificateRecord, input: ListCertificatesRequest, { now }: AcmContext): boolean => {
  const { Includes: includes = {}, CertificateStatuses: statuses, CertificateKeyPairOrigins: origins } = input
  const keyTypes = includes.keyTypes
  return (
    isAmong(statuses, [certificateStatus(row, now)]) &&
    isAmong(origins, [keyPairOrigin(row)]) &&
    isAmong(keyTypes ?? DEFAULT_KEY_TYPES, [row.keyAlgorithm]) &&
    (keyTypes !== undefined || row.domainName !== '') &&
    isAmong(includes.keyUsage, keyUsagesOf(row)) &&
    isAmong(includes.extendedKeyUsage, extendedKeyUsagesOf(row)) &&
    (includes.exportOption === undefined || includes.exportOption === row.exportOption) &&
    includes.managedBy === undefined
  )
}

/** One of the values is wanted, or all are. */
const isAmong = (wanted: readonly string[] | undefined, values: readonly string[]): boolean =>
  wanted === undefined || wanted.length === 0 || values.some((value) => wanted.includes(value))
