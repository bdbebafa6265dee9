import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2'
import { describe, expect, it } from 'vitest'
import { checkedActions, describeAction } from './actions.ts'
import { forwardedGroups } from './forwarding.ts'
import { InvalidRule } from './invalid-rule.ts'

const HTTP = { protocol: 'HTTP', port: 80 } as const
const HTTPS = { protocol: 'HTTPS', port: 443 } as const
const TCP = { protocol: 'TCP', port: 80 } as const
type Listener = typeof HTTP | typeof HTTPS | typeof TCP

const FORWARD: Action = { Type: 'forward', TargetGroupArn: 'tg1' }
const FIXED: Action = { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }
const redirect = (config: object): Action => ({
  Type: 'redirect',
  RedirectConfig: { StatusCode: 'HTTP_301', ...config },
})
const oidc = (config: object = {}): Action => ({
  Type: 'authenticate-oidc',
  Order: 1,
  AuthenticateOidcConfig: {
    Issuer: 'https://idp.example.com/',
    AuthorizationEndpoint: 'https://idp.example.com/authorize',
    TokenEndpoint: 'https://idp.example.com/token',
    UserInfoEndpoint: 'https://idp.example.com/me',
    ClientId: 'web',
    ClientSecret: 'hush',
    ...config,
  },
})
const jwt = (config: object = {}): Action => ({
  Type: 'jwt-validation',
  Order: 1,
  JwtValidationConfig: { JwksEndpoint: 'https://idp.example.com/jwks', Issuer: 'https://idp.example.com', ...config },
})
const last = (action: Action): Action => ({ ...action, Order: 2 })

const refusal = (actions: Action[], listener: Listener = HTTP): { code: string; message: string } | undefined => {
  try {
    checkedActions(actions, listener)
    return undefined
  } catch (error) {
    if (!(error instanceof InvalidRule)) throw error
    return { code: error.code, message: error.message }
  }
}

describe('actions', () => {
  it('that forward are stored in one form, and described with their single target group', () => {
    const { actions } = checkedActions([FORWARD], HTTP)
    expect(actions).toEqual([
      {
        Type: 'forward',
        ForwardConfig: {
          TargetGroups: [{ TargetGroupArn: 'tg1', Weight: 1 }],
          TargetGroupStickinessConfig: { Enabled: false },
        },
      },
    ])
    expect(describeAction(actions[0]!)).toMatchObject({ TargetGroupArn: 'tg1' })
    expect(forwardedGroups(actions)).toEqual(['tg1'])
  })

  it('may forward to several target groups, which stand in one place only', () => {
    const groups = [
      { TargetGroupArn: 'tg1', Weight: 90 },
      { TargetGroupArn: 'tg2', Weight: 0 },
    ]
    const stickiness = { Enabled: true, DurationSeconds: 60 }
    const config = { TargetGroups: groups, TargetGroupStickinessConfig: stickiness }
    const { actions } = checkedActions([{ Type: 'forward', ForwardConfig: config }], HTTP)
    expect(describeAction(actions[0]!)).toEqual({ Type: 'forward', ForwardConfig: config })
  })

  it('stand in their order', () => {
    const { actions } = checkedActions([last(FORWARD), oidc()], HTTPS)
    expect(actions.map(({ Type }) => Type)).toEqual(['authenticate-oidc', 'forward'])
  })

  it('of OIDC have their defaults, and their secret apart', () => {
    const { actions, clientSecret } = checkedActions([oidc(), last(FORWARD)], HTTPS)
    expect(clientSecret).toEqual({ given: 'hush' })
    expect(actions[0]?.AuthenticateOidcConfig).toEqual({
      ...oidc({ ClientSecret: undefined }).AuthenticateOidcConfig,
      SessionCookieName: 'AWSELBAuthSessionCookie',
      Scope: 'openid',
      SessionTimeout: 604_800,
      OnUnauthenticatedRequest: 'authenticate',
    })
    expect(JSON.stringify(actions)).not.toContain('hush')
  })

  it('of OIDC may leave the secret as it is', () => {
    const action = oidc({ ClientSecret: undefined, UseExistingClientSecret: true })
    expect(checkedActions([action, last(FIXED)], HTTPS).clientSecret).toEqual({ given: undefined })
  })

  it('that redirect keep what they do not name', () =>
    expect(checkedActions([redirect({ Protocol: 'HTTPS', Port: '443' })], HTTP).actions[0]?.RedirectConfig).toEqual({
      Protocol: 'HTTPS',
      Host: '#{host}',
      Port: '443',
      Path: '/#{path}',
      Query: '#{query}',
      StatusCode: 'HTTP_301',
    }))

  it.each<[string, Action[], Listener]>([
    [
      'tokens',
      [jwt({ AdditionalClaims: [{ Format: 'single-string', Name: 'a', Values: ['b c'] }] }), last(FIXED)],
      HTTPS,
    ],
    [
      'both forms of one target group',
      [{ ...FORWARD, ForwardConfig: { TargetGroups: [{ TargetGroupArn: 'tg1' }] } }],
      TCP,
    ],
    ['other queries of redirects', [redirect({ Path: '/new/#{path}', Query: 'a=#{query}&#{port}' })], HTTP],
  ])('take %s', (_, actions, listener) => expect(refusal(actions, listener)).toBeUndefined())

  it.each<[string, Action[], Listener, string]>([
    ['none', [], HTTP, 'An action must be specified'],
    ['unknown ones', [{ Type: 'drop' as never }], HTTP, "Action type 'drop' must be one of"],
    ['Cognito', [{ Type: 'authenticate-cognito', Order: 1 }, last(FORWARD)], HTTPS, 'no Amazon Cognito'],
    ['several that route', [{ ...FORWARD, Order: 1 }, last(FIXED)], HTTP, 'Exactly one action of the types'],
    ['authentication alone', [oidc()], HTTPS, 'Exactly one action of the types'],
    ['authentication at the end', [{ ...oidc(), Order: 3 }, last(FORWARD)], HTTPS, 'must be the last action'],
    ['two authentications', [oidc(), { ...jwt(), Order: 2 }, { ...FORWARD, Order: 3 }], HTTPS, 'one authentication'],
    ['no order', [{ ...oidc(), Order: undefined }, FORWARD], HTTPS, 'Order must be specified'],
    ['one order twice', [oidc(), { ...FORWARD, Order: 1 }], HTTPS, 'must be unique'],
    ['authentication without TLS', [oidc(), last(FORWARD)], HTTP, "only supported with listener protocol 'HTTPS'"],
    ['fixed responses of TCP', [FIXED], TCP, "not supported with listener protocol 'TCP'"],
    [
      'other members',
      [{ ...FORWARD, RedirectConfig: { StatusCode: 'HTTP_301' } }],
      HTTP,
      'RedirectConfig cannot be used',
    ],
    ['a target group elsewhere', [{ ...FIXED, TargetGroupArn: 'tg1' }], HTTP, 'TargetGroupArn cannot be used'],
    ['no target group', [{ Type: 'forward' }], HTTP, 'A target group must be specified'],
    [
      'another target group',
      [{ ...FORWARD, ForwardConfig: { TargetGroups: [{ TargetGroupArn: 'tg2' }] } }],
      HTTP,
      'it must be the same',
    ],
    [
      'six target groups',
      [
        {
          Type: 'forward',
          ForwardConfig: { TargetGroups: [1, 2, 3, 4, 5, 6].map((n) => ({ TargetGroupArn: `${n}` })) },
        },
      ],
      HTTP,
      "can only have '5' target groups",
    ],
    [
      'weights beyond 999',
      [{ Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn: 'a', Weight: 1000 }] } }],
      HTTP,
      'must be between 0 and 999',
    ],
    [
      'stickiness without end',
      [{ ...FORWARD, ForwardConfig: { TargetGroupStickinessConfig: { Enabled: true } } }],
      HTTP,
      'DurationSeconds must be specified',
    ],
    [
      'stickiness of TCP',
      [{ ...FORWARD, ForwardConfig: { TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 1 } } }],
      TCP,
      'Application Load Balancers only',
    ],
    ['status 302', [{ ...FIXED, FixedResponseConfig: { StatusCode: '302' } }], HTTP, 'must be 2XX, 4XX, or 5XX'],
    [
      'other content types',
      [{ ...FIXED, FixedResponseConfig: { StatusCode: '200', ContentType: 'image/png' } }],
      HTTP,
      'The content type must be one of',
    ],
    ['loops', [redirect({})], HTTP, 'creates a loop'],
    ['loops in other words', [redirect({ Protocol: 'HTTPS', Port: '443' })], HTTPS, 'creates a loop'],
    ['less security', [redirect({ Protocol: 'HTTP', Port: '80' })], HTTPS, 'HTTPS cannot be redirected to HTTP'],
    ['unknown placeholders', [redirect({ Path: '/#{query}' })], HTTP, "The redirect path '/#{query}' is not valid"],
    ['open placeholders', [redirect({ Query: '#{query' })], HTTP, 'is not valid'],
    ['relative paths', [redirect({ Path: 'a' })], HTTP, 'is not valid'],
    ['line breaks', [redirect({ Host: 'a\r\nb' })], HTTP, 'is not valid'],
    ['ports beyond 65535', [redirect({ Port: '65536' })], HTTP, 'must be between 1 and 65535'],
    [
      'no client secret',
      [oidc({ ClientSecret: undefined }), last(FORWARD)],
      HTTPS,
      'A client secret must be specified',
    ],
    ['unencrypted endpoints', [oidc({ TokenEndpoint: 'http://a/b' }), last(FORWARD)], HTTPS, 'HTTPS protocol'],
    ['sessions beyond a week', [oidc({ SessionTimeout: 604_801 }), last(FORWARD)], HTTPS, 'must be between'],
    [
      'claims that are validated anyway',
      [jwt({ AdditionalClaims: [{ Format: 'single-string', Name: 'iss', Values: ['a'] }] }), last(FORWARD)],
      HTTPS,
      'always validated',
    ],
  ])('refuse %s', (_, actions, listener, message) => expect(refusal(actions, listener)?.message).toContain(message))
})
