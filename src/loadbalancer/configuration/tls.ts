/** TLS of listeners: certificates by server name, versions and ciphers, and certificates of clients. */
import type { ListenerRoute, RoutingTable } from '../../model/load-balancing/routing.ts'
import { DEFAULT_SSL_POLICY, getSslPolicy } from '../../model/load-balancing/ssl-policies.ts'
import { identifier } from './names.ts'
import { quoteWord } from './quote.ts'
import type { Sink } from './sink.ts'

interface TlsScope {
  readonly table: RoutingTable
  readonly sink: Sink
  readonly section: string
  readonly listener: ListenerRoute
}

const MODERN = 'TLSv1.2'

/** What stands behind an address to be bound. Undefined: there is no certificate. */
export const tlsParameters = (scope: TlsScope, protocols: readonly string[]): string | undefined => {
  const list = certificateList(scope)
  if (list === undefined) return undefined
  return [
    'ssl',
    `crt-list ${quoteWord(list)}`,
    ...policyParameters(scope.listener.sslPolicy),
    ...(protocols.length > 0 ? [`alpn ${protocols.join(',')}`] : []),
    ...clientParameters(scope),
  ].join(' ')
}

/** The first one is for names that no certificate has. */
const certificateList = ({ table, sink, section, listener }: TlsScope): string | undefined => {
  const paths = listener.certificateArns.flatMap((arn) => {
    const certificate = table.certificates.get(arn)
    if (certificate === undefined) return []
    const ends = `${certificate.chain.trimEnd()}\n${certificate.privateKey.trimEnd()}\n`
    return [sink.addFile(`certificates/${identifier(arn)}.pem`, ends)]
  })
  return paths.length === 0
    ? undefined
    : sink.addFile(`certificates/${section}.list`, paths.map((path) => `${path}\n`).join(''))
}

const policyParameters = (name: string | undefined): string[] => {
  const policy = getSslPolicy(name ?? DEFAULT_SSL_POLICY) ?? getSslPolicy(DEFAULT_SSL_POLICY)
  const { protocols = [MODERN], ciphers = [] } = policy ?? {}
  const [modern, older] = [
    ciphers.filter((cipher) => cipher.startsWith('TLS_')),
    ciphers.filter((cipher) => !cipher.startsWith('TLS_')),
  ]
  const lowest = protocols[0] ?? MODERN
  // OpenSSL holds back versions before 1.2 unless its security level is 0.
  const level = lowest === 'TLSv1' || lowest === 'TLSv1.1' ? ['@SECLEVEL=0'] : []
  return [
    `ssl-min-ver ${lowest === 'TLSv1' ? 'TLSv1.0' : lowest}`,
    `ssl-max-ver ${protocols.at(-1) === 'TLSv1' ? 'TLSv1.0' : (protocols.at(-1) ?? MODERN)}`,
    ...(older.length > 0 ? [`ciphers ${[...older, ...level].join(':')}`] : []),
    ...(modern.length > 0 ? [`ciphersuites ${modern.join(':')}`] : []),
  ]
}

/** Errors of OpenSSL. */
const EXPIRED = 10
const NO_LIST = 3

const clientParameters = ({ table, sink, section, listener: { mutualAuthentication: mutual } }: TlsScope): string[] => {
  if (mutual?.Mode === 'passthrough')
    return ['verify optional', 'ca-file @system-ca', 'ca-ignore-err all', 'crt-ignore-err all', 'no-ca-names']
  if (mutual?.Mode !== 'verify') return []
  const trust = table.trustStores.get(mutual.TrustStoreArn ?? '')
  // Without it nobody is trusted: a list with a certificate that signed nothing is not needed, as the listener is not served.
  const authorities = sink.addFile(`certificates/${section}.authorities.pem`, trust?.caCertificatesBundle ?? '')
  const revocations = trust?.revocations ?? []
  const ignored = [
    ...(mutual.IgnoreClientCertificateExpiry === true ? [EXPIRED] : []),
    ...(revocations.length > 0 ? [NO_LIST] : []),
  ]
  return [
    'verify required',
    `ca-file ${quoteWord(authorities)}`,
    ...(revocations.length > 0
      ? [
          `crl-file ${quoteWord(sink.addFile(`certificates/${section}.revocations.pem`, revocations.join('\n')))}`,
          `ca-ignore-err ${NO_LIST}`,
        ]
      : []),
    // AWS: authorities without a list have revoked nothing.
    ...(ignored.length > 0 ? [`crt-ignore-err ${ignored.join(',')}`] : []),
    ...(mutual.AdvertiseTrustStoreCaNames === 'on' ? [] : ['no-ca-names']),
  ]
}

/** Whether the listener can be served: those that trust somebody need the list of whom. */
export const hasTrust = ({ table, listener: { mutualAuthentication: mutual } }: TlsScope): boolean =>
  mutual?.Mode !== 'verify' || table.trustStores.has(mutual.TrustStoreArn ?? '')
