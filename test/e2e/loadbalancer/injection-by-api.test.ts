import type { Action, RuleCondition, RuleTransform } from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { routingItem } from '../../../src/controllers/load-balancing/routing-items.ts'
import {
  listenerAttributes,
  loadBalancerAttributes,
  targetGroupAttributes,
} from '../../../src/model/load-balancing/attributes.ts'
import type { RoutingItem } from '../../../src/model/load-balancing/messages.ts'
import type { RoutingTable } from '../../../src/model/load-balancing/routing.ts'
import { ElbSite } from '../../conformance/elbv2-site.ts'
import { ask } from './echo-target.ts'
import { freePort, HaproxyUnderTest, PROGRAMS } from './haproxy-under-test.ts'

/** What ends words, lines, formats, expressions or files somewhere. */
const HOSTILE = [
  `'`,
  `"`,
  `\\`,
  `x' }\n  http-request return status 299\n#`,
  `x\r\nInjected: 1`,
  'x\0y',
  'x\x7f\x1b[0m',
  '%[env(PATH)]%%%{+Q}',
  '${HOME} $x #{y}',
  '{ } ( ) , ; # | & -- if TRUE unless',
  '/"\\\'%[str(1)]#',
  'é\u2028\u{1f600}',
  '../../../etc/passwd',
  'x'.repeat(8192),
  '*',
  '(?#)',
  '',
]

type Put = (site: ElbSite, made: Made, value: string) => Promise<unknown>

interface Made {
  readonly loadBalancer: string
  readonly listener: string
  readonly secure: string
  readonly group: string
  readonly vpcId: string
  nextPriority: number
}

const inRule =
  (
    part: (value: string) => {
      readonly Conditions?: RuleCondition[]
      readonly Actions?: Action[]
      readonly Transforms?: RuleTransform[]
    },
  ): Put =>
  (site, made, value) =>
    site.elb.createRule({
      ListenerArn: made.secure,
      Priority: made.nextPriority++,
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/some*'] } }],
      Actions: [{ Type: 'forward', TargetGroupArn: made.group }],
      ...part(value),
    })

const condition = (of: (value: string) => RuleCondition): Put => inRule((value) => ({ Conditions: [of(value)] }))
const action = (of: (value: string) => Action): Put => inRule((value) => ({ Actions: [of(value)] }))
const before = (of: (value: string) => Action): Put =>
  inRule((value) => ({ Actions: [of(value), { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } }] }))
const transform = (of: (value: string) => RuleTransform): Put => inRule((value) => ({ Transforms: [of(value)] }))

const redirect = (part: 'Host' | 'Path' | 'Query' | 'Port' | 'Protocol'): Put =>
  action((value) => ({
    Type: 'redirect',
    RedirectConfig: { StatusCode: 'HTTP_301', Host: 'a.test', [part]: part === 'Path' ? `/${value}` : value },
  }))
const fixed = (part: 'MessageBody' | 'ContentType' | 'StatusCode'): Put =>
  action((value) => ({
    Type: 'fixed-response',
    FixedResponseConfig: { StatusCode: '200', MessageBody: 'x', [part]: value },
  }))
const jwt = (part: object): Action => ({
  Type: 'jwt-validation',
  JwtValidationConfig: { JwksEndpoint: 'https://a.test/keys', Issuer: 'i', ...part },
})
const oidc = (part: object): Action => ({
  Type: 'authenticate-oidc',
  AuthenticateOidcConfig: {
    Issuer: 'https://a.test',
    AuthorizationEndpoint: 'https://a.test/a',
    TokenEndpoint: 'https://a.test/t',
    UserInfoEndpoint: 'https://a.test/u',
    ClientId: 'c',
    ClientSecret: 's',
    ...part,
  },
})

const FIELDS: Readonly<Record<string, Put>> = {
  'the name of a load balancer': (site, _, Name) => site.elb.createLoadBalancer({ Name, Subnets: [...site.subnets] }),
  'the name of a target group': (site, _, Name) => site.targetGroup(Name),
  'the key of a tag': (site, made, Key) =>
    site.elb.addTags({ ResourceArns: [made.loadBalancer], Tags: [{ Key, Value: '' }] }),
  'the value of a tag': (site, made, Value) =>
    site.elb.addTags({ ResourceArns: [made.listener], Tags: [{ Key: 'k', Value }] }),
  'the id of a target': (site, made, Id) =>
    site.elb.registerTargets({ TargetGroupArn: made.group, Targets: [{ Id, Port: 80 }] }),
  'the zone of a target': (site, made, AvailabilityZone) =>
    site.elb.registerTargets({ TargetGroupArn: made.group, Targets: [{ Id: '10.1.1.1', Port: 80, AvailabilityZone }] }),
  'the path of a health check': (site, made, value) =>
    site.elb.modifyTargetGroup({ TargetGroupArn: made.group, HealthCheckPath: `/${value}` }),
  'the port of a health check': (site, made, HealthCheckPort) =>
    site.elb.modifyTargetGroup({ TargetGroupArn: made.group, HealthCheckPort }),
  'the matcher of a health check': (site, made, HttpCode) =>
    site.elb.modifyTargetGroup({ TargetGroupArn: made.group, Matcher: { HttpCode } }),
  'the policy of a listener': (site, made, SslPolicy) =>
    site.elb.modifyListener({ ListenerArn: made.secure, SslPolicy }),
  'the certificate of a listener': (site, made, CertificateArn) =>
    site.elb.modifyListener({ ListenerArn: made.secure, Certificates: [{ CertificateArn }] }),
  'the subject of a certificate': (site, _, value) => site.certificate(value),
  'a host': condition((value) => ({ Field: 'host-header', HostHeaderConfig: { Values: [`a.${value}`] } })),
  'an expression for hosts': condition((value) => ({
    Field: 'host-header',
    HostHeaderConfig: { RegexValues: [value] },
  })),
  'a path': condition((value) => ({ Field: 'path-pattern', PathPatternConfig: { Values: [`/p${value}`, '/q*r*'] } })),
  'an expression for paths': condition((value) => ({
    Field: 'path-pattern',
    PathPatternConfig: { RegexValues: [`^/p${value}`] },
  })),
  'the name of a header': condition((value) => ({
    Field: 'http-header',
    HttpHeaderConfig: { HttpHeaderName: value, Values: ['x'] },
  })),
  'the value of a header': condition((value) => ({
    Field: 'http-header',
    HttpHeaderConfig: { HttpHeaderName: 'x', Values: [`v${value}`] },
  })),
  'an expression for headers': condition((value) => ({
    Field: 'http-header',
    HttpHeaderConfig: { HttpHeaderName: 'x', RegexValues: [`v${value}`] },
  })),
  'a method': condition((value) => ({
    Field: 'http-request-method',
    HttpRequestMethodConfig: { Values: [`M${value}`] },
  })),
  'the key of a query': condition((Key) => ({
    Field: 'query-string',
    QueryStringConfig: { Values: [{ Key, Value: 'v' }] },
  })),
  'the value of a query': condition((value) => ({
    Field: 'query-string',
    QueryStringConfig: { Values: [{ Value: `v${value}` }] },
  })),
  'an address': condition((value) => ({ Field: 'source-ip', SourceIpConfig: { Values: [value] } })),
  'the host of a redirect': redirect('Host'),
  'the path of a redirect': redirect('Path'),
  'the query of a redirect': redirect('Query'),
  'the port of a redirect': redirect('Port'),
  'the protocol of a redirect': redirect('Protocol'),
  'the body of a response': fixed('MessageBody'),
  'the type of a response': fixed('ContentType'),
  'the status of a response': fixed('StatusCode'),
  'the issuer of tokens': before((Issuer) => jwt({ Issuer })),
  'the keys of an issuer': before((value) => jwt({ JwksEndpoint: `https://a.test/${value}` })),
  'the name of a claim': before((Name) => jwt({ AdditionalClaims: [{ Name, Format: 'string-array', Values: ['v'] }] })),
  'the value of a claim': before((value) =>
    jwt({ AdditionalClaims: [{ Name: 'n', Format: 'string-array', Values: [value] }] }),
  ),
  'the cookie of a session': before((SessionCookieName) => oidc({ SessionCookieName })),
  'the scope of a login': before((Scope) => oidc({ Scope })),
  'the client of a login': before((ClientId) => oidc({ ClientId })),
  'the endpoint of a login': before((value) => oidc({ AuthorizationEndpoint: `https://a.test/${value}` })),
  'a parameter of a login': before((value) => oidc({ AuthenticationRequestExtraParams: { a: value } })),
  'what is rewritten in a URL': transform((value) => ({
    Type: 'url-rewrite',
    UrlRewriteConfig: { Rewrites: [{ Regex: `a${value}`, Replace: 'b' }] },
  })),
  'what a URL is rewritten to': transform((value) => ({
    Type: 'url-rewrite',
    UrlRewriteConfig: { Rewrites: [{ Regex: 'a', Replace: value }] },
  })),
  'what a host is rewritten to': transform((value) => ({
    Type: 'host-header-rewrite',
    HostHeaderRewriteConfig: { Rewrites: [{ Regex: 'a', Replace: value }] },
  })),
}

/** Whatever attributes there are. */
const ATTRIBUTES: readonly (readonly [key: string, Put])[] = [
  ...Object.keys(loadBalancerAttributes({ type: 'application', attributes: {} } as never)).map((Key): [string, Put] => [
    Key,
    (site, made, Value) =>
      site.elb.modifyLoadBalancerAttributes({ LoadBalancerArn: made.loadBalancer, Attributes: [{ Key, Value }] }),
  ]),
  ...Object.keys(listenerAttributes({ protocol: 'HTTPS', attributes: {} } as never)).map((Key): [string, Put] => [
    Key,
    (site, made, Value) =>
      site.elb.modifyListenerAttributes({ ListenerArn: made.secure, Attributes: [{ Key, Value }] }),
  ]),
  ...Object.keys(targetGroupAttributes({ protocol: 'HTTP', targetType: 'ip', attributes: {} } as never)).map(
    (Key): [string, Put] => [
      Key,
      (site, made, Value) =>
        site.elb.modifyTargetGroupAttributes({ TargetGroupArn: made.group, Attributes: [{ Key, Value }] }),
    ],
  ),
]

/** What balancers are told, but for the address. */
const tableOf = (site: ElbSite): RoutingTable => {
  const { store, sealer } = site.server.deps
  const { tables } = store
  const items = <Kind extends RoutingItem['kind']>(kind: Kind, keys: readonly string[]) =>
    new Map(keys.map((key) => [key, routingItem(tables, sealer, { kind, key })?.value as never]))
  const routes: RoutingTable['loadBalancers'] = items(
    'loadBalancer',
    [...tables.loadBalancers.rows()].map(({ loadBalancerArn }) => loadBalancerArn),
  )
  return {
    loadBalancers: new Map(
      [...routes].map(([arn, route]) => [arn, { ...route, addresses: route.name === 'web' ? ['127.0.0.1'] : [] }]),
    ),
    targetGroups: items(
      'targetGroup',
      [...tables.targetGroups.rows()].map(({ targetGroupArn }) => targetGroupArn),
    ),
    certificates: items(
      'certificate',
      [...tables.listeners.rows()].flatMap(({ certificateArns }) => certificateArns),
    ),
    trustStores: new Map(),
  }
}

describe('texts given to the API', () => {
  let site: ElbSite
  let made: Made
  const ports: number[] = []

  beforeAll(async () => {
    site = await ElbSite.open()
    const loadBalancer = await site.loadBalancer('web')
    ports.push(await freePort(), await freePort())
    const answer: Action = { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200', MessageBody: 'marker' } }
    const listen = async (Protocol: 'HTTP' | 'HTTPS', Port: number | undefined, names: readonly string[]) => {
      const Certificates = await Promise.all(
        names.map(async (name) => ({ CertificateArn: await site.certificate(name) })),
      )
      const { Listeners } = await site.elb.createListener({
        LoadBalancerArn: loadBalancer,
        Protocol,
        Port,
        ...(Certificates.length > 0 && { Certificates }),
        DefaultActions: [answer],
      })
      return Listeners?.[0]?.ListenerArn ?? ''
    }
    made = {
      loadBalancer,
      listener: await listen('HTTP', ports[0], []),
      secure: await listen('HTTPS', ports[1], ['a.test']),
      group: await site.targetGroup('web'),
      vpcId: site.vpcId,
      nextPriority: 2,
    }
    // Some of the others take every path.
    await site.rule({
      ListenerArn: made.secure,
      Conditions: [{ Field: 'path-pattern', Values: ['/marker'] }],
      Actions: [answer],
    })
  })
  afterAll(() => site.close())

  /** `refused` with a fault of the caller, or taken. */
  const put = async (into: Put, value: string): Promise<'taken' | 'refused' | 'broken'> => {
    try {
      await into(site, made, value)
      return 'taken'
    } catch (error) {
      const { httpStatusCode: status = 0 } = (error as { $metadata?: { httpStatusCode?: number } }).$metadata ?? {}
      return status >= 400 && status < 500 ? 'refused' : 'broken'
    }
  }

  const everything = [...Object.entries(FIELDS), ...ATTRIBUTES]

  it.each(everything)('are refused, or are no more than texts: %s', async (name, into) => {
    const results = []
    // The certificate of a name is made by the test itself, which some names do not let it.
    for (const value of HOSTILE) results.push([value.slice(0, 40), await put(into, value)])
    const broken = name === 'the subject of a certificate' ? [] : results.filter(([, result]) => result === 'broken')
    expect(broken).toEqual([])
  })

  it.each(PROGRAMS)('change nothing for others, by %s', async (program) => {
    const table = tableOf(site)
    const haproxy = await HaproxyUnderTest.start(program, table, ports)
    try {
      const answers = []
      for (const [index, port] of ports.entries())
        answers.push(await ask({ port, path: '/marker', isEncrypted: index === 1, headers: { host: 'a.test' } }))
      expect(answers.map(({ status, body }) => [status, body])).toEqual(answers.map(() => [200, 'marker']))
      const rules = [...table.loadBalancers.values()].flatMap(({ listeners }) => listeners.flatMap((one) => one.rules))
      expect(rules.length).toBeGreaterThan(100)
      expect(haproxy.rendered.text).not.toMatch(/^\s*http-request return status 299/m)
      expect(haproxy.printed).not.toContain('ALERT')
    } finally {
      await haproxy.stop()
    }
  })
})
