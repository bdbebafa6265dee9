/** SearchCertificates: the account's certificates for which a statement of filters is true. */
import type {
  CertificateSearchResult,
  SearchCertificatesRequest,
  SearchCertificatesResponse,
  X509Attributes,
} from '@aws-sdk/client-acm'
import { dateOf } from '../../../kit/timestamps.ts'
import type { CertificateRecord } from '../../../model/certificate-records.ts'
import { CERTIFICATE_SEARCH_PAGE_SIZE, LARGEST_CERTIFICATE_SEARCH_PAGE } from '../../../model/certificate-limits.ts'
import { checkConstraints } from '../../constraints.ts'
import { onAnything } from '../access.ts'
import type { AcmContext, AcmOperation } from '../context.ts'
import { extendedKeyUsagesOf, keyUsagesOf, summarize } from '../describe.ts'
import { findCertificates } from '../lookups.ts'
import { page } from '../page.ts'
import { type Candidate, candidateOf, matches, sortKey } from '../search.ts'

export const searchCertificates: AcmOperation<SearchCertificatesRequest, SearchCertificatesResponse> = {
  access: onAnything,
  handle: (input, context) => {
    checkConstraints(input, { MaxResults: { min: 1, max: LARGEST_CERTIFICATE_SEARCH_PAGE } })
    const { FilterStatement: statement, SortBy = 'CREATED_AT', SortOrder = 'DESCENDING' } = input
    const found = findCertificates(context)
      .map((row) => candidateOf(context, row))
      .filter((candidate) => statement === undefined || matches(candidate, statement))
    const { items, rest } = page<Candidate>(
      context,
      `SearchCertificates/${SortBy}/${SortOrder}/${JSON.stringify(statement)}`,
      found,
      { NextToken: input.NextToken, size: input.MaxResults ?? CERTIFICATE_SEARCH_PAGE_SIZE },
      sortKey(SortBy),
      SortOrder === 'DESCENDING',
    )
    return { Results: items.map(({ row }) => describeResult(context, row)), ...rest }
  },
}

const describeResult = (context: AcmContext, row: CertificateRecord): CertificateSearchResult => {
  const { CreatedAt, ImportedAt, IssuedAt, RevokedAt, ...summary } = summarize(context, row)
  return {
    CertificateArn: row.certificateArn,
    X509Attributes: attributesOf(row),
    CertificateMetadata: {
      AcmCertificateMetadata: {
        CreatedAt,
        ImportedAt,
        IssuedAt,
        RevokedAt,
        Exported: summary.Exported,
        InUse: summary.InUse,
        RenewalEligibility: summary.RenewalEligibility,
        Status: summary.Status,
        Type: summary.Type,
        ExportOption: summary.ExportOption,
        CertificateKeyPairOrigin: summary.CertificateKeyPairOrigin,
        ...(row.renewal && { RenewalStatus: row.renewal.status }),
        ...(row.type === 'AMAZON_ISSUED' && { ValidationMethod: 'DNS' }),
      },
    },
  }
}

const attributesOf = (row: CertificateRecord): X509Attributes => {
  const { issued, domainName, subjectAlternativeNames, keyAlgorithm } = row
  const base = {
    KeyAlgorithm: keyAlgorithm,
    KeyUsages: [...keyUsagesOf(row)],
    ExtendedKeyUsages: [...extendedKeyUsagesOf(row)],
  }
  if (issued === undefined)
    return {
      ...base,
      Subject: { CommonName: domainName },
      SubjectAlternativeNames: subjectAlternativeNames.map((DnsName) => ({ DnsName })),
    }
  const { facts } = issued
  return {
    ...base,
    Subject: facts.subjectName,
    Issuer: facts.issuerName,
    SubjectAlternativeNames: [...facts.alternativeNames],
    SerialNumber: facts.serial,
    NotBefore: dateOf(facts.notBefore),
    NotAfter: dateOf(facts.notAfter),
  }
}
