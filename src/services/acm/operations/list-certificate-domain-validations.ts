/** ListCertificateDomainValidations: how far the validation of each name of a certificate is. */
import type {
  DomainValidationSummary,
  ListCertificateDomainValidationsRequest,
  ListCertificateDomainValidationsResponse,
} from '@aws-sdk/client-acm'
import type { DomainValidationRecord } from '../../../model/certificate-records.ts'
import { CERTIFICATES_PAGE_SIZE } from '../../../model/certificate-limits.ts'
import { checkConstraints } from '../../constraints.ts'
import { onCertificate } from '../access.ts'
import type { AcmOperation } from '../context.ts'
import { describeRecord } from '../describe.ts'
import { invalidArgs } from '../faults.ts'
import { requireCertificate } from '../lookups.ts'
import { page } from '../page.ts'

export const listCertificateDomainValidations: AcmOperation<
  ListCertificateDomainValidationsRequest,
  ListCertificateDomainValidationsResponse
> = {
  access: onCertificate(),
  handle: (input, context) => {
    checkConstraints(input, { MaxItems: { min: 1, max: CERTIFICATES_PAGE_SIZE } }, invalidArgs)
    const { certificateArn, validations } = requireCertificate(context, input.CertificateArn)
    const request = { NextToken: input.NextToken, size: input.MaxItems ?? CERTIFICATES_PAGE_SIZE }
    const scope = `ListCertificateDomainValidations/${certificateArn}`
    const { items, rest } = page(context, scope, validations, request, ({ domainName }) => domainName)
    return { DomainValidationSummaryList: items.map(summarize), ...rest }
  },
}

const summarize = (validation: DomainValidationRecord): DomainValidationSummary => ({
  DomainName: validation.domainName,
  ActiveValidationConfiguration: {
    ValidationMethod: 'DNS',
    ValidationStatus: validation.status,
    ValidationChallenge: { DnsValidationChallenge: { ResourceRecord: describeRecord(validation) } },
  },
})
