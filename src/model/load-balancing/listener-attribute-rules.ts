/** The attributes of listeners, by protocol. */
import type { ProtocolEnum as Protocol } from '@aws-sdk/client-elastic-load-balancing-v2'
import { type AttributeRule, BOOLEAN, integer, oneOf, rule, text } from './attribute-rules.ts'

/** What a header may be called that a request gets on its way. */
const HEADER_NAME = text(/^[A-Za-z0-9-]{1,128}$/, 'the name of a header: up to 128 letters, digits and hyphens')
/** Visible characters and spaces, so that nothing can end the header. */
const HEADER_VALUE = text(/^[\u0021-\u007e](?:[\u0020-\u007e]*[\u0021-\u007e])?$/, 'the value of a header')
const SECONDS = integer(0, 86_400, '')
const ORIGIN = text(
  /^(?:\*|null|https?:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?)$/,
  "'*' or an origin, such as 'https://www.example.com'",
)
const TOKENS = text(/^(?:\*|[A-Za-z0-9-]+(?:, ?[A-Za-z0-9-]+)*)$/, "'*' or a list of names with commas")

const RESPONSE: readonly AttributeRule[] = [
  rule('routing.http.response.server.enabled', 'true', BOOLEAN),
  rule('routing.http.response.strict_transport_security.header_value', '', HEADER_VALUE),
  rule('routing.http.response.access_control_allow_origin.header_value', '', ORIGIN),
  rule('routing.http.response.access_control_allow_methods.header_value', '', TOKENS),
  rule('routing.http.response.access_control_allow_headers.header_value', '', TOKENS),
  rule('routing.http.response.access_control_allow_credentials.header_value', '', oneOf('', 'true')),
  rule('routing.http.response.access_control_expose_headers.header_value', '', TOKENS),
  rule('routing.http.response.access_control_max_age.header_value', '', SECONDS),
  rule('routing.http.response.content_security_policy.header_value', '', HEADER_VALUE),
  rule('routing.http.response.x_content_type_options.header_value', '', oneOf('', 'nosniff')),
  rule('routing.http.response.x_frame_options.header_value', '', oneOf('', 'DENY', 'SAMEORIGIN')),
]

const REQUEST_HEADERS = [
  'x_amzn_mtls_clientcert_serial_number',
  'x_amzn_mtls_clientcert_issuer',
  'x_amzn_mtls_clientcert_subject',
  'x_amzn_mtls_clientcert_validity',
  'x_amzn_mtls_clientcert_leaf',
  'x_amzn_mtls_clientcert',
  'x_amzn_tls_version',
  'x_amzn_tls_cipher_suite',
]

/** Empty: the header has the name that the attribute's own name says. */
const REQUEST: readonly AttributeRule[] = REQUEST_HEADERS.map((header) =>
  rule(`routing.http.request.${header}.header_name`, '', HEADER_NAME),
)

const HTTPS: readonly AttributeRule[] = [...REQUEST, ...RESPONSE]
const TCP: readonly AttributeRule[] = [rule('tcp.idle_timeout.seconds', '350', integer(60, 6000))]

/** AWS: TLS listeners have the timeout, too, but it cannot be changed; UDP has none. */
export const listenerRules = (protocol: Protocol): readonly AttributeRule[] => {
  if (protocol === 'HTTP') return RESPONSE
  if (protocol === 'HTTPS') return HTTPS
  return protocol === 'TCP' || protocol === 'TCP_UDP' ? TCP : []
}
