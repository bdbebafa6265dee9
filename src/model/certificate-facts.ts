/** What a certificate says, in the words of Certificate Manager. https://www.rfc-editor.org/rfc/rfc5280 */
import { X509Certificate as ParsedCertificate } from 'node:crypto'
import type {
  DistinguishedName,
  ExtendedKeyUsage,
  ExtendedKeyUsageName,
  GeneralName,
  KeyAlgorithm,
  KeyUsageName,
} from '@aws-sdk/client-acm'
import type * as X509 from '@peculiar/x509'
import type { X509Library } from '../kit/x509.ts'
import type { CertificateFacts } from './certificate-records.ts'

/** Of a certificate in PEM. Throws if it is none. `keyAlgorithm` is absent if ACM knows no name for it. */
export const certificateFacts = (
  x509: X509Library,
  pem: string,
): Omit<CertificateFacts, 'keyAlgorithm'> & { readonly keyAlgorithm?: KeyAlgorithm } => {
  const [parsed, certificate] = [new ParsedCertificate(pem), new x509.X509Certificate(pem)]
  const [subjectName, issuerName] = [
    distinguishedName(certificate.subjectName),
    distinguishedName(certificate.issuerName),
  ]
  const alternativeNames = alternativeNamesOf(certificate)
  const keyAlgorithm = keyAlgorithmOf(parsed)
  return {
    serial: (parsed.serialNumber.toLowerCase().match(/../g) ?? []).join(':'),
    subject: certificate.subject.replaceAll(', ', ','),
    // AWS: the organization, where there is one.
    issuer: issuerName.Organization ?? issuerName.CommonName ?? certificate.issuer,
    subjectName,
    issuerName,
    domainNames: domainNamesOf(alternativeNames, subjectName),
    alternativeNames,
    notBefore: parsed.validFromDate.getTime(),
    notAfter: parsed.validToDate.getTime(),
    ...(keyAlgorithm && { keyAlgorithm }),
    signatureAlgorithm: signatureAlgorithmOf(certificate),
    keyUsages: keyUsagesOf(certificate),
    extendedKeyUsages: extendedKeyUsagesOf(certificate),
  }
}

const CURVES: Readonly<Record<string, KeyAlgorithm>> = {
  prime256v1: 'EC_prime256v1',
  secp384r1: 'EC_secp384r1',
  secp521r1: 'EC_secp521r1',
}
const RSA_LENGTHS: readonly number[] = [1024, 2048, 3072, 4096]

const keyAlgorithmOf = ({ publicKey }: ParsedCertificate): KeyAlgorithm | undefined => {
  const { modulusLength = 0, namedCurve = '' } = publicKey.asymmetricKeyDetails ?? {}
  if (publicKey.asymmetricKeyType === 'ec') return CURVES[namedCurve]
  const isKnown = publicKey.asymmetricKeyType === 'rsa' && RSA_LENGTHS.includes(modulusLength)
  return isKnown ? (`RSA_${modulusLength}` as KeyAlgorithm) : undefined
}

const SCHEMES: Readonly<Record<string, string>> = {
  'RSASSA-PKCS1-v1_5': 'RSA',
  'RSA-PSS': 'RSAANDMGF1',
  ECDSA: 'ECDSA',
}

const signatureAlgorithmOf = ({ signatureAlgorithm }: X509.X509Certificate): string => {
  const { name, hash } = signatureAlgorithm as { readonly name: string; readonly hash?: { readonly name: string } }
  const scheme = SCHEMES[name] ?? name.toUpperCase()
  return hash === undefined ? scheme : `${hash.name.replace('-', '')}WITH${scheme}`
}

const BASIC = { KEY_USAGE: '2.5.29.15', ALTERNATIVE_NAMES: '2.5.29.17', EXTENDED_KEY_USAGE: '2.5.29.37' } as const

/** By the bits of the extension, the first bit first. RFC 5280, 4.2.1.3. */
const KEY_USAGES: readonly KeyUsageName[] = [
  'DIGITAL_SIGNATURE',
  'NON_REPUDIATION',
  'KEY_ENCIPHERMENT',
  'DATA_ENCIPHERMENT',
  'KEY_AGREEMENT',
  'CERTIFICATE_SIGNING',
  'CRL_SIGNING',
  'ENCIPHER_ONLY',
  'DECIPHER_ONLY',
]

const keyUsagesOf = (certificate: X509.X509Certificate): readonly KeyUsageName[] => {
  const usages = certificate.getExtension<X509.KeyUsagesExtension>(BASIC.KEY_USAGE)?.usages ?? 0
  return KEY_USAGES.filter((_name, bit) => (usages & (1 << bit)) !== 0)
}

const EXTENDED_KEY_USAGES: Readonly<Record<string, ExtendedKeyUsageName>> = {
  '2.5.29.37.0': 'ANY',
  '1.3.6.1.5.5.7.3.1': 'TLS_WEB_SERVER_AUTHENTICATION',
  '1.3.6.1.5.5.7.3.2': 'TLS_WEB_CLIENT_AUTHENTICATION',
  '1.3.6.1.5.5.7.3.3': 'CODE_SIGNING',
  '1.3.6.1.5.5.7.3.4': 'EMAIL_PROTECTION',
  '1.3.6.1.5.5.7.3.5': 'IPSEC_END_SYSTEM',
  '1.3.6.1.5.5.7.3.6': 'IPSEC_TUNNEL',
  '1.3.6.1.5.5.7.3.7': 'IPSEC_USER',
  '1.3.6.1.5.5.7.3.8': 'TIME_STAMPING',
  '1.3.6.1.5.5.7.3.9': 'OCSP_SIGNING',
}

const extendedKeyUsagesOf = (certificate: X509.X509Certificate): readonly ExtendedKeyUsage[] => {
  const usages = certificate.getExtension<X509.ExtendedKeyUsageExtension>(BASIC.EXTENDED_KEY_USAGE)?.usages ?? []
  return usages.map((usage) => {
    const oid = String(usage)
    return { Name: EXTENDED_KEY_USAGES[oid] ?? 'CUSTOM', OID: oid }
  })
}

const alternativeNamesOf = (certificate: X509.X509Certificate): readonly GeneralName[] => {
  const names =
    certificate.getExtension<X509.SubjectAlternativeNameExtension>(BASIC.ALTERNATIVE_NAMES)?.names.items ?? []
  return names.map(generalName)
}

const generalName = ({ type, value }: X509.GeneralName): GeneralName => {
  if (type === 'dns') return { DnsName: value }
  if (type === 'ip') return { IpAddress: value }
  if (type === 'email') return { Rfc822Name: value }
  if (type === 'url') return { UniformResourceIdentifier: value }
  if (type === 'id') return { RegisteredId: value }
  if (type === 'dn') return { DirectoryName: { CommonName: value } }
  return { OtherName: { ObjectIdentifier: OTHER_NAMES[type], Value: value } }
}

/** What Windows puts there. */
const OTHER_NAMES = { upn: '1.3.6.1.4.1.311.20.2.3', guid: '1.3.6.1.4.1.311.25.1' } as const

/** The common name, which older certificates have alone, comes first if it is one of them, and stands for them if there are none. */
const domainNamesOf = (names: readonly GeneralName[], { CommonName: common }: DistinguishedName): readonly string[] => {
  const domains = names.flatMap(({ DnsName: name }) => (name === undefined ? [] : [name]))
  if (common === undefined) return domains
  if (domains.length === 0) return DOMAIN_NAME.test(common) ? [common] : []
  return domains.includes(common) ? [common, ...domains.filter((name) => name !== common)] : domains
}

const DOMAIN_NAME = /^(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i

type SingleMember = Exclude<keyof DistinguishedName, 'DomainComponents' | 'CustomAttributes'>

/** Attributes of names that have a member of their own; the library knows some by a letter. */
const NAME_MEMBERS: Readonly<Record<string, SingleMember>> = {
  CN: 'CommonName',
  C: 'Country',
  L: 'Locality',
  O: 'Organization',
  OU: 'OrganizationalUnit',
  ST: 'State',
  G: 'GivenName',
  I: 'Initials',
  SN: 'Surname',
  T: 'Title',
  '2.5.4.5': 'SerialNumber',
  '2.5.4.44': 'GenerationQualifier',
  '2.5.4.46': 'DistinguishedNameQualifier',
  '2.5.4.65': 'Pseudonym',
}
const EMAIL_ADDRESS = '1.2.840.113549.1.9.1'

const distinguishedName = (name: X509.Name): DistinguishedName => {
  const attributes = name
    .toJSON()
    .flatMap((one) => Object.entries(one).flatMap(([type, values]) => values.map((value) => ({ type, value }))))
  const components = attributes.filter(({ type }) => type === 'DC').map(({ value }) => value)
  const others = attributes.filter(({ type }) => type !== 'DC' && NAME_MEMBERS[type] === undefined)
  return {
    // Of several of a kind, the most significant comes last.
    ...Object.fromEntries(
      attributes.flatMap(({ type, value }) => (NAME_MEMBERS[type] === undefined ? [] : [[NAME_MEMBERS[type], value]])),
    ),
    ...(components.length > 0 && { DomainComponents: components }),
    ...(others.length > 0 && {
      CustomAttributes: others.map(({ type, value }) => ({
        ObjectIdentifier: type === 'E' ? EMAIL_ADDRESS : type,
        Value: value,
      })),
    }),
  }
}
