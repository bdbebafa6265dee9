/** The attributes of load balancers that change how requests and connections go. */
import { once } from 'node:events'
import { connect } from 'node:tls'
import type { AttributeCase, Running } from './attribute-case.ts'
import { httpsListener } from './listener-attribute-cases.ts'

const forwardedFor = async ({ seen }: Running): Promise<unknown> => {
  const { headers } = await seen({ headers: { 'x-forwarded-for': '192.0.2.1' } })
  return headers['x-forwarded-for']?.replace(/:\d+$/, ':port')
}

const agreedProtocol = async ({ port }: Running): Promise<unknown> => {
  const options = { port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2', 'http/1.1'] }
  const socket = connect(options)
  await once(socket, 'secureConnect')
  socket.destroy()
  return socket.alpnProtocol
}

export const applicationCases = async (): Promise<readonly AttributeCase[]> => {
  const { given: https } = await httpsListener()
  return [
    {
      key: 'routing.http2.enabled',
      value: 'false',
      given: https,
      observe: agreedProtocol,
      expected: 'http/1.1',
      otherwise: 'h2',
    },
    {
      key: 'routing.http.x_amzn_tls_version_and_cipher_suite.enabled',
      value: 'true',
      given: { ...https, loadBalancer: {} },
      observe: async ({ seen }) => (await seen()).headers['x-amzn-tls-version'],
      expected: 'TLSv1.3',
      otherwise: undefined,
    },
    {
      key: 'routing.http.drop_invalid_header_fields.enabled',
      value: 'true',
      observe: async ({ seen }) => (await seen({ headers: { 'x_under.score': '1' } })).headers['x_under.score'],
      expected: undefined,
      otherwise: '1',
    },
    {
      key: 'routing.http.preserve_host_header.enabled',
      value: 'true',
      observe: async ({ seen, port }) =>
        (await seen({ headers: { host: 'a.test' } })).headers.host === `a.test:${port}`,
      expected: false,
      otherwise: true,
    },
    ...(
      [
        ['routing.http.xff_client_port.enabled', 'true', '192.0.2.1, 127.0.0.1:port'],
        ['routing.http.xff_header_processing.mode', 'preserve', '192.0.2.1'],
        ['routing.http.xff_header_processing.mode', 'remove', undefined],
      ] as const
    ).map(([key, value, expected]) => ({
      key,
      value,
      observe: forwardedFor,
      expected,
      otherwise: '192.0.2.1, 127.0.0.1',
    })),
  ]
}

export const networkCases: readonly AttributeCase[] = [
  {
    key: 'load_balancing.cross_zone.enabled',
    value: 'true',
    given: { type: 'network', zones: ['us-east-1a', 'us-east-1b'] },
    observe: async ({ seen }) => {
      const names = new Set<string>()
      for (let count = 0; count < 6; count++) names.add((await seen()).target)
      return [...names].toSorted()
    },
    expected: ['0', '1'],
    otherwise: ['0'],
  },
]
