import { describe, expect, it } from 'vitest'
import { aGroupRoute, aRoutingTable, aRuleRoute, forwardTo } from '../../../test/e2e/loadbalancer/a-route.ts'
import type { LoadBalancerRecord, ListenerRecord } from '../../model/load-balancing/records.ts'
import type { CertificateMaterial } from '../../model/load-balancing/routing.ts'
import type { AccessFields, ConnectionFields } from '../configuration/access-log.ts'
import type { RenderedConfiguration } from '../configuration/settings.ts'
import { albLine, requestOfLog } from './alb-line.ts'
import { nlbLine } from './nlb-line.ts'

const BEGAN = Date.UTC(2026, 0, 2, 3, 4, 5, 6)
const ARN = 'arn:aws:acm:us-east-1:000000000000:certificate/'
const certificate = (id: string, ...domainNames: readonly string[]): CertificateMaterial => ({
  certificateArn: `${ARN}${id}`,
  chain: '',
  privateKey: '',
  domainNames,
})
const CERTIFICATES = [certificate('first', 'www.test'), certificate('wild', '*.example.com')]

const world = (listener: Partial<ListenerRecord> = {}, loadBalancer: Partial<LoadBalancerRecord> = {}) => {
  const groups = [aGroupRoute('web', [])]
  const rules = [aRuleRoute('default', [], [forwardTo('web')])]
  const table = aRoutingTable({ port: 80, groups, rules, listener, loadBalancer, certificates: CERTIFICATES })
  const [found] = [...table.loadBalancers.values()]
  const rendered = {
    rules: new Map([
      ['r1', { priority: 7, actions: ['authenticate-oidc', 'forward'] }],
      ['r2', { priority: 8, actions: ['redirect'] }],
      ['default', { priority: 'default', actions: ['forward'] }],
    ]),
    backends: new Map([['web', { targetGroupArn: groups[0]!.targetGroupArn }]]),
  } as unknown as RenderedConfiguration
  return { table, rendered, found: { loadBalancer: found!, listener: found!.listeners[0]! } }
}

const FIELDS: AccessFields = {
  section: 'l1',
  rule: 'r1',
  backend: 'web',
  server: 'a:80',
  clientAddress: '10.0.0.9',
  clientPort: '4711',
  targetAddress: '10.0.1.2',
  targetPort: '8080',
  beganSeconds: String(Math.floor(BEGAN / 1000)),
  beganMilliseconds: '6',
  requestMilliseconds: '1',
  queueMilliseconds: '2',
  connectMilliseconds: '3',
  responseMilliseconds: '40',
  totalMilliseconds: '500',
  status: '200',
  receivedBytes: '34',
  sentBytes: '366',
  termination: '--',
  method: 'GET',
  url: '/a?b=1',
  version: 'HTTP/1.1',
  host: 'www.test:80',
  userAgent: 'curl/8',
  traceId: 'Root=1-58337262-36d228ad5d99923122bbe354',
  location: '',
  cipher: '-',
  tlsVersion: '-',
  serverName: '',
  retries: '0',
  reason: '',
}

const requestLine = (given: Partial<AccessFields> = {}, listener: Partial<ListenerRecord> = {}): string[] => {
  const { table, rendered, found } = world(listener)
  const line = albLine(requestOfLog({ ...FIELDS, ...given }, found, table, rendered))
  return Array.from(line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g), ([text]) => text)
}

describe('a request in an access log', () => {
  it('has the fields of an Application Load Balancer in their order', () => {
    expect(requestLine()).toEqual([
      'http',
      '2026-01-02T03:04:05.506000Z',
      'app/web/50dc6c495c0c9188',
      '10.0.0.9:4711',
      '10.0.1.2:8080',
      '0.005',
      '0.040',
      '0.454',
      '200',
      '200',
      '34',
      '366',
      '"GET http://www.test:80/a?b=1 HTTP/1.1"',
      '"curl/8"',
      '-',
      '-',
      expect.stringMatching(/^arn:aws:elasticloadbalancing:.*:targetgroup\/web\//),
      '"Root=1-58337262-36d228ad5d99923122bbe354"',
      '"-"',
      '"-"',
      '7',
      '2026-01-02T03:04:05.006000Z',
      '"authenticate,forward"',
      '"-"',
      '"-"',
      '"10.0.1.2:8080"',
      '"200"',
      '"-"',
      '"-"',
      '-',
      '"-"',
      '"-"',
      '"-"',
    ])
  })

  it('names the certificate that was shown, with TLS', () => {
    const shown = (serverName: string): string | undefined =>
      requestLine({ serverName, tlsVersion: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256' }, { protocol: 'HTTPS' })[19]
    expect(shown('www.test')).toBe(`"${ARN}first"`)
    expect(shown('a.example.com')).toBe(`"${ARN}wild"`)
    expect(shown('a.b.example.com')).toBe(`"${ARN}first"`)
  })

  it.each([
    ['http', {}, 'HTTP'],
    ['https', {}, 'HTTPS'],
    ['h2', { version: 'HTTP/2.0' }, 'HTTPS'],
    ['ws', { status: '101' }, 'HTTP'],
    ['wss', { status: '101' }, 'HTTPS'],
  ] as const)('is %s', (type, given, protocol) => expect(requestLine(given, { protocol })[0]).toBe(type))

  it('that no target got has no target and no times', () => {
    const fields = requestLine({
      backend: 'x',
      connectMilliseconds: '-1',
      responseMilliseconds: '-1',
      targetPort: '0',
      status: '503',
    })
    expect(fields.slice(4, 10)).toEqual(['-', '-1', '-1', '-1', '503', '-'])
    expect([fields[16], fields[25], fields[26]]).toEqual(['-', '"-"', '"-"'])
  })

  it('that a target did not answer has none of its status', () =>
    expect(requestLine({ responseMilliseconds: '-1', status: '502' }).slice(4, 10)).toEqual([
      '10.0.1.2:8080',
      '0.005',
      '-1',
      '-1',
      '502',
      '-',
    ]))

  it('tells where it was redirected to, and its rule', () => {
    expect(requestLine({ rule: 'r2', location: 'https://other.test/' })[23]).toBe('"https://other.test/"')
    expect(requestLine({ rule: 'default' })[20]).toBe('0')
    expect(requestLine({ rule: '' }).slice(20, 23)).toEqual(['-1', expect.anything(), '"-"'])
  })

  it('cannot be taken for something else by what clients send', () => {
    const fields = requestLine({ userAgent: 'a" "b\\\u0001ü', url: '/"\n' })
    expect(fields).toHaveLength(33)
    expect(fields[13]).toBe('"a\\" \\"b\\\\\\x01\\xFC"')
  })

  it('that could not be read is none', () => expect(requestLine({ method: '<BADREQ>' })[12]).toBe('"- - -"'))
})

const CONNECTION: ConnectionFields = {
  section: 'l1',
  clientAddress: '10.0.0.9',
  clientPort: '4711',
  listenerAddress: '10.0.0.1',
  listenerPort: '443',
  beganSeconds: String(Math.floor(BEGAN / 1000)),
  beganMilliseconds: '6',
  handshakeMilliseconds: '12',
  totalMilliseconds: '5000',
  receivedBytes: '98',
  sentBytes: '246',
  cipher: 'TLS_AES_128_GCM_SHA256',
  tlsVersion: 'TLSv1.3',
  serverName: 'www.test',
  protocol: 'h2',
}

const connectionLine = (given: Partial<ConnectionFields> = {}): string | undefined => {
  const { table, found } = world({ protocol: 'TLS' }, { type: 'network' })
  return nlbLine({ ...CONNECTION, ...given }, found, table)
}

describe('a connection in an access log', () => {
  it('has the fields of a Network Load Balancer in their order', () =>
    expect(connectionLine()?.split(' ')).toEqual([
      'tls',
      '2.0',
      '2026-01-02T03:04:10',
      'net/web/50dc6c495c0c9188',
      'f2f7dc8efc522ab2',
      '10.0.0.9:4711',
      '10.0.0.1:443',
      '5012',
      '12',
      '98',
      '246',
      '-',
      `${ARN}first`,
      '-',
      'TLS_AES_128_GCM_SHA256',
      'tlsv13',
      '-',
      'www.test',
      'h2',
      '-',
      '-',
      '2026-01-02T03:04:05',
    ]))

  it('says nothing of what there was not', () => {
    const fields = connectionLine({ tlsVersion: '-', cipher: '-', serverName: '', protocol: '' })?.split(' ')
    expect([fields?.[8], ...(fields?.slice(14, 19) ?? [])]).toEqual(['-', '-', '-', '-', '-', '-'])
  })

  it('is not made of a line that was cut off', () => expect(connectionLine({ sentBytes: '' })).toBeUndefined())
})
