import type { AuthenticateOidcActionConfig } from '@aws-sdk/client-elastic-load-balancing-v2'
import { generateKeyPair } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'
import { aLoadBalancer } from '../../../test/builders/a-load-balancer.ts'
import { aRoutingTable, aRuleRoute } from '../../../test/e2e/loadbalancer/a-route.ts'
import { OidcProvider } from '../../../test/oidc-provider.ts'
import { ManualClock } from '../../kit/clock.ts'
import { silentLog } from '../../kit/log.ts'
import { listenerName } from '../configuration/names.ts'
import { ProviderUnreachable } from './ask.ts'
import { Login, type LoginAnswer } from './login.ts'
import { realmOf } from './realm.ts'
import { openSession } from './session-cookie.ts'

const KEY = 'a key for tests'
const ARN = aLoadBalancer().loadBalancerArn
const COOKIE = 'AWSELBAuthSessionCookie'

let clock: ManualClock
let provider: OidcProvider
let login: Login
let cookies: Map<string, string>
let listener: string

/** One listener whose default rule asks who the user is. */
const serve = (given: Partial<AuthenticateOidcActionConfig> = {}, loadBalancer = {}): void => {
  const action = { Type: 'authenticate-oidc' as const, AuthenticateOidcConfig: provider.config(given) }
  const table = aRoutingTable({ port: 443, rules: [aRuleRoute('default', [], [action])], loadBalancer })
  const [route] = table.loadBalancers.values()
  listener = listenerName(route?.listeners[0]?.listenerArn ?? '')
  login.serve(table, KEY)
}

beforeEach(async () => {
  clock = new ManualClock()
  provider = await OidcProvider.create(clock)
  login = new Login({ clock, log: silentLog, ask: provider.answer })
  cookies = new Map()
  serve()
})

const ask = async (url: string, { host = 'app.test', isCallback = false } = {}): Promise<LoginAnswer> => {
  const header = Array.from(cookies, ([name, value]) => `${name}=${value}`).join('; ')
  const rule = isCallback ? undefined : `${listener}.default`
  const answer = await login.answer({ listener, rule, host, url, cookies: header })
  for (const text of answer.cookies ?? []) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? []
    if (text.includes('1970')) cookies.delete(name)
    else cookies.set(name, value)
  }
  return answer
}

/** What the provider sends the browser back with. */
const agreed = async (url = '/'): Promise<URL> => new URL(provider.agree((await ask(url)).location ?? ''))
const comeBack = (url: URL): Promise<LoginAnswer> =>
  ask(`${url.pathname}${url.search}`, { host: url.host, isCallback: true })
const logIn = async (url = '/'): Promise<LoginAnswer> => comeBack(await agreed(url))

const session = (given: Partial<AuthenticateOidcActionConfig> = {}) => {
  const text = [0, 1, 2].map((index) => cookies.get(`${COOKIE}-${index}`) ?? '').join('')
  return openSession(realmOf(KEY, ARN, provider.config(given)), text)?.session
}

const nowSeconds = (): number => clock.now() / 1000

describe('logging in', () => {
  it('comes back to what was asked for, with a session as long as the rule says', async () => {
    expect(await logIn('/a?b=c')).toMatchObject({ status: 302, location: 'https://app.test/a?b=c' })
    expect(session()).toMatchObject({
      identity: 'user-1',
      expiresAt: nowSeconds() + 3600,
      endsAt: nowSeconds() + 3600,
    })
  })

  it('adds the parameters of the rule, which cannot replace its own', async () => {
    serve({ AuthenticationRequestExtraParams: { prompt: 'login', client_id: 'evil', display: 'page' } })
    const { searchParams } = new URL((await ask('/')).location ?? '')
    expect(Object.fromEntries(searchParams)).toMatchObject({
      tenant: '1',
      prompt: 'login',
      display: 'page',
      client_id: 'client:1',
    })
  })

  it.each([
    ['//evil.test/x', 'https://app.test//evil.test/x'],
    ['/\\evil.test', 'https://app.test/\\evil.test'],
    ['/a\tb', 'https://app.test/'],
    ['*', 'https://app.test/'],
    ['https://evil.test/', 'https://app.test/'],
    [`/long?${'x'.repeat(3000)}`, 'https://app.test/long'],
    [`/${'x'.repeat(3000)}`, 'https://app.test/'],
  ])('leads nowhere else: %s', async (url, location) => {
    expect((await logIn(url)).location).toBe(location)
  })

  it.each(['', 'evil.test/x', 'user@evil.test', 'a b', 'a\tb', 'a:b'])('refuses the host "%s"', async (host) => {
    expect(await ask('/', { host })).toEqual({ status: 401, reason: 'AuthMissingHostHeader' })
  })

  it('may be begun in several windows at the same time', async () => {
    const [one, other] = [await agreed('/one'), await agreed('/other')]
    expect((await comeBack(one)).location).toBe('https://app.test/one')
    expect((await comeBack(other)).location).toBe('https://app.test/other')
  })

  it('has to be done within a quarter of an hour', async () => {
    const [early, late] = [await agreed(), await agreed()]
    await clock.advance(899_000)
    expect((await comeBack(early)).status).toBe(302)
    await clock.advance(1000)
    expect(await comeBack(late)).toEqual({ status: 401, reason: 'AuthInvalidStateParam' })
  })

  it('is not finished at another load balancer, or after the rule has changed', async () => {
    const back = await agreed()
    serve({}, { name: 'other' })
    expect((await comeBack(back)).status).toBe(401)
    serve({ Scope: 'openid more' })
    expect((await comeBack(back)).status).toBe(401)
    serve({ OnUnauthenticatedRequest: 'deny', ClientSecret: provider.config().ClientSecret })
    expect((await comeBack(back)).status).toBe(302)
  })

  it('proves itself as the provider wants it', async () => {
    provider.secretMethods = ['client_secret_post']
    expect((await logIn()).status).toBe(302)
  })

  it('is refused with a wrong secret', async () => {
    serve({ ClientSecret: 'wrong' })
    expect(await logIn()).toEqual({ status: 401, reason: 'AuthTokenEpRequestFailed' })
  })
})

describe('ID tokens', () => {
  it.each([
    ['nonce', { nonce: 'another' }],
    ['no nonce', { nonce: undefined }],
    ['issuer', { iss: 'https://idp.test/other' }],
    ['audience', { aud: 'other' }],
    ['audiences without a party', { aud: ['client:1', 'other'] }],
    ['party', { aud: ['client:1', 'other'], azp: 'other' }],
    ['time', { exp: Math.floor(new ManualClock().now() / 1000) - 61 }],
    ['no time', { exp: undefined }],
    ['no subject', { sub: undefined }],
    ['a subject that no header holds', { sub: 'a\r\nb' }],
  ])('are not taken with a wrong %s', async (_what, claims) => {
    provider.idTokenClaims = claims
    expect(await logIn()).toEqual({ status: 401, reason: 'AuthInvalidIdToken' })
    expect(session()).toBeUndefined()
    // Neither where the provider publishes no keys.
    provider.instead.set('/.well-known/openid-configuration', { status: 404, text: '' })
    await clock.advance(600_000)
    provider.idTokenClaims = { ...claims, ...('exp' in claims && claims.exp !== undefined && { exp: 1 }) }
    expect((await logIn()).status).toBe(401)
  })

  it('are for several clients if one of them is the party', async () => {
    provider.idTokenClaims = { aud: ['client:1', 'other'], azp: 'client:1' }
    expect((await logIn()).status).toBe(302)
  })

  it('are not taken with the signature of another key', async () => {
    provider.signingKey = (await generateKeyPair('ES256')).privateKey
    expect(await logIn()).toEqual({ status: 401, reason: 'AuthInvalidIdToken' })
  })

  it('are taken with a new key, asked for not too often', async () => {
    await logIn()
    await provider.rotate()
    expect((await logIn()).status).toBe(401)
    await clock.advance(30_000)
    expect((await logIn()).status).toBe(302)
    expect(provider.asked.filter((path) => path === '/keys')).toHaveLength(2)
  })

  it('are believed for their way where the provider publishes no keys, and not where it just does not answer', async () => {
    provider.instead.set('/.well-known/openid-configuration', { status: 404, text: '' })
    expect((await logIn()).status).toBe(302)
    await clock.advance(600_000)
    provider.instead.set('/.well-known/openid-configuration', { status: 503, text: '' })
    expect(await logIn()).toEqual({ status: 500, reason: 'AuthTokenEpRequestFailed' })
  })

  it('have to be there', async () => {
    provider.givesIdTokens = false
    expect(await logIn()).toEqual({ status: 401, reason: 'AuthInvalidTokenResponse' })
  })
})

describe('access tokens and claims', () => {
  it.each([
    [{ accessToken: 'a\r\nX-Evil: 1' }, 'AuthInvalidTokenResponse'],
    [{ accessToken: 'ü' }, 'AuthInvalidTokenResponse'],
    [{ tokenType: 'mac' }, 'AuthInvalidTokenResponse'],
    [{ claims: { sub: 'user-2' } }, 'AuthInvalidUserinfoResponse'],
    [{ claims: {} }, 'AuthInvalidUserinfoResponse'],
  ])('are not taken: %o', async (wrong, reason) => {
    Object.assign(provider, wrong)
    expect(await logIn()).toEqual({ status: 401, reason })
  })

  it.each(['/token', '/userinfo'])('are waited for as long as the provider may take: %s', async (path) => {
    provider.instead.set(path, () => Promise.reject(new ProviderUnreachable('late', { isLate: true })))
    const reason = path === '/token' ? 'AuthTokenEpRequestTimeout' : 'AuthUserinfoEpRequestTimeout'
    expect(await logIn()).toEqual({ status: 500, reason })
  })

  it('that are too large are refused', async () => {
    provider.claims = { sub: 'user-1', groups: 'x'.repeat(9000) }
    expect(await logIn()).toEqual({ status: 500, reason: 'AuthUserinfoResponseSizeExceeded' })
  })
})

describe('sessions with a refresh token', () => {
  beforeEach(async () => {
    provider.givesRefreshTokens = true
    await logIn()
  })

  it('are renewed when the access token ends, up to their own end', async () => {
    const endsAt = nowSeconds() + 3600
    expect(session()).toMatchObject({ expiresAt: nowSeconds() + 300, endsAt })
    await clock.advance(300_000)
    provider.claims = { ...provider.claims, email: 'new@example.com' }
    expect(await ask('/x?y')).toMatchObject({ status: 307, location: 'https://app.test/x?y' })
    expect(session()).toMatchObject({ expiresAt: nowSeconds() + 300, endsAt })
    const claims = Buffer.from(session()?.claims.split('.')[1] ?? '', 'base64url').toString()
    expect(JSON.parse(claims)).toMatchObject({ email: 'new@example.com' })
    await clock.advance(3_300_000 - 1000)
    expect((await ask('/')).status).toBe(307)
    expect(session()).toMatchObject({ expiresAt: endsAt, endsAt })
    await clock.advance(1000)
    expect((await ask('/')).status).toBe(302)
    expect(session()).toBeUndefined()
  })

  it('are renewed once for requests that come together', async () => {
    await clock.advance(300_000)
    const before = new Map(cookies)
    const answers = await Promise.all([1, 2, 3].map(() => ask('/')))
    cookies = before
    await clock.advance(20_000)
    answers.push(await ask('/'))
    expect(answers.map(({ status }) => status)).toEqual([307, 307, 307, 307])
    expect(provider.asked.filter((path) => path === '/token')).toHaveLength(2)
  })

  it('end when the provider does not renew them, and wait when it does not answer', async () => {
    await clock.advance(300_000)
    provider.instead.set('/token', { status: 503, text: '' })
    expect(await ask('/')).toEqual({ status: 500, reason: 'AuthTokenEpRequestFailed' })
    provider.instead.set('/token', { status: 400, text: '{"error":"invalid_grant"}' })
    expect((await ask('/')).status).toBe(302)
    expect(session()).toBeUndefined()
  })

  it.each([
    ['its claims', { claims: { sub: 'user-2' } }],
    ['its ID token', { idTokenClaims: { sub: 'user-2' } }],
  ])('are not renewed for another user by %s', async (_what, wrong) => {
    await clock.advance(300_000)
    Object.assign(provider, wrong)
    expect((await ask('/')).status).toBe(302)
  })

  it('pass without a user, or not at all, where the rule says so', async () => {
    await clock.advance(300_000)
    provider.instead.set('/token', { status: 400, text: '{}' })
    const before = new Map(cookies)
    serve({ OnUnauthenticatedRequest: 'allow' })
    expect(await ask('/x')).toMatchObject({ status: 307, location: 'https://app.test/x' })
    expect(session()).toBeUndefined()
    cookies = before
    serve({ OnUnauthenticatedRequest: 'deny' })
    expect((await ask('/x')).status).toBe(401)
    expect(session()).toBeUndefined()
  })
})

it('answers 503 for rules that it does not know', async () => {
  serve({}, { name: 'other' })
  const answer = await login.answer({ listener, rule: 'gone', host: 'app.test', url: '/', cookies: '' })
  expect(answer).toEqual({ status: 503 })
})
