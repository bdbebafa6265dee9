/** Headers that tell targets of the client's TLS connection and certificate. A client's own headers of these names do not get through. */
import { call, quoteWord } from './quote.ts'
import type { HttpScope } from './scope.ts'

export const tlsHeaderLines = ({ listener, loadBalancer }: HttpScope): string[] => {
  const mode = listener.mutualAuthentication?.Mode
  const isTold = loadBalancer.attributes['routing.http.x_amzn_tls_version_and_cipher_suite.enabled'] === 'true'
  const headers = [
    ...(isTold ? CONNECTION : []),
    ...(mode === 'passthrough' ? PASSED_ON : mode === 'verify' ? VERIFIED : []),
  ]
  return headers.flatMap(([header, format]) => {
    const name =
      listener.attributes[`routing.http.request.${header.toLowerCase().replaceAll('-', '_')}.header_name`] || header
    const isOfClient = header.startsWith('X-Amzn-Mtls')
    return [
      ...(isOfClient ? [`http-request del-header ${name}`] : []),
      `http-request set-header ${name} ${quoteWord(format)}${isOfClient ? ' if { ssl_c_used }' : ''}`,
    ]
  })
}

type Header = readonly [name: string, format: string]

const CONNECTION: readonly Header[] = [
  ['X-Amzn-Tls-Version', '%[ssl_fc_protocol]'],
  ['X-Amzn-Tls-Cipher-Suite', '%[ssl_fc_cipher]'],
]

/** A certificate in PEM, percent-encoded but for what AWS leaves. */
const CERTIFICATE = `-----BEGIN%%20CERTIFICATE-----%%0A%[ssl_c_der,base64,${call('regsub', '(.{1,64})', '\\1%0A', 'g')}]-----END%%20CERTIFICATE-----%%0A`

const PASSED_ON: readonly Header[] = [['X-Amzn-Mtls-Clientcert', CERTIFICATE]]

const TIME = '^(..)(..)(..)(..)(..)(..)Z?$'
const validity = (fetch: string): string => `%[${fetch},${call('regsub', TIME, '20\\1-\\2-\\3T\\4:\\5:\\6Z')}]`

const VERIFIED: readonly Header[] = [
  ['X-Amzn-Mtls-Clientcert-Serial-Number', '%[ssl_c_serial,hex]'],
  ['X-Amzn-Mtls-Clientcert-Issuer', '%[ssl_c_i_dn(,0,rfc2253)]'],
  ['X-Amzn-Mtls-Clientcert-Subject', '%[ssl_c_s_dn(,0,rfc2253)]'],
  [
    'X-Amzn-Mtls-Clientcert-Validity',
    `NotBefore=${validity('ssl_c_notbefore')};NotAfter=${validity('ssl_c_notafter')}`,
  ],
  ['X-Amzn-Mtls-Clientcert-Leaf', CERTIFICATE],
]
