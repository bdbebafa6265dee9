import type { Action, RedirectActionConfig } from '@aws-sdk/client-elastic-load-balancing-v2'
import { exportSPKI, generateKeyPair, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { rewritten } from '../../../src/model/load-balancing/transforms.ts'
import { aTargetGroup } from '../../builders/a-load-balancer.ts'
import {
  aGroupRoute,
  aRoutingTable,
  aRuleRoute,
  aTargetRoute,
  answerWith,
  forwardTo,
  type RouteOptions,
} from './a-route.ts'
import { type Answer, ask, echoed, EchoTarget, type Question } from './echo-target.ts'
import { freePort, HaproxyUnderTest, PROGRAMS } from './haproxy-under-test.ts'
import type { HostSettings } from '../../../src/loadbalancer/configuration/settings.ts'

interface Served {
  readonly haproxy: HaproxyUnderTest
  readonly port: number
  readonly ask: (question?: Omit<Question, 'port'>) => Promise<Answer>
}

const serving = async (
  program: string,
  options: Omit<RouteOptions, 'port'>,
  check: (served: Served) => Promise<void>,
  settings: Partial<HostSettings> = {},
): Promise<void> => {
  const port = await freePort()
  const haproxy = await HaproxyUnderTest.start(program, aRoutingTable({ port, ...options }), [port], settings)
  try {
    await check({ haproxy, port, ask: (question = {}) => ask({ port, ...question }) })
  } finally {
    await haproxy.stop()
  }
}

const withTargets = async (names: readonly string[], check: (targets: readonly EchoTarget[]) => Promise<void>) => {
  const targets = await Promise.all(names.map((name) => EchoTarget.start(name)))
  try {
    await check(targets)
  } finally {
    for (const target of targets) await target.stop()
  }
}

const groupsOf = (targets: readonly EchoTarget[]) =>
  targets.map(({ name, port }) => aGroupRoute(name, [aTargetRoute(port)]))

const redirect = (config: Partial<RedirectActionConfig>): Action => ({
  Type: 'redirect',
  RedirectConfig: {
    Protocol: '#{protocol}',
    Host: '#{host}',
    Port: '#{port}',
    Path: '/#{path}',
    Query: '#{query}',
    StatusCode: 'HTTP_302',
    ...config,
  },
})

describe.each(PROGRAMS)('actions of rules, by %s', (program) => {
  it.each([
    [
      { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' },
      '/a/b?c=d%20e',
      301,
      'https://example.com:443/a/b?c=d%20e',
    ],
    [{ Host: 'www.#{host}', Path: '/new/#{path}' }, '/a', 302, 'http://www.example.com:PORT/new/a'],
    [{ Path: '/#{host}/#{port}/%41$x', Query: '' }, '/a?b', 302, 'http://example.com:PORT/example.com/PORT/%41$x'],
    [{ Query: 'was=#{path}&#{query}&p=#{protocol}' }, '/a?b=c', 302, 'http://example.com:PORT/a?was=a&b=c&p=HTTP'],
    [{ Path: `/"'\\%[date]{}(),;` }, '/', 302, `http://example.com:PORT/"'\\%[date]{}(),;`],
  ] as const)('redirects by %o', async (config, path, status, location) => {
    await serving(program, { rules: [aRuleRoute('default', [], [redirect(config)])] }, async ({ port, ask }) => {
      const answer = await ask({ path, headers: { host: 'example.com' } })
      expect([answer.status, answer.headers.location]).toEqual([status, location.replaceAll('PORT', String(port))])
    })
  })

  it.each([
    ['503', 'application/json', `{"a": "%[env(PATH)] \\ ' $HOME \n\u0000 é"}`],
    ['299', undefined, 'plain'],
    ['404', 'text/html', undefined],
  ])('answers %s of type %s with %j', async (StatusCode, ContentType, MessageBody) => {
    const action: Action = { Type: 'fixed-response', FixedResponseConfig: { StatusCode, ContentType, MessageBody } }
    await serving(program, { rules: [aRuleRoute('default', [], [action])] }, async ({ ask }) => {
      const answer = await ask()
      expect([String(answer.status), answer.body, answer.headers.server]).toEqual([
        StatusCode,
        MessageBody ?? '',
        'awselb/2.0',
      ])
      const type = MessageBody === undefined ? undefined : (ContentType ?? 'text/plain; charset=utf-8')
      expect(answer.headers['content-type']).toBe(type)
    })
  })

  it('divides requests among target groups by weight, and keeps clients with their cookie', async () => {
    await withTargets(['one', 'two', 'three'], async (targets) => {
      const action: Action = {
        Type: 'forward',
        ForwardConfig: {
          TargetGroups: [
            { TargetGroupArn: aTargetGroup({ name: 'one' }).targetGroupArn, Weight: 1 },
            { TargetGroupArn: aTargetGroup({ name: 'two' }).targetGroupArn, Weight: 3 },
            { TargetGroupArn: aTargetGroup({ name: 'three' }).targetGroupArn, Weight: 0 },
          ],
          TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 },
        },
      }
      const rules = [aRuleRoute('default', [], [action])]
      await serving(program, { rules, groups: groupsOf(targets) }, async ({ ask }) => {
        let cookie = ''
        let last = ''
        for (let count = 0; count < 200; count++) {
          const answer = await ask()
          last = echoed(answer).target
          cookie = (answer.headers['set-cookie'] ?? []).join('\n')
        }
        const [one = 0, two = 0, three = 0] = targets.map(({ count }) => count)
        expect(three).toBe(0)
        expect(one).toBeGreaterThan(20)
        expect(two).toBeGreaterThan(100)
        expect(cookie).toMatch(/^AWSALBTG=[0-9a-f]{40}; Expires=.* GMT; Path=\/\nAWSALBTGCORS=/)
        const [pair = ''] = cookie.split(';')
        for (const headers of [{ cookie: pair }, { cookie: pair.replace('TG=', 'TGCORS=') }])
          for (let count = 0; count < 10; count++) expect(echoed(await ask({ headers })).target).toBe(last)
      })
    })
  })

  it('answers 503 for a target group without targets, and for one that is not there', async () => {
    const groups = [aGroupRoute('empty', [])]
    const rules = [
      aRuleRoute(1, [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/gone'] } }], [forwardTo('gone')]),
      aRuleRoute('default', [], [forwardTo('empty')]),
    ]
    await serving(program, { rules, groups }, async ({ ask }) => {
      const answers = [await ask({ path: '/' }), await ask({ path: '/gone' })]
      for (const { status, headers, body } of answers) {
        expect([status, headers.server, headers['content-type']]).toEqual([503, 'awselb/2.0', 'text/html'])
        expect(body).toContain('<center><h1>503 Service Temporarily Unavailable</h1></center>')
      }
    })
  })

  it.each([
    ['^/api/(v[0-9]+)/(.*)$', '/$2?version=$1', '/api/v2/items?a=b'],
    ['items', 'things', '/items/items'],
    ['(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)', '$10-$0', '/abcdefghij/x'],
    ['[(](x)[)]|/(?P<name>y)', '/\\1%41"\' $2;', '/y'],
    ['nothing', 'else', '/a'],
  ])('rewrites URLs: %s to %s', async (Regex, Replace, path) => {
    await withTargets(['web'], async (targets) => {
      const rewrite = { Regex, Replace }
      const rule = aRuleRoute(
        'default',
        [],
        [forwardTo('web')],
        [{ Type: 'url-rewrite', UrlRewriteConfig: { Rewrites: [rewrite] } }],
      )
      const expected = (rewritten(rewrite, path) ?? path).replaceAll(' ', '%20')
      await serving(program, { rules: [rule], groups: groupsOf(targets) }, async ({ ask }) => {
        const answer = await ask({ path })
        expect(answer.status === 200 ? echoed(answer).url.replaceAll(' ', '%20') : answer.status).toBe(expected)
      })
    })
  })

  it('rewrites hosts', async () => {
    await withTargets(['web'], async (targets) => {
      const rule = aRuleRoute(
        'default',
        [],
        [forwardTo('web')],
        [
          {
            Type: 'host-header-rewrite',
            HostHeaderRewriteConfig: { Rewrites: [{ Regex: '^(.+)\\.example\\.com$', Replace: '$1.internal' }] },
          },
        ],
      )
      const attributes = { 'routing.http.preserve_host_header.enabled': 'true' }
      await serving(
        program,
        { rules: [rule], groups: groupsOf(targets), loadBalancer: { attributes } },
        async ({ ask }) => {
          expect(echoed(await ask({ headers: { host: 'api.example.com' } })).headers.host).toBe('api.internal')
        },
      )
    })
  })

  it('lets nobody pass who is to be authenticated by OIDC', async () => {
    const oidc: Action = {
      Type: 'authenticate-oidc',
      AuthenticateOidcConfig: {
        Issuer: 'https://i',
        AuthorizationEndpoint: 'https://i/a',
        TokenEndpoint: 'https://i/t',
        UserInfoEndpoint: 'https://i/u',
        ClientId: 'c',
        OnUnauthenticatedRequest: 'allow',
      },
    }
    await serving(
      program,
      { rules: [aRuleRoute('default', [], [oidc, answerWith('secret')])] },
      async ({ ask, haproxy }) => {
        expect((await ask()).status).toBe(503)
        expect([...haproxy.rendered.problems.values()].join()).toContain('no authenticator is here')
      },
    )
  })

  it('lets those pass whose JSON web tokens are valid', async () => {
    const { publicKey, privateKey } = await generateKeyPair('RS256')
    const other = await generateKeyPair('RS256')
    const jwt: Action = {
      Type: 'jwt-validation',
      JwtValidationConfig: {
        JwksEndpoint: 'https://issuer.test/keys',
        Issuer: 'https://issuer.test/"\'%\\$,)',
        AdditionalClaims: [
          { Name: 'scope', Format: 'space-separated-values', Values: ['read', 'write'] },
          { Name: 'groups', Format: 'string-array', Values: ['dev'] },
          { Name: 'tenant', Format: 'single-string', Values: ["o'n %[e]"] },
        ],
      },
    }
    const good = {
      iss: 'https://issuer.test/"\'%\\$,)',
      scope: 'write x read',
      groups: ['ops', 'dev'],
      tenant: "o'n %[e]",
    }
    const now = Math.floor(Date.now() / 1000)
    const token = (claims: object, key = privateKey, kid = "k'1"): Promise<string> =>
      new SignJWT({ exp: now + 60, iat: now - 5, nbf: now - 5, ...claims })
        .setProtectedHeader({ alg: 'RS256', kid })
        .sign(key)
    const bad = [
      'nonsense',
      await token(good, other.privateKey),
      await token(good, privateKey, 'k2'),
      await token({ ...good, exp: now - 1 }),
      await token({ ...good, exp: undefined }),
      await token({ ...good, nbf: now + 60 }),
      await token({ ...good, iss: 'https://issuer.tesT' }),
      await token({ ...good, scope: 'reader write' }),
      await token({ ...good, groups: ['de', 'x", "dev'] }),
      await token({ ...good, groups: [['dev']] }),
      await token({ ...good, tenant: "xo'n %[e]" }),
      await token({ ...good, tenant: undefined }),
    ]
    const keys = [{ keyId: "k'1", publicKey: await exportSPKI(publicKey), type: 'RSA' as const }]
    const jsonWebKeys = new Map([['https://issuer.test/keys', keys]])
    const rules = [aRuleRoute('default', [], [jwt, answerWith('secret')])]
    await serving(
      program,
      { rules },
      async ({ ask }) => {
        const status = async (authorization?: string): Promise<number> =>
          (await ask({ headers: authorization === undefined ? {} : { authorization } })).status
        expect(await status(`Bearer ${await token(good)}`)).toBe(200)
        expect(await status()).toBe(401)
        for (const each of bad) expect(await status(`Bearer ${each}`)).toBe(401)
      },
      { jsonWebKeys },
    )
    await serving(program, { rules }, async ({ ask }) => expect((await ask()).status).toBe(500))
  })
})
