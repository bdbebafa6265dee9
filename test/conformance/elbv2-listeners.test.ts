/** Listeners, their certificates and attributes, and security policies through the AWS SDK for JavaScript and the AWS CLI, over HTTP. */
import {
  type CreateListenerInput,
  paginateDescribeListenerCertificates,
  paginateDescribeListeners,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runAws } from '../aws-cli.ts'
import { ElbSite, faultOf, listenerName, NOT_FOUND } from './elbv2-site.ts'

let site: ElbSite
let alb: string
let nlb: string
let web: string
let raw: string
let certificate: string
let other: string

beforeAll(async () => {
  site = await ElbSite.open()
  alb = await site.loadBalancer('web')
  nlb = await site.loadBalancer('raw', 'network')
  web = await site.targetGroup('web')
  raw = await site.targetGroup('raw', { Protocol: 'TCP' })
  certificate = await site.certificate('a.example.com')
  other = await site.certificate('b.example.com')
})
afterAll(() => site.close())

const forward = (arn: string) => ({ Type: 'forward', TargetGroupArn: arn }) as const
const described = (arn: string) => ({
  ...forward(arn),
  ForwardConfig: {
    TargetGroups: [{ TargetGroupArn: arn, Weight: 1 }],
    TargetGroupStickinessConfig: { Enabled: false },
  },
})

const read = async (arn = '') => (await site.elb.describeListeners({ ListenerArns: [arn] })).Listeners?.[0]
const usersOf = async (arn: string) =>
  (await site.elb.describeTargetGroups({ TargetGroupArns: [arn] })).TargetGroups?.[0]?.LoadBalancerArns

describe('a listener', () => {
  it('reads back as it was made, and its target group knows the load balancer', async () => {
    const tags = [{ Key: 'Stage', Value: 'test' }]
    const made = await site.listener({ LoadBalancerArn: alb, Port: 80, DefaultActions: [forward(web)], Tags: tags })
    expect(made).toEqual({
      ListenerArn: expect.stringMatching(new RegExp(`^${listenerName(alb)}/[0-9a-f]{16}$`)),
      LoadBalancerArn: alb,
      Port: 80,
      Protocol: 'HTTP',
      DefaultActions: [described(web)],
    })
    expect(await read(made.ListenerArn)).toEqual(made)
    expect(await usersOf(web)).toEqual([alb])
    const { TagDescriptions: tagged } = await site.elb.describeTags({ ResourceArns: [made.ListenerArn ?? ''] })
    expect(tagged?.[0]?.Tags).toEqual(tags)
    await site.elb.deleteListener({ ListenerArn: made.ListenerArn })
    expect(await usersOf(web)).toEqual([])
    expect(await faultOf(read(made.ListenerArn))).toContain(
      'ListenerNotFoundException: One or more listeners not found',
    )
  })

  it('with TLS has a certificate, a policy and mutual authentication', async () => {
    const made = await site.listener({
      LoadBalancerArn: alb,
      Protocol: 'HTTPS',
      Port: 443,
      Certificates: [{ CertificateArn: certificate }],
    })
    expect(made).toMatchObject({
      Certificates: [{ CertificateArn: certificate }],
      SslPolicy: 'ELBSecurityPolicy-2016-08',
      MutualAuthentication: { Mode: 'off' },
    })
    const { Listeners: changed } = await site.elb.modifyListener({
      ListenerArn: made.ListenerArn,
      Certificates: [{ CertificateArn: other }],
      SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
      MutualAuthentication: { Mode: 'passthrough' },
    })
    expect(changed).toEqual([
      {
        ...made,
        Certificates: [{ CertificateArn: other }],
        SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
        MutualAuthentication: { Mode: 'passthrough' },
      },
    ])
    const { Listeners: plain } = await site.elb.modifyListener({ ListenerArn: made.ListenerArn, Protocol: 'HTTP' })
    expect(plain).toEqual([
      { ListenerArn: made.ListenerArn, LoadBalancerArn: alb, Port: 443, Protocol: 'HTTP', DefaultActions: [NOT_FOUND] },
    ])
    await site.elb.deleteListener({ ListenerArn: made.ListenerArn })
  })

  it('of a Network Load Balancer may have an ALPN policy and weighted target groups', async () => {
    const second = await site.targetGroup('raw2', { Protocol: 'TCP' })
    const made = await site.listener({
      LoadBalancerArn: nlb,
      Protocol: 'TLS',
      Port: 443,
      Certificates: [{ CertificateArn: certificate }],
      AlpnPolicy: ['HTTP2Preferred'],
      DefaultActions: [forward(raw)],
    })
    expect(made.AlpnPolicy).toEqual(['HTTP2Preferred'])
    const groups = [
      { TargetGroupArn: raw, Weight: 9 },
      { TargetGroupArn: second, Weight: 1 },
    ]
    const { Listeners: changed } = await site.elb.modifyListener({
      ListenerArn: made.ListenerArn,
      DefaultActions: [{ Type: 'forward', ForwardConfig: { TargetGroups: groups } }],
    })
    expect(changed?.[0]?.DefaultActions?.[0]).toMatchObject({ ForwardConfig: { TargetGroups: groups } })
    expect(changed?.[0]?.DefaultActions?.[0]).not.toHaveProperty('TargetGroupArn')
    expect(await usersOf(second)).toEqual([nlb])
    await site.elb.deleteListener({ ListenerArn: made.ListenerArn })
  })

  it('is gone with its load balancer, and so is what its target groups know', async () => {
    const arn = await site.loadBalancer('short')
    await site.listener({ LoadBalancerArn: arn, DefaultActions: [forward(web)] })
    await site.elb.deleteLoadBalancer({ LoadBalancerArn: arn })
    expect(await usersOf(web)).toEqual([])
  })

  it('is found by pages, in the order of ports', async () => {
    const arn = await site.loadBalancer('many')
    for (const port of [8080, 80, 443]) await site.listener({ LoadBalancerArn: arn, Port: port })
    const ports: (number | undefined)[] = []
    for await (const { Listeners: page } of paginateDescribeListeners(
      { client: site.elb, pageSize: 2 },
      { LoadBalancerArn: arn },
    ))
      ports.push(...(page ?? []).map(({ Port: port }) => port))
    expect(ports).toEqual([80, 443, 8080])
  })
})

describe('listeners are refused', () => {
  const tls = { Protocol: 'HTTPS', Port: 8443 } as const
  const cases: [string, () => Partial<CreateListenerInput & { LoadBalancerArn: string }>, string][] = [
    ['of an unknown load balancer', () => ({ LoadBalancerArn: `${alb}0` }), 'LoadBalancerNotFoundException'],
    ['of what is none', () => ({ LoadBalancerArn: web }), 'is not a valid load balancer ARN'],
    ['with other protocols', () => ({ Protocol: 'TCP' }), "Protocol 'TCP' must be one of 'HTTP, HTTPS'"],
    ['with QUIC', () => ({ LoadBalancerArn: nlb, Protocol: 'QUIC' }), "must be one of 'TCP, TLS, UDP, TCP_UDP'"],
    ['without a port', () => ({ Port: undefined }), 'A listener port must be specified'],
    ['with port 65536', () => ({ Port: 65_536 }), 'must be between 1 and 65535'],
    ['without a certificate', () => tls, 'A certificate must be specified for HTTPS listeners'],
    [
      'with two certificates',
      () => ({ ...tls, Certificates: [{ CertificateArn: certificate }, { CertificateArn: other }] }),
      'Only one certificate can be specified',
    ],
    [
      'with unknown certificates',
      () => ({ ...tls, Certificates: [{ CertificateArn: `${certificate}0` }] }),
      'CertificateNotFoundException',
    ],
    [
      'with IsDefault',
      () => ({ ...tls, Certificates: [{ CertificateArn: certificate, IsDefault: true }] }),
      'You cannot set the IsDefault parameter',
    ],
    [
      'with a certificate but no TLS',
      () => ({ Certificates: [{ CertificateArn: certificate }] }),
      'for HTTP listeners',
    ],
    [
      'with unknown policies',
      () => ({ ...tls, Certificates: [{ CertificateArn: certificate }], SslPolicy: 'none' }),
      "SSLPolicyNotFoundException: SSL policy 'none' not found",
    ],
    ['with a policy but no TLS', () => ({ SslPolicy: 'ELBSecurityPolicy-2016-08' }), 'for HTTP listeners'],
    ['with ALPN but no TLS', () => ({ AlpnPolicy: ['None'] }), 'for HTTP listeners'],
    [
      'with unknown ALPN policies',
      () => ({
        LoadBalancerArn: nlb,
        Protocol: 'TLS',
        Certificates: [{ CertificateArn: certificate }],
        AlpnPolicy: ['HTTP3'],
        DefaultActions: [forward(raw)],
      }),
      'ALPNPolicyNotSupportedException',
    ],
    ['with mutual authentication but no TLS', () => ({ MutualAuthentication: { Mode: 'off' } }), 'for HTTP listeners'],
    [
      'that verify without a trust store',
      () => ({ ...tls, Certificates: [{ CertificateArn: certificate }], MutualAuthentication: { Mode: 'verify' } }),
      'A trust store must be specified',
    ],
    ['with unknown target groups', () => ({ DefaultActions: [forward(`${web}0`)] }), 'TargetGroupNotFoundException'],
    [
      'with target groups of other protocols',
      () => ({ DefaultActions: [forward(raw)] }),
      "IncompatibleProtocolsException: Listener protocol 'HTTP' is not supported with a target group with the protocol 'TCP'",
    ],
    ['without actions', () => ({ DefaultActions: [] }), 'An action must be specified'],
    [
      'with redirects in a circle',
      () => ({ DefaultActions: [{ Type: 'redirect', RedirectConfig: { StatusCode: 'HTTP_301' } }] }),
      'InvalidLoadBalancerActionException: The redirect configuration is not valid because it creates a loop.',
    ],
  ]
  it.each(cases)('%s', async (_, given, expected) => {
    expect(await faultOf(site.listener({ LoadBalancerArn: alb, Port: 81, ...given() }))).toContain(expected)
  })

  it('on a port that is taken', async () => {
    const { ListenerArn: arn } = await site.listener({ LoadBalancerArn: alb, Port: 90 })
    const same = await site.listener({ LoadBalancerArn: alb, Port: 90 })
    expect(same.ListenerArn).toBe(arn)
    const again = await faultOf(site.listener({ LoadBalancerArn: alb, Port: 90, DefaultActions: [forward(web)] }))
    expect(again).toContain('DuplicateListenerException: A listener already exists on this port')
    await site.elb.deleteListener({ ListenerArn: arn })
  })

  it('whose target group serves another load balancer', async () => {
    const { ListenerArn: arn } = await site.listener({ LoadBalancerArn: alb, DefaultActions: [forward(web)] })
    const second = await site.loadBalancer('second')
    const refused = await faultOf(site.listener({ LoadBalancerArn: second, DefaultActions: [forward(web)] }))
    expect(refused).toContain('TargetGroupAssociationLimitException: The following target groups cannot be associated')
    await site.elb.deleteListener({ ListenerArn: arn })
  })

  it('beyond the fiftieth', async () => {
    const arn = await site.loadBalancer('full')
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => site.listener({ LoadBalancerArn: arn, Port: index + 1 })),
    )
    expect(await faultOf(site.listener({ LoadBalancerArn: arn, Port: 60 }))).toContain('TooManyListenersException')
  })

  it('when nothing or too much is named to describe', async () => {
    expect(await faultOf(site.elb.describeListeners({}))).toContain('either listener ARNs or a load balancer ARN')
    const both = site.elb.describeListeners({ LoadBalancerArn: alb, ListenerArns: [listenerName(alb)] })
    expect(await faultOf(both)).toContain('either listener ARNs or a load balancer ARN')
    expect(await faultOf(site.elb.describeListeners({ LoadBalancerArn: alb, Marker: 'x' }))).toContain('Invalid marker')
    expect(await faultOf(site.elb.deleteListener({ ListenerArn: `${listenerName(alb)}/0123456789abcdef` }))).toContain(
      'ListenerNotFoundException',
    )
  })
})

describe('certificates of a listener', () => {
  it('come and go, all but the default one', async () => {
    const { ListenerArn: arn } = await site.listener({
      LoadBalancerArn: alb,
      Protocol: 'HTTPS',
      Port: 444,
      Certificates: [{ CertificateArn: certificate }],
    })
    const added = { ListenerArn: arn, Certificates: [{ CertificateArn: other }] }
    const { Certificates: answered } = await site.elb.addListenerCertificates(added)
    expect(answered).toEqual([{ CertificateArn: other, IsDefault: false }])
    await site.elb.addListenerCertificates(added)
    const found: unknown[] = []
    const pages = paginateDescribeListenerCertificates({ client: site.elb, pageSize: 1 }, { ListenerArn: arn })
    for await (const { Certificates: page } of pages) found.push(...(page ?? []))
    expect(found).toEqual([
      { CertificateArn: certificate, IsDefault: true },
      { CertificateArn: other, IsDefault: false },
    ])
    const first = site.elb.removeListenerCertificates({
      ListenerArn: arn,
      Certificates: [{ CertificateArn: certificate }],
    })
    expect(await faultOf(first)).toContain('OperationNotPermittedException')
    await site.elb.removeListenerCertificates(added)
    const { Certificates: left } = await site.elb.describeListenerCertificates({ ListenerArn: arn })
    expect(left).toEqual([{ CertificateArn: certificate, IsDefault: true }])
    await site.elb.deleteListener({ ListenerArn: arn })
  })

  it('are for listeners with TLS', async () => {
    const { ListenerArn: arn } = await site.listener({ LoadBalancerArn: alb, Port: 91 })
    const added = { ListenerArn: arn, Certificates: [{ CertificateArn: other }] }
    expect(await faultOf(site.elb.addListenerCertificates(added))).toContain("with protocol 'HTTP'")
    await site.elb.deleteListener({ ListenerArn: arn })
  })
})

describe('attributes of a listener', () => {
  it('are changed and read back', async () => {
    const { ListenerArn: arn } = await site.listener({
      LoadBalancerArn: nlb,
      Protocol: 'TCP',
      DefaultActions: [forward(raw)],
    })
    const attributes = [{ Key: 'tcp.idle_timeout.seconds', Value: '60' }]
    const { Attributes: changed } = await site.elb.modifyListenerAttributes({
      ListenerArn: arn,
      Attributes: attributes,
    })
    expect(changed).toEqual(attributes)
    expect((await site.elb.describeListenerAttributes({ ListenerArn: arn })).Attributes).toEqual(attributes)
    const wrong = [{ Key: 'tcp.idle_timeout.seconds', Value: '6001' }]
    expect(await faultOf(site.elb.modifyListenerAttributes({ ListenerArn: arn, Attributes: wrong }))).toContain('6000')
    await site.elb.deleteListener({ ListenerArn: arn })
  })
})

describe('security policies', () => {
  it('are listed by pages, with their ciphers', async () => {
    const { SslPolicies: all = [] } = await site.elb.describeSSLPolicies({})
    expect(all[0]).toMatchObject({ Name: 'ELBSecurityPolicy-2016-08' })
    const { SslPolicies: first, NextMarker: marker } = await site.elb.describeSSLPolicies({ PageSize: 10 })
    const { SslPolicies: rest } = await site.elb.describeSSLPolicies({ Marker: marker })
    expect([...(first ?? []), ...(rest ?? [])]).toEqual(all)
    const { SslPolicies: found } = await site.elb.describeSSLPolicies({
      Names: ['ELBSecurityPolicy-TLS13-1-3-2021-06'],
    })
    expect(found).toEqual([
      {
        Name: 'ELBSecurityPolicy-TLS13-1-3-2021-06',
        SslProtocols: ['TLSv1.3'],
        Ciphers: ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'].map(
          (Name, index) => ({ Name, Priority: index + 1 }),
        ),
        SupportedLoadBalancerTypes: ['application', 'network'],
      },
    ])
  })

  it('that are unknown are refused', async () =>
    expect(await faultOf(site.elb.describeSSLPolicies({ Names: ['none'] }))).toContain('SSLPolicyNotFoundException'))
})

describe('the AWS CLI', () => {
  it('makes and describes listeners', async () => {
    const arn = await site.loadBalancer('cli')
    const group = await site.targetGroup('cli')
    const aws = async (command: string): Promise<string> =>
      (await runAws(site.server.client, 'elbv2', ...command.split(' '), '--output', 'text')).trim()
    const made = `create-listener --load-balancer-arn ${arn} --protocol HTTP --port 80`
    const action = `--default-actions Type=forward,TargetGroupArn=${group}`
    expect(await aws(`${made} ${action} --query Listeners[0].DefaultActions[0].TargetGroupArn`)).toBe(group)
    expect(await aws(`describe-listeners --load-balancer-arn ${arn} --query Listeners[].Port`)).toBe('80')
  })
})
