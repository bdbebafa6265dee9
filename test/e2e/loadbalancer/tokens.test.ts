import type { Action, JwtValidationActionAdditionalClaim } from '@aws-sdk/client-elastic-load-balancing-v2'
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verificationKeys } from '../../../src/loadbalancer/json-web-keys.ts'
import { aRoutingTable, aRuleRoute, answerWith } from './a-route.ts'
import { ask } from './echo-target.ts'
import { freePort, HaproxyUnderTest, PROGRAMS } from './haproxy-under-test.ts'

const ISSUER = 'https://issuer.test'
const now = Math.floor(Date.now() / 1000)

interface Pair {
  readonly publicKey: CryptoKey
  readonly privateKey: CryptoKey
}

/** Signed as a client would get it. */
const token = (claims: object, { privateKey }: Pair, header: { alg: string; kid?: string }): Promise<string> =>
  new SignJWT({ iss: ISSUER, exp: now + 600, ...claims }).setProtectedHeader(header).sign(privateKey)

const CLAIMS: readonly JwtValidationActionAdditionalClaim[] = [
  { Name: 'tenant', Format: 'single-string', Values: ['one'] },
  { Name: 'groups', Format: 'string-array', Values: ['dev', 'ops'] },
  { Name: 'scope', Format: 'space-separated-values', Values: ['read', 'write'] },
]

describe.each(PROGRAMS)('JSON web tokens, by %s', (program) => {
  const pairs = new Map<string, Pair>()
  const pair = (name: string): Pair => pairs.get(name) as Pair
  let haproxy: HaproxyUnderTest
  let port: number

  const statusOf = async (path: string, text: string): Promise<number> =>
    (await ask({ port, path, headers: { authorization: `Bearer ${text}` } })).status

  beforeAll(async () => {
    for (const [name, algorithm] of [
      ['rsa', 'RS256'],
      ['ec', 'ES256'],
      ['plain', 'ES256'],
      ['p384', 'ES384'],
      ['stranger', 'ES256'],
    ] as const)
      pairs.set(name, await generateKeyPair(algorithm, { extractable: true }))
    const jwk = async (name: string, given: object) => ({ ...(await exportJWK(pair(name).publicKey)), ...given })
    const keys = [await jwk('rsa', { kid: 'r' }), await jwk('ec', { kid: 'e' }), await jwk('p384', { kid: '3' })]
    const action = (name: string, claims: readonly JwtValidationActionAdditionalClaim[]): Action => ({
      Type: 'jwt-validation',
      JwtValidationConfig: { JwksEndpoint: `https://${name}`, Issuer: ISSUER, AdditionalClaims: [...claims] },
    })
    const at = (path: string) => [{ Field: 'path-pattern', PathPatternConfig: { Values: [path] } }]
    port = await freePort()
    const table = aRoutingTable({
      port,
      rules: [
        aRuleRoute(1, at('/named'), [action('named', []), answerWith('in')]),
        aRuleRoute(2, at('/plain'), [action('plain', []), answerWith('in')]),
        aRuleRoute(3, at('/claims'), [action('named', CLAIMS), answerWith('in')]),
        aRuleRoute('default', [], [answerWith('open')]),
      ],
    })
    const jsonWebKeys = new Map([
      ['https://named', verificationKeys(JSON.stringify({ keys }))],
      ['https://plain', verificationKeys(JSON.stringify({ keys: [await jwk('plain', {})] }))],
    ])
    haproxy = await HaproxyUnderTest.start(program, table, [port], { jsonWebKeys })
  })
  afterAll(() => haproxy.stop())

  it('are signed with RS256 or ES256, by a key of their name', async () => {
    const statuses = []
    for (const [name, header] of [
      ['rsa', { alg: 'RS256', kid: 'r' }],
      ['ec', { alg: 'ES256', kid: 'e' }],
      ['rsa', { alg: 'RS256' }],
      ['ec', { alg: 'ES256' }],
      ['rsa', { alg: 'RS256', kid: 'e' }],
      ['p384', { alg: 'ES384', kid: '3' }],
      ['stranger', { alg: 'ES256', kid: 'e' }],
      ['stranger', { alg: 'ES256' }],
    ] as const)
      statuses.push(await statusOf('/named', await token({}, pair(name), header)))
    expect(statuses).toEqual([200, 200, 200, 200, 401, 401, 401, 401])
  })

  it('may be of a key without a name', async () => {
    const statuses = []
    for (const [name, header] of [
      ['plain', { alg: 'ES256' }],
      ['plain', { alg: 'ES256', kid: 'whatever' }],
      ['stranger', { alg: 'ES256' }],
      ['rsa', { alg: 'RS256', kid: 'r' }],
    ] as const)
      statuses.push(await statusOf('/plain', await token({}, pair(name), header)))
    expect(statuses).toEqual([200, 200, 401, 401])
  })

  it('cannot be forged with a public key, or without any', async () => {
    const secret = new TextEncoder().encode(await exportSPKI(pair('rsa').publicKey))
    const claims = { iss: ISSUER, exp: now + 600 }
    const good = await token({}, pair('rsa'), { alg: 'RS256', kid: 'r' })
    const [head = '', payload = '', signature = ''] = good.split('.')
    const forged = [
      await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'r' }).sign(secret),
      new UnsecuredJWT(claims).encode(),
      `${head}.${payload}.`,
      `${head}.${payload}`,
      `${head}.${Buffer.from(JSON.stringify({ ...claims, sub: 'root' })).toString('base64url')}.${signature}`,
      `.${payload}.${signature}`,
      '',
      `${good}.x`,
    ]
    const statuses = []
    for (const text of forged) statuses.push(await statusOf('/named', text))
    expect(statuses).toEqual(forged.map(() => 401))
    expect(await statusOf('/named', good)).toBe(200)
  })

  const good = { tenant: 'one', groups: ['dev', 'x', 'ops'], scope: 'write read' }

  it.each([
    [{}, 200],
    [{ scope: 'read write admin' }, 200],
    [{ nested: { tenant: 'two', groups: ['none'] } }, 200],
    [{ groups: ['a"]', 'dev', 'ops'] }, 200],
    [{ tenant: 'one ' }, 401],
    [{ tenant: 'ONE' }, 401],
    [{ tenant: ['one'] }, 401],
    [{ tenant: undefined, nested: { tenant: 'one' } }, 401],
    [{ groups: ['dev'] }, 401],
    [{ groups: 'dev ops' }, 401],
    [{ groups: ['dev", "ops'] }, 401],
    [{ groups: [], text: '"groups": ["dev", "ops"]' }, 401],
    [{ groups: undefined, nested: { groups: ['dev', 'ops'] } }, 401],
    [{ scope: 'read' }, 401],
    [{ scope: 'read,write' }, 401],
    [{ scope: 'reads writes' }, 401],
    [{ scope: undefined }, 401],
    [{ exp: now - 5 }, 401],
    [{ exp: undefined }, 401],
    [{ nbf: now + 300 }, 401],
    [{ iat: now + 300 }, 401],
    [{ iss: `${ISSUER}/` }, 401],
    [{ iss: [ISSUER] }, 401],
  ])('say what a rule asks for: with %o, %i', async (given, status) => {
    expect(await statusOf('/claims', await token({ ...good, ...given }, pair('ec'), { alg: 'ES256', kid: 'e' }))).toBe(
      status,
    )
  })
})
