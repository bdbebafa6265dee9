import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { createServer, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { describe, expect, it } from 'vitest'
import type { CertificateMaterial, RoutingTable } from '../../../src/model/load-balancing/routing.ts'
import { aCertificatePair, type TestCertificate } from '../../builders/a-certificate.ts'
import { aListener, aLoadBalancer } from '../../builders/a-load-balancer.ts'
import {
  aGroupRoute,
  aRoutingTable,
  aRuleRoute,
  aTargetRoute,
  answerWith,
  forwardTo,
  type RouteOptions,
} from './a-route.ts'
import { clientCertificate } from './client-certificate.ts'
import { ask, echoed, EchoTarget } from './echo-target.ts'
import { freePort, HaproxyUnderTest, PROGRAMS } from './haproxy-under-test.ts'

const now = Date.now() - 3_600_000
const ARN = 'arn:aws:acm:us-east-1:000000000000:certificate/'

const material = (name: string, pair: TestCertificate): CertificateMaterial => ({
  certificateArn: `${ARN}${name}`,
  domainNames: [name],
  chain: `${pair.certificate}\n${pair.chain}`,
  privateKey: pair.key,
})

const TRUST_STORE = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:truststore/t/0123456789abcdef'

const using = async (
  program: string,
  table: RoutingTable,
  ports: readonly number[],
  check: (haproxy: HaproxyUnderTest) => Promise<void>,
  settings = {},
) => {
  const haproxy = await HaproxyUnderTest.start(program, table, ports, settings)
  try {
    await check(haproxy)
  } finally {
    await haproxy.stop()
  }
}

const handshake = async (options: ConnectionOptions): Promise<TLSSocket> => {
  const socket = connectTls({ host: '127.0.0.1', rejectUnauthorized: false, ...options })
  socket.on('error', () => socket.destroy())
  await once(socket, 'secureConnect')
  return socket
}

/** Says what it gets, and what came before. */
const tcpTarget = async () => {
  const server = createServer((socket: Socket) => {
    socket.on('data', (bytes) => socket.end(`<${bytes.toString('latin1')}>`))
    // Checks end with a reset.
    socket.on('error', () => socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return { port: typeof address === 'object' && address ? address.port : 0, stop: () => server.close() }
}

const exchange = async (socket: Socket | TLSSocket, text: string): Promise<string> => {
  socket.write(text)
  let answer = ''
  for await (const bytes of socket) answer += (bytes as Buffer).toString('latin1')
  return answer
}

const network = (options: Partial<RouteOptions> & { port: number }) =>
  aRoutingTable({
    rules: [aRuleRoute('default', [], [forwardTo('tcp')])],
    ...options,
    loadBalancer: { type: 'network', ...options.loadBalancer },
  })

describe.each(PROGRAMS)('listeners with TLS and TCP, by %s', (program) => {
  it('HTTPS: certificates by server name, versions by policy, HTTP/2 and headers', async () => {
    const [web, api] = [
      await aCertificatePair({ now, names: ['www.test'] }),
      await aCertificatePair({ now, names: ['*.api.test'] }),
    ]
    const target = await EchoTarget.start()
    const port = await freePort()
    const table = aRoutingTable({
      port,
      certificates: [material('www.test', web), material('*.api.test', api)],
      listener: { protocol: 'HTTPS', sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06' },
      loadBalancer: { attributes: { 'routing.http.x_amzn_tls_version_and_cipher_suite.enabled': 'true' } },
      groups: [aGroupRoute('web', [aTargetRoute(target.port)])],
      rules: [aRuleRoute('default', [], [forwardTo('web')])],
    })
    await using(program, table, [port], async () => {
      const names = []
      for (const servername of ['www.test', 'x.api.test', 'else.test']) {
        const socket = await handshake({ port, servername, ALPNProtocols: ['h2', 'http/1.1'] })
        names.push([socket.getPeerCertificate().subject.CN, socket.alpnProtocol])
        socket.destroy()
      }
      expect(names).toEqual([
        ['www.test', 'h2'],
        ['*.api.test', 'h2'],
        ['www.test', 'h2'],
      ])
      await expect(
        handshake({ port, maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' }),
      ).rejects.toThrow()
      const { headers } = echoed(await ask({ port, isEncrypted: true }))
      expect([headers['x-amzn-tls-version'], headers['x-amzn-tls-cipher-suite'], headers['x-forwarded-proto']]).toEqual(
        ['TLSv1.3', 'TLS_AES_128_GCM_SHA256', 'https'],
      )
      const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false })
      const stream = session.request({ ':path': '/over-h2', ':authority': 'www.test' })
      let body = ''
      for await (const bytes of stream) body += String(bytes)
      expect(echoed({ status: 200, headers: {}, body })).toMatchObject({
        url: '/over-h2',
        headers: { host: `www.test:${port}` },
      })
      session.destroy()
    })
    await target.stop()
  })

  it('HTTPS: clients show certificates', async () => {
    const web = await aCertificatePair({ now })
    const [client, stranger] = [clientCertificate('client.test'), clientCertificate('stranger')]
    const target = await EchoTarget.start()
    const options = (Mode: string, port: number): RouteOptions => ({
      port,
      certificates: [material('web', web)],
      trustStores: [{ trustStoreArn: TRUST_STORE, caCertificatesBundle: client.cert, revocations: [] }],
      listener: { protocol: 'HTTPS', mutualAuthentication: { Mode, TrustStoreArn: TRUST_STORE } },
      groups: [aGroupRoute('web', [aTargetRoute(target.port)])],
      rules: [aRuleRoute('default', [], [forwardTo('web')])],
    })
    const spoofed = { 'x-amzn-mtls-clientcert-subject': 'CN=root', 'x-amzn-mtls-clientcert': 'mine' }
    const port = await freePort()
    await using(program, aRoutingTable(options('verify', port)), [port], async () => {
      const { headers } = echoed(await ask({ port, isEncrypted: true, ...client, headers: spoofed }))
      expect(headers['x-amzn-mtls-clientcert-subject']).toBe('CN=client.test,O=Test\\, \\"Inc\\"')
      expect(headers['x-amzn-mtls-clientcert-serial-number']).toMatch(/^[0-9A-F]+$/)
      expect(headers['x-amzn-mtls-clientcert-validity']).toMatch(
        /^NotBefore=20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ;NotAfter=20\d\d-/,
      )
      const leaf = decodeURIComponent(headers['x-amzn-mtls-clientcert-leaf'] ?? '')
      expect(leaf.replace(/\s/g, '')).toBe(client.cert.replace(/\s/g, ''))
      await expect(ask({ port, isEncrypted: true, ...stranger })).rejects.toThrow()
      await expect(ask({ port, isEncrypted: true })).rejects.toThrow()
    })
    const second = await freePort()
    await using(program, aRoutingTable(options('passthrough', second)), [second], async () => {
      const { headers } = echoed(await ask({ port: second, isEncrypted: true, ...stranger }))
      expect(decodeURIComponent(headers['x-amzn-mtls-clientcert'] ?? '')).toMatch(/^-----BEGIN CERTIFICATE-----\n/)
      expect(
        echoed(await ask({ port: second, isEncrypted: true, headers: spoofed })).headers['x-amzn-mtls-clientcert'],
      ).toBeUndefined()
    })
    await target.stop()
  })

  it('TCP: bytes go on as they are, and targets learn of the client by the PROXY protocol', async () => {
    const target = await tcpTarget()
    for (const [attributes, expected] of [
      [{}, /^<hello>$/],
      [{ 'proxy_protocol_v2.enabled': 'true' }, /^<\r\n\r\n\0\r\nQUIT\n!/],
      [{ 'stickiness.enabled': 'true' }, /^<hello>$/],
    ] as const) {
      const port = await freePort()
      const healthCheck = { ...aGroupRoute('x', []).healthCheck, protocol: 'TCP' as const }
      const table = network({
        port,
        listener: { protocol: 'TCP' },
        groups: [aGroupRoute('tcp', [aTargetRoute(target.port)], { protocol: 'TCP', attributes, healthCheck })],
      })
      await using(program, table, [port], async () => {
        const socket = (await import('node:net')).connect(port, '127.0.0.1')
        expect(await exchange(socket, 'hello')).toMatch(expected)
      })
    }
    target.stop()
  })

  it('TLS: is terminated, and encrypted again for TLS targets', async () => {
    const [web, inner] = [await aCertificatePair({ now }), await aCertificatePair({ now })]
    const target = await tcpTarget()
    const [port, between] = [await freePort(), await freePort()]
    const healthCheck = { ...aGroupRoute('x', []).healthCheck, protocol: 'TCP' as const }
    const plain = network({
      port: between,
      certificates: [material('inner', inner)],
      listener: { protocol: 'TLS' },
      groups: [aGroupRoute('tcp', [aTargetRoute(target.port)], { protocol: 'TCP', healthCheck })],
    })
    const outer = network({
      port,
      certificates: [material('web', web)],
      listener: { protocol: 'TLS', alpnPolicy: ['HTTP2Preferred'] },
      groups: [aGroupRoute('tcp', [aTargetRoute(between)], { protocol: 'TLS', healthCheck })],
    })
    await using(program, plain, [between], async () => {
      await using(program, outer, [port], async () => {
        const socket = await handshake({ port, ALPNProtocols: ['h2'] })
        expect(socket.alpnProtocol).toBe('h2')
        expect(await exchange(socket, 'hello')).toBe('<hello>')
      })
    })
    target.stop()
  })

  it('load balancers share a port of one address by Host and by server name', async () => {
    const certificates = [
      material('a.test', await aCertificatePair({ now, names: ['a.test'] })),
      material('b.test', await aCertificatePair({ now, names: ['b.test'] })),
    ]
    const port = await freePort()
    const parts = (['a', 'b', 'c', 'd'] as const).map((name, index) => {
      const loadBalancer = aLoadBalancer({ name, loadBalancerId: `${index}`.repeat(16), addresses: ['127.66.0.1'] })
      const isEncrypted = index < 2
      return aRoutingTable({
        port,
        loadBalancer,
        certificates: isEncrypted ? certificates.slice(index, index + 1) : [],
        listener: {
          ...aListener({ loadBalancerArn: loadBalancer.loadBalancerArn }),
          port,
          protocol: isEncrypted ? 'HTTPS' : 'HTTP',
          certificateArns: isEncrypted ? [`${ARN}${name}.test`] : [],
        },
        rules: [aRuleRoute('default', [], [answerWith(name)])],
      })
    })
    const table: RoutingTable = {
      loadBalancers: new Map(parts.flatMap(({ loadBalancers }) => [...loadBalancers])),
      targetGroups: new Map(),
      certificates: new Map(certificates.map((each) => [each.certificateArn, each])),
      trustStores: new Map(),
    }
    const isBindable = (address: string): boolean => address === '127.0.0.1'
    await using(
      program,
      table,
      [port],
      async () => {
        const dnsName = (index: number): string => [...table.loadBalancers.values()][index]?.dnsName ?? ''
        const bodies = [
          await ask({ port, isEncrypted: true, servername: dnsName(0) }),
          await ask({ port, isEncrypted: true, servername: dnsName(1) }),
          await ask({ port, isEncrypted: true, servername: 'b.test' }),
          await ask({ port, headers: { host: dnsName(2) } }),
          await ask({ port, headers: { host: `${dnsName(3).toUpperCase()}:${port}` } }),
        ].map(({ body }) => body)
        expect(bodies).toEqual(['a', 'b', 'b', 'c', 'd'])
      },
      { sharedAddress: '127.0.0.1', isBindable },
    )
  })
})
