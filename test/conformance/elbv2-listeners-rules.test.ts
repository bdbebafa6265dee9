/** Rules of listeners through the AWS SDK for JavaScript and the AWS CLI, over HTTP. */
import {
  type Action,
  type CreateRuleInput,
  paginateDescribeRules,
  type RuleCondition,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { clientSecretPurpose } from '../../src/model/load-balancing/records.ts'
import { runAws } from '../aws-cli.ts'
import { ElbSite, faultOf, NOT_FOUND } from './elbv2-site.ts'

let site: ElbSite
let alb: string
let web: string
let api: string
let http: string
let https: string
let port = 1000

beforeAll(async () => {
  site = await ElbSite.open()
  alb = await site.loadBalancer('web')
  web = await site.targetGroup('web')
  api = await site.targetGroup('api')
  const certificate = await site.certificate('a.example.com')
  const tls = await site.listener({
    LoadBalancerArn: alb,
    Protocol: 'HTTPS',
    Port: 443,
    Certificates: [{ CertificateArn: certificate }],
  })
  https = tls.ListenerArn ?? ''
})
beforeEach(async () => {
  http = (await site.listener({ LoadBalancerArn: alb, Port: port++ })).ListenerArn ?? ''
})
afterAll(() => site.close())

const read = async (arn = '') => (await site.elb.describeRules({ RuleArns: [arn] })).Rules?.[0]
const usersOf = async (arn: string) =>
  (await site.elb.describeTargetGroups({ TargetGroupArns: [arn] })).TargetGroups?.[0]?.LoadBalancerArns
const priorities = async () =>
  (await site.elb.describeRules({ ListenerArn: http })).Rules?.map(({ Priority: priority }) => priority)
const defaultRule = async () =>
  (await site.elb.describeRules({ ListenerArn: http })).Rules?.find(({ IsDefault: isDefault }) => isDefault)?.RuleArn

const oidc = (config: object): Action => ({
  Type: 'authenticate-oidc',
  Order: 1,
  AuthenticateOidcConfig: {
    Issuer: 'https://idp.example.com',
    AuthorizationEndpoint: 'https://idp.example.com/authorize',
    TokenEndpoint: 'https://idp.example.com/token',
    UserInfoEndpoint: 'https://idp.example.com/me',
    ClientId: 'web',
    ...config,
  },
})

describe('a rule', () => {
  it('reads back in both forms of conditions and actions', async () => {
    const conditions: RuleCondition[] = [
      { Field: 'host-header', Values: ['*.example.com'] },
      { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Stage', Values: ['beta'] } },
      { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'v', Value: '1' }, { Value: 'any' }] } },
      { Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } },
    ]
    const made = await site.rule({
      ListenerArn: http,
      Priority: 7,
      Conditions: conditions,
      Actions: [{ Type: 'forward', TargetGroupArn: web }],
      Tags: [{ Key: 'Stage', Value: 'test' }],
    })
    expect(made).toEqual({
      RuleArn: expect.stringMatching(new RegExp(`^${http.replace(':listener/', ':listener-rule/')}/[0-9a-f]{16}$`)),
      Priority: '7',
      Conditions: [{ ...conditions[0], HostHeaderConfig: { Values: ['*.example.com'] } }, ...conditions.slice(1)],
      Actions: [
        {
          Type: 'forward',
          TargetGroupArn: web,
          ForwardConfig: {
            TargetGroups: [{ TargetGroupArn: web, Weight: 1 }],
            TargetGroupStickinessConfig: { Enabled: false },
          },
        },
      ],
      IsDefault: false,
      Transforms: [],
    })
    expect(await read(made.RuleArn)).toEqual(made)
    expect(await usersOf(web)).toEqual([alb])
    await site.elb.deleteRule({ RuleArn: made.RuleArn })
    expect(await usersOf(web)).toEqual([])
    expect(await faultOf(read(made.RuleArn))).toContain('RuleNotFoundException: One or more rules not found')
  })

  it('is modified in what the request names', async () => {
    const transforms = [
      { Type: 'url-rewrite' as const, UrlRewriteConfig: { Rewrites: [{ Regex: '^/a', Replace: '/b' }] } },
    ]
    const made = await site.rule({
      ListenerArn: http,
      Actions: [{ Type: 'forward', TargetGroupArn: web }],
      Transforms: transforms,
    })
    expect(made.Transforms).toEqual(transforms)
    const groups = [
      { TargetGroupArn: web, Weight: 80 },
      { TargetGroupArn: api, Weight: 20 },
    ]
    const { Rules: shifted } = await site.elb.modifyRule({
      RuleArn: made.RuleArn,
      Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups: groups } }],
    })
    expect(shifted?.[0]).toMatchObject({ Conditions: made.Conditions, Transforms: transforms })
    expect(shifted?.[0]?.Actions?.[0]?.ForwardConfig?.TargetGroups).toEqual(groups)
    expect([await usersOf(web), await usersOf(api)]).toEqual([[alb], [alb]])
    const { Rules: changed } = await site.elb.modifyRule({
      RuleArn: made.RuleArn,
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { RegexValues: ['^/v[0-9]+/'] } }],
      Actions: [NOT_FOUND],
      ResetTransforms: true,
    })
    expect(changed?.[0]).toEqual({
      ...made,
      Conditions: [
        {
          Field: 'path-pattern',
          RegexValues: ['^/v[0-9]+/'],
          PathPatternConfig: { RegexValues: ['^/v[0-9]+/'] },
        },
      ],
      Actions: [NOT_FOUND],
      Transforms: [],
    })
    expect([await usersOf(web), await usersOf(api)]).toEqual([[], []])
  })

  it('keeps the secret of its client to itself', async () => {
    const secretOf = async (arn = '') => {
      const { tx, sealer } = { tx: site.server.deps.store.tables, sealer: site.server.deps.sealer }
      const sealed = tx.rules.get(arn)?.clientSecret
      return sealed && sealer.open(sealed, clientSecretPurpose({ ruleArn: arn })).toString()
    }
    const last: Action = { ...NOT_FOUND, Order: 2 }
    const made = await site.rule({ ListenerArn: https, Actions: [last, oidc({ ClientSecret: 'hush' })] })
    expect(made.Actions).toEqual([
      oidc({
        SessionCookieName: 'AWSELBAuthSessionCookie',
        Scope: 'openid',
        SessionTimeout: 604_800,
        OnUnauthenticatedRequest: 'authenticate',
      }),
      last,
    ])
    expect(await secretOf(made.RuleArn)).toBe('hush')
    const kept = { RuleArn: made.RuleArn, Actions: [oidc({ UseExistingClientSecret: true, Scope: 'email' }), last] }
    const { Rules: changed } = await site.elb.modifyRule(kept)
    expect(changed?.[0]?.Actions?.[0]?.AuthenticateOidcConfig).toMatchObject({ Scope: 'email' })
    expect(await secretOf(made.RuleArn)).toBe('hush')
    const plain = { ListenerArn: https, Protocol: 'HTTP' } as const
    expect(await faultOf(site.elb.modifyListener(plain))).toContain('InvalidConfigurationRequestException')
    await site.elb.modifyRule({ RuleArn: made.RuleArn, Actions: [NOT_FOUND] })
    expect(await secretOf(made.RuleArn)).toBeUndefined()
    expect(await faultOf(site.elb.modifyRule(kept))).toContain('There is no existing client secret')
    await site.elb.deleteRule({ RuleArn: made.RuleArn })
  })

  it('of a Network Load Balancer tells IPv4 from IPv6', async () => {
    const nlb = await site.loadBalancer('raw', 'network')
    const raw = await site.targetGroup('raw', { Protocol: 'TCP' })
    const udp = await site.targetGroup('udp', { Protocol: 'UDP' })
    const actions: Action[] = [{ Type: 'forward', TargetGroupArn: raw }]
    const tcp = await site.listener({ LoadBalancerArn: nlb, Protocol: 'TCP', DefaultActions: actions })
    const conditions: RuleCondition[] = [{ Field: 'source-ip', SourceIpConfig: { IpAddressType: 'ipv6' } }]
    const rule = { Conditions: conditions, Actions: actions }
    expect(await site.rule({ ListenerArn: tcp.ListenerArn ?? '', ...rule })).toMatchObject({ Conditions: conditions })
    const other = await site.listener({
      LoadBalancerArn: nlb,
      Protocol: 'UDP',
      Port: 53,
      DefaultActions: [{ Type: 'forward', TargetGroupArn: udp }],
    })
    const refused = await faultOf(site.rule({ ListenerArn: other.ListenerArn ?? '', ...rule }))
    expect(refused).toContain("Rules are not supported by listeners with protocol 'UDP'")
  })
})

describe('the rules of a listener', () => {
  it('are described in the order in which they are tried, by pages', async () => {
    for (const priority of [30, 4, 100]) await site.rule({ ListenerArn: http, Priority: priority })
    const found: (string | undefined)[] = []
    for await (const { Rules: page } of paginateDescribeRules({ client: site.elb, pageSize: 3 }, { ListenerArn: http }))
      found.push(...(page ?? []).map(({ Priority: priority }) => priority))
    expect(found).toEqual(['4', '30', '100', 'default'])
  })

  it('change places at once', async () => {
    const [one, two, three] = [
      await site.rule({ ListenerArn: http, Priority: 1 }),
      await site.rule({ ListenerArn: http, Priority: 2 }),
      await site.rule({ ListenerArn: http, Priority: 3 }),
    ]
    const pairs = [
      { RuleArn: one.RuleArn, Priority: 2 },
      { RuleArn: two.RuleArn, Priority: 1 },
    ]
    const { Rules: changed } = await site.elb.setRulePriorities({ RulePriorities: pairs })
    expect(changed?.map(({ RuleArn: arn }) => arn)).toEqual([two.RuleArn, one.RuleArn])
    const set = (...given: object[]) => faultOf(site.elb.setRulePriorities({ RulePriorities: given }))
    expect(await set({ RuleArn: one.RuleArn, Priority: 3 })).toContain(
      "PriorityInUseException: Priority '3' is currently",
    )
    expect(await set({ RuleArn: one.RuleArn, Priority: 8 }, { RuleArn: three.RuleArn, Priority: 8 })).toContain('once')
    expect(await set({ RuleArn: one.RuleArn, Priority: 0 })).toContain('must be between 1 and 50000')
    expect(await set({ RuleArn: await defaultRule(), Priority: 9 })).toContain('OperationNotPermittedException')
    const elsewhere = await site.rule({ ListenerArn: https, Priority: 40 })
    expect(await set({ RuleArn: one.RuleArn, Priority: 8 }, { RuleArn: elsewhere.RuleArn, Priority: 9 })).toContain(
      'same',
    )
    await site.elb.deleteRule({ RuleArn: elsewhere.RuleArn })
    expect(await priorities()).toEqual(['1', '2', '3', 'default'])
  })

  it('have a default one, which is modified with the listener and goes with it', async () => {
    const arn = await defaultRule()
    expect(await faultOf(site.elb.deleteRule({ RuleArn: arn }))).toContain('cannot be deleted')
    const modified = site.elb.modifyRule({ RuleArn: arn, Actions: [NOT_FOUND] })
    expect(await faultOf(modified)).toContain('OperationNotPermittedException')
    const actions: Action[] = [{ Type: 'forward', TargetGroupArn: api }]
    await site.elb.modifyListener({ ListenerArn: http, DefaultActions: actions })
    expect((await read(arn))?.Actions).toMatchObject(actions)
    expect(await usersOf(api)).toEqual([alb])
    await site.elb.deleteListener({ ListenerArn: http })
    expect(await usersOf(api)).toEqual([])
    expect(await faultOf(read(arn))).toContain('RuleNotFoundException')
  })

  it('are a hundred at most on a load balancer', async () => {
    const arn = await site.loadBalancer('full')
    const { ListenerArn: listener = '' } = await site.listener({ LoadBalancerArn: arn })
    const numbers = Array.from({ length: 100 }, (_, index) => index + 1)
    await Promise.all(numbers.map((priority) => site.rule({ ListenerArn: listener, Priority: priority })))
    expect(await faultOf(site.rule({ ListenerArn: listener, Priority: 101 }))).toContain('TooManyRulesException')
  })
})

describe('rules are refused', () => {
  const cases: [string, () => Partial<CreateRuleInput & { ListenerArn: string }>, string][] = [
    ['of unknown listeners', () => ({ ListenerArn: `${http}0` }), 'ListenerNotFoundException'],
    ['without conditions', () => ({ Conditions: [] }), 'ValidationError: A condition must be specified'],
    ['with unknown fields', () => ({ Conditions: [{ Field: 'cookie' }] }), "Condition field 'cookie' must be one of"],
    ['beyond priority 50000', () => ({ Priority: 50_001 }), "Rule priority '50001' must be between 1 and 50000"],
    [
      'with Cognito',
      () => ({
        ListenerArn: https,
        Actions: [
          { Type: 'authenticate-cognito', Order: 1 },
          { ...NOT_FOUND, Order: 2 },
        ],
      }),
      'InvalidLoadBalancerActionException: There is no Amazon Cognito here',
    ],
    ['with authentication but no TLS', () => ({ Actions: [oidc({ ClientSecret: 'a' })] }), 'InvalidLoadBalancerAction'],
    [
      'with lookarounds',
      () => ({ Conditions: [{ Field: 'path-pattern', RegexValues: ['a(?=b)'] }] }),
      'Regular expression',
    ],
    ['with both transforms of one kind', () => ({ Transforms: [{ Type: 'url-rewrite' }] }), 'exactly one rewrite'],
  ]
  it.each(cases)('%s', async (_, given, expected) => {
    expect(await faultOf(site.rule({ ListenerArn: http, Priority: 50, ...given() }))).toContain(expected)
  })

  it('whose priority is taken', async () => {
    await site.rule({ ListenerArn: http, Priority: 5 })
    const again = await faultOf(site.rule({ ListenerArn: http, Priority: 5 }))
    expect(again).toBe("PriorityInUseException: Priority '5' is currently in use")
  })
})

describe('the AWS CLI', () => {
  it('makes and modifies rules', async () => {
    const aws = async (...command: string[]) => (await runAws(site.server.client, 'elbv2', ...command)).trim()
    const output = ['--output', 'text']
    const made = `create-rule --listener-arn ${http} --priority 10 --conditions Field=path-pattern,Values=/api/*`.split(
      ' ',
    )
    const action = ['--actions', `Type=forward,TargetGroupArn=${web}`, '--query', 'Rules[0].RuleArn']
    const arn = await aws(...made, ...action, ...output)
    await aws('set-rule-priorities', '--rule-priorities', `RuleArn=${arn},Priority=12`)
    const query = ['--query', 'Rules[0].[Priority,Conditions[0].PathPatternConfig.Values[0]]', ...output]
    expect(await aws('describe-rules', '--rule-arns', arn, ...query)).toBe('12\t/api/*')
    await aws('delete-rule', '--rule-arn', arn)
    await expect(aws('describe-rules', '--rule-arns', arn)).rejects.toThrow('(RuleNotFound)')
  })
})
