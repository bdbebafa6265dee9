/** RequestCertificate: a certificate for domain names, which a controller has issued and renewed. */
import type { RequestCertificateRequest, RequestCertificateResponse } from '@aws-sdk/client-acm'
import { compact } from '../../../kit/compact.ts'
import type { CertificateRecord } from '../../../model/certificate-records.ts'
import { CERTIFICATE_REQUEST_TOKEN_MS, CERTIFICATES_PER_REGION } from '../../../model/certificate-limits.ts'
import { newCertificate } from '../../../model/new-certificate.ts'
import type { ContextValues } from '../../../model/policy/types.ts'
import { checkedTags, requestTagContext } from '../../checked-tags.ts'
import { checkConstraints } from '../../constraints.ts'
import type { Demand } from '../../operations.ts'
import { anyCertificate } from '../access.ts'
import type { AcmContext, AcmOperation } from '../context.ts'
import { requestedNames } from '../domain-names.ts'
import { invalidDomainValidationOptions, invalidParameter, limitExceeded, tagFaults } from '../faults.ts'
import { findCertificates } from '../lookups.ts'
import { tagsOf } from '../tags.ts'

const KEY_ALGORITHMS = ['RSA_2048', 'EC_prime256v1', 'EC_secp384r1'] as const

export const requestCertificate: AcmOperation<RequestCertificateRequest, RequestCertificateResponse> = {
  access: (input, context) => [{ resource: '*', context: requestContext(input) }, ...tagDemand(input, context)],
  handle: (input, context) => {
    const names = requestedNames(input)
    checkRequest(input)
    const tags = checkedTags(tagsOf(input.Tags), tagFaults)
    const { CertificateArn } = earlier(context, input, names) ?? insert(context, input, names, tags)
    return { CertificateArn }
  },
}

const requestContext = (input: RequestCertificateRequest): ContextValues => ({
  // As they will stand in the certificate: capital letters must not lead past a policy.
  'acm:domainnames': [input.DomainName ?? '', ...(input.SubjectAlternativeNames ?? [])].map((name) =>
    name.toLowerCase(),
  ),
  'acm:keyalgorithm': [input.KeyAlgorithm ?? 'RSA_2048'],
  'acm:validationmethod': [input.ValidationMethod ?? 'DNS'],
  'acm:export': [input.Options?.Export ?? 'DISABLED'],
  'acm:certificatetransparencylogging': [input.Options?.CertificateTransparencyLoggingPreference ?? 'ENABLED'],
  ...requestTagContext(tagsOf(input.Tags)),
})

const tagDemand = ({ Tags = [] }: RequestCertificateRequest, context: AcmContext): readonly Demand[] =>
  Tags.length === 0
    ? []
    : [
        {
          action: 'acm:AddTagsToCertificate',
          resource: anyCertificate(context),
          context: requestTagContext(tagsOf(Tags)),
        },
      ]

const checkRequest = (input: RequestCertificateRequest): void => {
  checkConstraints(input, {
    IdempotencyToken: { min: 1, max: 32, pattern: /^\w+$/ },
    ValidationMethod: { oneOf: ['EMAIL', 'DNS', 'HTTP'] },
  })
  const { ValidationMethod: method = 'DNS', KeyAlgorithm: algorithm = 'RSA_2048', Options } = input
  if (method !== 'DNS' || (Options?.ValidationMethod ?? 'DNS') !== 'DNS')
    throw invalidParameter('Validation by e-mail or HTTP is not supported: the ValidationMethod must be DNS.')
  if (input.DomainValidationOptions !== undefined && input.DomainValidationOptions.length > 0)
    throw invalidDomainValidationOptions(
      'DomainValidationOptions are for validation by e-mail, which is not supported.',
    )
  if (!KEY_ALGORITHMS.some((known) => known === algorithm))
    throw invalidParameter(`Certificates are issued with the key algorithms ${KEY_ALGORITHMS.join(', ')}.`)
  if (input.CertificateAuthorityArn !== undefined)
    throw invalidParameter('There is no AWS Private CA to issue certificates of a CertificateAuthorityArn.')
  if (input.ManagedBy !== undefined)
    throw invalidParameter('There is no service that manages certificates (ManagedBy).')
}

/** What was requested with the same token for the same, an hour ago at most. */
const earlier = (
  context: AcmContext,
  input: RequestCertificateRequest,
  names: readonly string[],
): { readonly CertificateArn: string } | undefined => {
  const { IdempotencyToken: token } = input
  if (token === undefined) return undefined
  const since = context.now - CERTIFICATE_REQUEST_TOKEN_MS
  const row = findCertificates(context).find(
    ({ requestToken, createdAt, subjectAlternativeNames: theirs, keyAlgorithm }) =>
      requestToken === token &&
      createdAt > since &&
      theirs.join(' ') === names.join(' ') &&
      keyAlgorithm === (input.KeyAlgorithm ?? 'RSA_2048'),
  )
  return row && { CertificateArn: row.certificateArn }
}

const insert = (
  context: AcmContext,
  input: RequestCertificateRequest,
  names: readonly string[],
  tags: CertificateRecord['tags'],
): { readonly CertificateArn: string } => {
  if (findCertificates(context).length >= CERTIFICATES_PER_REGION)
    throw limitExceeded(`There are ${CERTIFICATES_PER_REGION} certificates already.`)
  const { IdempotencyToken: requestToken, Options } = input
  const row = newCertificate(context, {
    subjectAlternativeNames: names,
    ...compact({
      keyAlgorithm: input.KeyAlgorithm,
      exportOption: Options?.Export,
      transparencyLogging: Options?.CertificateTransparencyLoggingPreference,
      requestToken,
    }),
    tags,
  })
  return { CertificateArn: context.tx.certificates.insert(row).certificateArn }
}
