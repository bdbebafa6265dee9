/** Users who log in at a load balancer: HAProxy, the authenticator behind it, and a provider over HTTPS. */
import { createPublicKey, verify } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import path from 'node:path'
import type { Action, AuthenticateOidcActionConfig } from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SystemClock } from '../../../src/kit/clock.ts'
import { silentLog } from '../../../src/kit/log.ts'
import { readAccessLog } from '../../../src/loadbalancer/configuration/access-log.ts'
import type { HostSettings } from '../../../src/loadbalancer/configuration/settings.ts'
import { askProviderWith } from '../../../src/loadbalancer/oidc/ask.ts'
import { AuthenticatorServer } from '../../../src/loadbalancer/oidc/authenticator.ts'
import { Login } from '../../../src/loadbalancer/oidc/login.ts'
import { realmOf } from '../../../src/loadbalancer/oidc/realm.ts'
import { openSession, sealSession, type Session } from '../../../src/loadbalancer/oidc/session-cookie.ts'
import { claimsKey } from '../../../src/model/load-balancing/claims-key.ts'
import type { RuleRoute } from '../../../src/model/load-balancing/routing.ts'
import { aLoadBalancer } from '../../builders/a-load-balancer.ts'
import { type OidcProvider, serveProvider } from '../../oidc-provider.ts'
import { aGroupRoute, aRoutingTable, aRuleRoute, aTargetRoute, answerWith, forwardTo } from './a-route.ts'
import { type Answer, ask, echoed, EchoTarget, type Question } from './echo-target.ts'
import { freePort, HaproxyUnderTest, PROGRAMS, temporaryDirectory } from './haproxy-under-test.ts'
import { until } from './running-balancer.ts'

const COOKIE_KEY = 'a key for tests'
const HOST = 'app.test'
const COOKIE = 'AWSELBAuthSessionCookie'

let provider: OidcProvider
let closeProvider: () => Promise<void>
beforeAll(async () => {
  ;({ provider, close: closeProvider } = await serveProvider())
})
afterAll(async () => {
  await closeProvider()
})

const oidc = (given: Partial<AuthenticateOidcActionConfig> = {}): Action => ({
  Type: 'authenticate-oidc',
  AuthenticateOidcConfig: provider.config(given),
})

/** A browser, as far as cookies are concerned. */
class Browser {
  readonly cookies = new Map<string, string>()
  readonly #port: number

  constructor(port: number) {
    this.#port = port
  }

  async ask(url: string, question: Partial<Question> = {}): Promise<Answer> {
    const { host, pathname, search } = new URL(url, `https://${HOST}`)
    const cookie = Array.from(this.cookies, ([name, value]) => `${name}=${value}`).join('; ')
    const headers = { host, ...(cookie !== '' && { cookie }), ...(question.headers as Record<string, string>) }
    const answer = await ask({ ...question, port: this.#port, path: `${pathname}${search}`, headers })
    for (const text of answer.headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? []
      if (text.includes('1970')) this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    return answer
  }

  /** To the provider and back: the answer to what comes back. */
  async logIn(url: string): Promise<Answer> {
    const { headers } = await this.ask(url)
    return this.ask(provider.agree(headers.location ?? ''))
  }
}

interface Served {
  readonly browser: () => Browser
  readonly target: EchoTarget
  readonly port: number
  readonly haproxy: HaproxyUnderTest
  readonly authenticator: AuthenticatorServer
}

const serving = async (
  program: string,
  rules: () => readonly RuleRoute[],
  check: (served: Served) => Promise<void>,
  settings: Partial<HostSettings> = {},
): Promise<void> => {
  const port = await freePort()
  const target = await EchoTarget.start('web')
  target.upgrade()
  const groups = [aGroupRoute('web', [aTargetRoute(target.port)])]
  const loadBalancer = { attributes: { 'access_logs.s3.enabled': 'true', 'access_logs.s3.bucket': 'logs' } }
  const table = aRoutingTable({ port, rules: rules(), groups, loadBalancer })
  const clock = new SystemClock()
  const login = new Login({ clock, log: silentLog, ask: askProviderWith(clock) })
  login.serve(table, COOKIE_KEY)
  const authenticator = new AuthenticatorServer(login, silentLog)
  const authenticatorSocket = path.join(temporaryDirectory(), 'oidc.sock')
  await authenticator.listen(authenticatorSocket)
  const haproxy = await HaproxyUnderTest.start(program, table, [port], {
    authenticatorSocket,
    cookieKey: COOKIE_KEY,
    ...settings,
  })
  try {
    await check({ browser: () => new Browser(port), target, port, haproxy, authenticator })
  } finally {
    await haproxy.stop()
    await authenticator.close()
    await target.stop()
  }
}

const protecting = (given: Partial<AuthenticateOidcActionConfig> = {}) => [
  aRuleRoute('default', [], [oidc(given), forwardTo('web')]),
]

const realm = (given: Partial<AuthenticateOidcActionConfig> = {}) =>
  realmOf(COOKIE_KEY, aLoadBalancer().loadBalancerArn, provider.config(given))

const now = (): number => Math.floor(Date.now() / 1000)

const someSession = (given: Partial<Session> = {}): Session => ({
  expiresAt: now() + 60,
  endsAt: now() + 600,
  claims: 'a.b.c',
  identity: 'user-1',
  accessToken: 'token',
  ...given,
})

const cookiesOf = (session: Session, given: Partial<AuthenticateOidcActionConfig> = {}): [string, string][] =>
  (sealSession(realm(given), { session, renewal: undefined }) ?? []).map((value, index) => [
    `${COOKIE}-${index}`,
    value,
  ])

describe.each(PROGRAMS)('users, by %s', (program) => {
  it('log in, and are known to the target from then on', async () => {
    await serving(program, protecting, async ({ browser, target }) => {
      const ada = browser()
      const sent = await ada.ask('/a/b?c=d%20e&f')
      expect([sent.status, sent.headers.server, target.count]).toEqual([302, 'awselb/2.0', 0])
      const to = new URL(sent.headers.location ?? '')
      expect(`${to.origin}${to.pathname}`).toBe(`${provider.issuer}/authorize`)
      const { state: _state, nonce: _nonce, ...parameters } = Object.fromEntries(to.searchParams)
      expect(parameters).toEqual({
        tenant: '1',
        client_id: 'client:1',
        redirect_uri: `https://${HOST}/oauth2/idpresponse`,
        response_type: 'code',
        scope: 'openid email',
      })
      const back = await ada.ask(provider.agree(to.href))
      expect([back.status, back.headers.location]).toEqual([302, `https://${HOST}/a/b?c=d%20e&f`])
      for (const cookie of back.headers['set-cookie'] ?? []) expect(cookie).toMatch(/; Path=\/; Secure; HttpOnly$/)
      const asked = provider.asked.length
      ada.cookies.set('mine', '1')
      const { headers, url } = echoed(await ada.ask('/a/b?c=d%20e&f'))
      expect(url).toBe('/a/b?c=d%20e&f')
      expect(headers['x-amzn-oidc-identity']).toBe('user-1')
      expect(headers['x-amzn-oidc-accesstoken']).toMatch(/^access\|\d+$/)
      const [head = '', claims = '', signature = ''] = (headers['x-amzn-oidc-data'] ?? '').split('.')
      const { keyId, publicKey } = claimsKey(COOKIE_KEY)
      expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toMatchObject({
        alg: 'ES256',
        kid: keyId,
        signer: aLoadBalancer().loadBalancerArn,
        iss: provider.issuer,
        client: 'client:1',
      })
      expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject(provider.claims)
      const key = { key: createPublicKey(publicKey), dsaEncoding: 'ieee-p1363' } as const
      expect(verify('sha256', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, 'base64url'))).toBe(true)
      // The session is nothing that a target could use, but its cookie's name is there to be removed by.
      expect(headers['cookie']).toContain(`${COOKIE}-0=;`)
      expect(headers['cookie']).toContain('mine=1')
      expect(provider.asked.length).toBe(asked)
    })
  })

  it('stay logged in while the authenticator is away, and nobody else gets in', async () => {
    await serving(program, protecting, async ({ browser, target, authenticator }) => {
      const ada = browser()
      await ada.logIn('/')
      await authenticator.close()
      expect((await ada.ask('/')).status).toBe(200)
      expect((await browser().ask('/')).status).toBe(503)
      expect((await browser().ask('/oauth2/idpresponse?code=1&state=2')).status).toBe(503)
      expect(target.count).toBe(1)
    })
  })

  it('cannot make, change, cut or keep sessions', async () => {
    await serving(program, protecting, async ({ browser, target }) => {
      const status = async (cookies: readonly (readonly [string, string])[]): Promise<number> => {
        const one = browser()
        for (const [name, value] of cookies) one.cookies.set(name, value)
        return (await one.ask('/')).status
      }
      const [[name, good]] = cookiesOf(someSession()) as [[string, string]]
      const [nonce = '', tag = '', content = ''] = good.split('.')
      expect(await status([[name, good]])).toBe(200)
      const changed = (text: string): string => `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}`
      const bad = [
        'nonsense',
        `${changed(nonce)}.${tag}.${content}`,
        `${nonce}.${changed(tag)}.${content}`,
        `${nonce}.${tag}.${changed(content)}`,
        `${nonce}.${tag}.`,
        `${nonce}..${content}`,
        `.${tag}.${content}`,
        `${nonce}.${tag}.${content}.`,
        `${nonce}.${tag}.${content}.x.y`,
        `${good}${good}`,
      ]
      for (const text of bad) expect([text, await status([[name, text]])]).toEqual([text, 302])
      // Tags that are cut to one byte: one of all of them would be right.
      for (let byte = 0; byte < 256; byte++) {
        const short = Buffer.from([byte]).toString('base64')
        expect(await status([[name, `${nonce}.${short}.${content}`]])).toBe(302)
      }
      expect(await status(cookiesOf(someSession({ expiresAt: now() - 1 })))).toBe(302)
      expect(await status(cookiesOf(someSession({ expiresAt: now() + 60, endsAt: now() - 1 })))).toBe(302)
      expect(await status(cookiesOf(someSession(), { ClientId: 'other' }))).toBe(302)
      expect(await status(cookiesOf(someSession(), { SessionTimeout: 1 }))).toBe(302)
      const elsewhere = realmOf(COOKIE_KEY, `${aLoadBalancer().loadBalancerArn}x`, provider.config())
      const [other = ''] = sealSession(elsewhere, { session: someSession(), renewal: undefined }) ?? []
      expect(await status([[name, other]])).toBe(302)
      const unkeyed = realmOf('another key', aLoadBalancer().loadBalancerArn, provider.config())
      const [foreign = ''] = sealSession(unkeyed, { session: someSession(), renewal: undefined }) ?? []
      expect(await status([[name, foreign]])).toBe(302)
      expect(target.count).toBe(1)
    })
  })

  it('with much to be told of have several cookies, also with bodies of requests', async () => {
    await serving(program, protecting, async ({ browser }) => {
      const ada = browser()
      const session = someSession({ accessToken: 'x'.repeat(3000), claims: `a.${'y'.repeat(3500)}.z` })
      for (const [name, value] of cookiesOf(session)) ada.cookies.set(name, value)
      expect(ada.cookies.size).toBe(3)
      expect(echoed(await ada.ask('/')).headers['x-amzn-oidc-accesstoken']).toHaveLength(3000)
      const body = 'b'.repeat(200_000)
      const posted = echoed(await ada.ask('/', { method: 'POST', body }))
      expect([posted.body.length, posted.headers['x-amzn-oidc-data']?.length]).toEqual([200_000, 3504])
    })
  })

  it('are told of by the balancer alone', async () => {
    const rules = () => [
      aRuleRoute(1, [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/open'] } }], [forwardTo('web')]),
      aRuleRoute(
        2,
        [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/allowed*'] } }],
        [oidc({ OnUnauthenticatedRequest: 'allow' }), forwardTo('web')],
      ),
      ...protecting(),
    ]
    await serving(program, rules, async ({ browser, target, port }) => {
      const spoofed = {
        'X-Amzn-Oidc-Data': 'a.b.c',
        'x-amzn-oidc-identity': 'root',
        'X-AMZN-OIDC-ACCESSTOKEN': 't',
        X_Amzn_Oidc_Data: 'd.e.f',
        'x-longshore-rule': 'callback',
      }
      const isClean = (answer: Answer): boolean => !/amzn.oidc/i.test(JSON.stringify(echoed(answer).rawHeaders))
      for (const at of ['/open', '/allowed', '/allowed/x']) {
        const answer = await browser().ask(at, { headers: spoofed })
        expect([at, answer.status, isClean(answer)]).toEqual([at, 200, true])
      }
      const ada = browser()
      await ada.logIn('/')
      const { headers, rawHeaders } = echoed(await ada.ask('/', { headers: spoofed }))
      expect(headers['x-amzn-oidc-identity']).toBe('user-1')
      expect(rawHeaders.filter((name) => /oidc/i.test(name))).toHaveLength(3)
      const known = await ada.ask('/allowed', { headers: spoofed })
      expect(echoed(known).headers['x-amzn-oidc-identity']).toBe('user-1')
      const { count } = target
      for (const [at, headers_] of [
        ['/', spoofed],
        ['//open', {}],
        ['/open/../secret', {}],
        ['/%6fpen', {}],
        ['/', { 'X-Original-URL': '/open', 'X-Rewrite-URL': '/open' }],
        ['/', { authorization: 'Bearer x', connection: 'cookie' }],
        ['/', { cookie: `${COOKIE}-0=; ${COOKIE}-0=x` }],
      ] as const)
        expect([at, (await ask({ port, path: at, headers: { host: HOST, ...headers_ } })).status]).toEqual([at, 302])
      expect(target.count).toBe(count)
    })
  })

  it('keep their sessions in cookies of any name', async () => {
    const SessionCookieName = "!#$%&'*+-.^_`|~A"
    await serving(
      program,
      () => protecting({ SessionCookieName }),
      async ({ browser }) => {
        const ada = browser()
        await ada.logIn('/')
        expect(ada.cookies.has(`${SessionCookieName}-0`)).toBe(true)
        const { headers } = echoed(await ada.ask('/'))
        expect(headers['x-amzn-oidc-identity']).toBe('user-1')
        expect(headers['cookie']?.split('; ')).toContain(`${SessionCookieName}-0=`)
      },
    )
  })

  it('who have no session are refused where that is wanted', async () => {
    const rules = () => protecting({ OnUnauthenticatedRequest: 'deny' })
    await serving(program, rules, async ({ browser, target }) => {
      const stranger = await browser().ask('/', { method: 'POST', body: 'x' })
      expect([stranger.status, stranger.headers.location, target.count]).toEqual([401, undefined, 0])
      const old = browser()
      for (const [name, value] of cookiesOf(someSession({ expiresAt: now() - 1 }), {
        OnUnauthenticatedRequest: 'deny',
      }))
        old.cookies.set(name, value)
      expect([(await old.ask('/')).status, old.cookies.size, target.count]).toEqual([401, 0, 0])
    })
  })

  it('of rules that say the same of the provider are known to both', async () => {
    const rules = () => [
      aRuleRoute(
        1,
        [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/api/*'] } }],
        [oidc({ OnUnauthenticatedRequest: 'deny' }), forwardTo('web')],
      ),
      aRuleRoute(
        2,
        [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/other/*'] } }],
        [oidc({ Scope: 'openid admin' }), answerWith('secret')],
      ),
      ...protecting(),
    ]
    await serving(program, rules, async ({ browser }) => {
      const ada = browser()
      expect((await ada.ask('/api/x')).status).toBe(401)
      await ada.logIn('/')
      expect((await ada.ask('/api/x')).status).toBe(200)
      expect((await ada.ask('/other/x')).status).toBe(302)
    })
  })

  it('come back with their own state to their own browser alone', async () => {
    await serving(program, protecting, async ({ browser, port, target }) => {
      const [ada, eve] = [browser(), browser()]
      const sent = await ada.ask('/')
      const back = provider.agree(sent.headers.location ?? '')
      await eve.ask('/')
      const state = new URL(back).searchParams.get('state') ?? ''
      for (const [who, url, status] of [
        [eve, back, 401],
        [browser(), back, 401],
        [ada, back.replace(HOST, 'other.test'), 401],
        [ada, back.replace(/state=[^&]*/, 'state=x.y'), 401],
        [ada, back.replace(/state=[^&]*/, ''), 401],
        [ada, `/oauth2/idpresponse?state=${state}`, 401],
        [ada, `/oauth2/idpresponse?state=${state}&error=access_denied`, 401],
        [ada, `/oauth2/idpresponse?state=${state}&error=server_error`, 561],
        [ada, `/oauth2/idpresponse?state=${state}&code=wrong`, 401],
        [ada, back, 302],
        [ada, back, 401],
      ] as const)
        expect([url, (await who.ask(url)).status]).toEqual([url, status])
      const nameless = connect(port, '127.0.0.1')
      nameless.write('GET / HTTP/1.0\r\n\r\n')
      expect(String((await once(nameless, 'data'))[0])).toMatch(/^HTTP\/1\.[01] 401 /)
      nameless.destroy()
      expect(target.count).toBe(0)
    })
  })

  it('are renewed by their refresh tokens, method and body kept', async () => {
    Object.assign(provider, { givesRefreshTokens: true, expiresInSeconds: 1 })
    await serving(program, protecting, async ({ browser }) => {
      const ada = browser()
      await ada.logIn('/')
      const [before] = ada.cookies.values()
      const text = [ada.cookies.get(`${COOKIE}-0`), ada.cookies.get(`${COOKIE}-1`) ?? ''].join('')
      const { session, renewal } = openSession(realm(), text) ?? {}
      expect(session?.expiresAt).toBeLessThanOrEqual(now() + 1)
      const overdue = sealSession(realm(), { session: someSession({ ...session, expiresAt: now() - 1 }), renewal })
      ada.cookies.set(`${COOKIE}-0`, overdue?.[0] ?? '')
      Object.assign(provider, { expiresInSeconds: 300 })
      const many = await Promise.all([1, 2, 3].map(() => ada.ask('/form?x', { method: 'POST', body: 'kept' })))
      for (const { status, headers } of many)
        expect([status, headers.location]).toEqual([307, `https://${HOST}/form?x`])
      const again = echoed(await ada.ask('/form?x', { method: 'POST', body: 'kept' }))
      expect([again.method, again.body, again.headers['x-amzn-oidc-identity']]).toEqual(['POST', 'kept', 'user-1'])
      expect([...ada.cookies.values()]).not.toContain(before + 'x')
    })
    Object.assign(provider, { givesRefreshTokens: false })
  })

  it('open websockets with a session, and none without', async () => {
    await serving(program, protecting, async ({ browser, port, target }) => {
      const upgrade = async (cookie: string): Promise<string> => {
        const socket = connect(port, '127.0.0.1')
        socket.write(
          `GET /ws HTTP/1.1\r\nHost: ${HOST}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nCookie: ${cookie}\r\n\r\n`,
        )
        const [bytes] = (await once(socket, 'data')) as [Buffer]
        socket.destroy()
        return bytes.toString().split('\r\n')[0] ?? ''
      }
      const ada = browser()
      await ada.logIn('/')
      expect(await upgrade('a=b')).toContain(' 302 ')
      expect(target.count).toBe(0)
      expect(await upgrade([...ada.cookies].map(([name, value]) => `${name}=${value}`).join('; '))).toContain(' 101 ')
    })
  })

  it('are not let in by a provider that does not answer, redirects or answers too much', async () => {
    await serving(program, protecting, async ({ browser, target }) => {
      const failures = [
        ['/token', { status: 302, text: '' }, 500],
        ['/token', { status: 503, text: '' }, 500],
        ['/token', { status: 200, text: 'x'.repeat(300_000) }, 500],
        ['/token', { status: 200, text: 'no JSON' }, 401],
        ['/userinfo', { status: 403, text: '' }, 561],
        ['/userinfo', { status: 200, text: '{"sub":"somebody else"}' }, 401],
        ['/userinfo', { status: 200, text: JSON.stringify({ sub: 'user-1', much: 'x'.repeat(12_000) }) }, 500],
        ['/userinfo', () => new Promise<never>(() => {}), 500],
      ] as const
      for (const [endpoint, answer, status] of failures) {
        provider.instead.set(endpoint, answer)
        const back = await browser().logIn('/')
        expect([endpoint, back.status, back.headers['set-cookie']]).toEqual([endpoint, status, undefined])
        provider.instead.delete(endpoint)
      }
      expect(target.count).toBe(0)
    })
  })

  it('who could not be logged in are written down with the reason', async () => {
    const receiver = createSocket('udp4')
    receiver.bind(0, '127.0.0.1')
    await once(receiver, 'listening')
    const lines: string[] = []
    receiver.on('message', (bytes) => lines.push(bytes.toString()))
    const logTarget = `127.0.0.1:${(receiver.address() as AddressInfo).port}`
    const check = async ({ browser }: Served): Promise<void> => {
      const answer = await browser().ask('/oauth2/idpresponse?code=1&state=x.y')
      expect([answer.status, answer.headers['x-longshore-reason']]).toEqual([401, undefined])
      await until(() => lines.some((line) => line.includes('idpresponse')))
      const fields = readAccessLog(lines.find((line) => line.includes('idpresponse')) ?? '')
      expect(fields).toMatchObject({ status: '401', reason: 'AuthInvalidStateParam', backend: 'authenticator' })
    }
    await serving(program, protecting, check, { logTarget })
    receiver.close()
  })

  it('are nowhere to be found in the configuration: no secret of the provider is', async () => {
    await serving(program, protecting, ({ haproxy }) => {
      const everything = [haproxy.rendered.text, ...haproxy.rendered.files.values()].join('\n')
      expect(everything).not.toMatch(/s3cr|client:1|idp\.test|\/token/)
      expect(everything).not.toContain(COOKIE_KEY)
      return Promise.resolve()
    })
  })
})
