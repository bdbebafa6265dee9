/** Names that a certificate is requested for. */
import type { RequestCertificateRequest } from '@aws-sdk/client-acm'
import {
  CERTIFICATE_ALTERNATIVE_NAMES,
  COMMON_NAME_LENGTH,
  DOMAIN_NAME_LENGTH,
} from '../../model/certificate-limits.ts'
import { checkConstraints } from '../constraints.ts'
import { invalidParameter } from './faults.ts'

const DOMAIN_NAME = /^(\*\.)?(((?!-)[A-Za-z0-9-]{0,62}[A-Za-z0-9])\.)+((?!-)[A-Za-z0-9-]{1,62}[A-Za-z0-9])$/
const NAME = { min: 1, max: DOMAIN_NAME_LENGTH, pattern: DOMAIN_NAME }

/** Each once, in small letters, `DomainName` first. */
export const requestedNames = (input: RequestCertificateRequest): readonly string[] => {
  const { DomainName: name = '', SubjectAlternativeNames: others = [] } = input
  checkConstraints(input, {
    DomainName: NAME,
    SubjectAlternativeNames: { min: 1, max: CERTIFICATE_ALTERNATIVE_NAMES },
  })
  for (const other of others) checkConstraints({ SubjectAlternativeNames: other }, { SubjectAlternativeNames: NAME })
  if (name.length > COMMON_NAME_LENGTH)
    throw invalidParameter(`The first domain name can have at most ${COMMON_NAME_LENGTH} characters.`)
  return [...new Set([name, ...others].map((each) => each.toLowerCase()))]
}
