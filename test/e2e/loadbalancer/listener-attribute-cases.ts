/** The attributes of HTTP and HTTPS listeners: headers of answers, and names of headers of requests. */
import { aCertificatePair } from '../../builders/a-certificate.ts'
import type { AttributeCase, Given } from './attribute-case.ts'
import { clientCertificate } from './client-certificate.ts'

const SSL_POLICY = 'ELBSecurityPolicy-TLS13-1-2-2021-06'
const TRUST_STORE = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:truststore/t/0123456789abcdef'

/** What targets say themselves gives way. */
const answerHeader = (header: string, value: string): AttributeCase => ({
  key: `routing.http.response.${header.replaceAll('-', '_')}.header_value`,
  value,
  observe: async ({ ask, targets: [target] }) => {
    if (target) target.answerHeaders = { [header]: 'of the target' }
    return (await ask()).headers[header]
  },
  expected: value,
  otherwise: 'of the target',
})

const RESPONSES: readonly AttributeCase[] = [
  answerHeader('strict-transport-security', 'max-age=31536000; includeSubDomains'),
  answerHeader('access-control-allow-origin', 'https://www.example.com'),
  answerHeader('access-control-allow-methods', 'GET,POST'),
  answerHeader('access-control-allow-headers', 'x-one, x-two'),
  answerHeader('access-control-allow-credentials', 'true'),
  answerHeader('access-control-expose-headers', 'x-three'),
  answerHeader('access-control-max-age', '600'),
  answerHeader('content-security-policy', `default-src 'self' "%[date]" \\; script-src $x, (y)`),
  answerHeader('x-content-type-options', 'nosniff'),
  answerHeader('x-frame-options', 'SAMEORIGIN'),
  {
    key: 'routing.http.response.server.enabled',
    value: 'false',
    observe: async ({ ask, targets: [target] }) => {
      if (target) target.answerHeaders = { server: 'of the target' }
      return (await ask()).headers.server
    },
    expected: undefined,
    otherwise: 'of the target',
  },
]

/** With a certificate to show, and a trust store for those of clients. */
export const httpsListener = async (mode: 'off' | 'verify' | 'passthrough' = 'off') => {
  const pair = await aCertificatePair({ now: Date.now() - 3_600_000 })
  const client = clientCertificate('client.test')
  const certificateArn = 'arn:aws:acm:us-east-1:000000000000:certificate/a'
  const mutualAuthentication = { Mode: mode, ...(mode === 'verify' && { TrustStoreArn: TRUST_STORE }) }
  const given: Given = {
    listener: { protocol: 'HTTPS', sslPolicy: SSL_POLICY, certificateArns: [certificateArn], mutualAuthentication },
    loadBalancer: { 'routing.http.x_amzn_tls_version_and_cipher_suite.enabled': 'true' },
    certificates: [{ certificateArn, domainNames: ['a'], chain: pair.certificate, privateKey: pair.key }],
    trustStores: [{ trustStoreArn: TRUST_STORE, caCertificatesBundle: client.cert, revocations: [] }],
  }
  return { given, client }
}

/** Under the name that was asked for the client's own header does not get through; under the usual name there is nothing then. */
const requestHeader = async (header: string, mode?: 'verify' | 'passthrough'): Promise<AttributeCase> => {
  const { given, client } = await httpsListener(mode)
  const told = (value: string | undefined): string | undefined =>
    value === undefined || value === 'of the client' ? value : 'of the balancer'
  return {
    key: `routing.http.request.${header.replaceAll('-', '_')}.header_name`,
    value: 'X-Mine',
    given,
    observe: async ({ seen }) => {
      const { headers } = await seen({ ...client, headers: { 'x-mine': 'of the client' } })
      return [told(headers[header]), told(headers['x-mine'])]
    },
    expected: [undefined, 'of the balancer'],
    otherwise: ['of the balancer', 'of the client'],
  }
}

export const listenerCases = async (): Promise<readonly AttributeCase[]> => [
  ...RESPONSES,
  await requestHeader('x-amzn-tls-version'),
  await requestHeader('x-amzn-tls-cipher-suite'),
  await requestHeader('x-amzn-mtls-clientcert', 'passthrough'),
  await requestHeader('x-amzn-mtls-clientcert-serial-number', 'verify'),
  await requestHeader('x-amzn-mtls-clientcert-issuer', 'verify'),
  await requestHeader('x-amzn-mtls-clientcert-subject', 'verify'),
  await requestHeader('x-amzn-mtls-clientcert-validity', 'verify'),
  await requestHeader('x-amzn-mtls-clientcert-leaf', 'verify'),
]
