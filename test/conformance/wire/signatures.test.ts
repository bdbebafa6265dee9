/**
 * Goal: the verifier believes what AWS's own signer signs, and nothing else. Method: that signer as the oracle, over generated requests,
 * with the credentials of a user and of two sessions; every signed part is changed in turn.
 */
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { PRESIGNED_VALIDITY_SECONDS, SIGNATURE_SKEW_MS } from '../../../src/model/limits.ts'
import type { SignedRequest } from '../../../src/wire/sigv4.ts'
import { sessionCaller } from '../../builders/a-principal.ts'
import { aRole } from '../../builders/a-role.ts'
import type { Keys } from './official-signer.ts'
import { edited, NOW, sign, type SigningWorld, signingWorld, USER, withHeader } from './signing-world.ts'

let world: SigningWorld
beforeAll(async () => {
  world = await signingWorld()
})
const verdict = (...given: Parameters<SigningWorld['verdict']>): string => world.verdict(...given)
const messageOf = (...given: Parameters<SigningWorld['messageOf']>): string => world.messageOf(...given)

describe('paths and queries', () => {
  it.each([
    '/',
    '/a/b',
    '/a/b/',
    '/a//b',
    '//a///b//',
    '/a/./b/.',
    '/a/../b',
    '/../a',
    '/a%20b',
    '/a%2Fb',
    '/%C3%A9',
    '/a+b~c-d_e.f',
    "/a!b'c(d)e*f",
    '/a;b=c,d@e:f&g$',
    '/v2/name/manifests/sha256:0123',
  ])('%s is signed as AWS normalises it', async (path) => {
    expect(verdict(await sign({ path }))).toBe('accepted')
    expect(verdict(await sign({ path, method: 'GET' }, { expiresIn: 60 }))).toBe('accepted')
  })

  it('that normalise to the same are the same, others are not', async () => {
    const signed = await sign({ path: '/a/b' })
    for (const url of ['/a//b', '/a/./b', '/x/../a/b']) expect(verdict({ ...signed, url })).toBe('accepted')
    for (const url of ['/a/b/', '/a', '/A/b', '/a/%62', '/a%2Fb']) expect(verdict({ ...signed, url })).toBe('mismatch')
  })

  it.each([
    { a: '1' },
    { b: '2', a: '1' },
    { a: ['2', '1', ''] },
    { empty: '' },
    { 'a b': 'c+d', ä: '€', '%': '%25' },
    { "!'()*": "!'()*" },
    { A: '1', a: '2', 'a-': '3', aa: '4' },
    { Action: 'GetCallerIdentity', Version: '2011-06-15', 'X-Other': 'x=y&z' },
  ])('%j are signed as AWS orders and encodes them', async (query) => {
    expect(verdict(await sign({ query }))).toBe('accepted')
    expect(verdict(await sign({ query, method: 'GET' }, { expiresIn: 60 }))).toBe('accepted')
  })

  it('do not depend on the order in which they are sent', async () => {
    const signed = await sign({ query: { a: '1', b: '2' } })
    expect(verdict({ ...signed, url: '/?b=2&a=1' })).toBe('accepted')
    expect(verdict({ ...signed, url: '/?b=1&a=2' })).toBe('mismatch')
  })
})

describe('generated requests', () => {
  const segment = fc
    .string({ unit: fc.constantFrom('a', 'b', 'Z', '0', '9', '-', '_', '.', '~'), minLength: 1, maxLength: 8 })
    .filter((name) => !/^\.+$/.test(name))
  const text = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((value) => value.isWellFormed())
  const headerName = fc.stringMatching(/^x-amz-[a-z]{1,8}$/).filter((name) => name !== 'x-amz-date')
  const headerValue = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/)
  const requests = fc.record({
    method: fc.constantFrom('POST', 'GET', 'PUT', 'DELETE'),
    path: fc.array(segment, { maxLength: 4 }).map((segments) => `/${segments.join('/')}`),
    query: fc.dictionary(segment, fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 3 })), { maxKeys: 4 }),
    headers: fc.dictionary(headerName, headerValue, { maxKeys: 3 }),
    body: text,
  })
  const who = fc.constantFrom<'user' | 'session'>('user', 'session')
  const keysOf = (name: 'user' | 'session'): Keys => (name === 'user' ? USER : world.session)

  it('are accepted as they were signed, in the header and presigned', async () => {
    await fc.assert(
      fc.asyncProperty(requests, who, async (request, name) => {
        expect(verdict(await sign(request, { keys: keysOf(name) }))).toBe('accepted')
        const presigned = await sign({ ...request, body: '' }, { keys: keysOf(name), expiresIn: 60 })
        expect(verdict(presigned)).toBe('accepted')
      }),
      { numRuns: 200 },
    )
  })

  it('are refused when any signed part of them is another', async () => {
    await fc.assert(
      fc.asyncProperty(requests, who, fc.nat(), async (request, name, pick) => {
        const signed = await sign(request, { keys: keysOf(name) })
        const names = Object.keys(signed.headers).filter((each) => each !== 'authorization')
        const header = names[pick % names.length] ?? 'host'
        const others: SignedRequest[] = [
          { ...signed, method: `${signed.method}X` },
          { ...signed, url: `/x${signed.url}` },
          { ...signed, url: `${signed.url}${signed.url.includes('?') ? '&' : '?'}x=1` },
          { ...signed, body: Buffer.concat([signed.body, Buffer.from('x')]) },
          edited(signed, header, (value) => `${value}x`),
          withHeader(signed, header, undefined),
          edited(signed, 'authorization', (value) => value.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))),
          edited(signed, 'authorization', (value) => value.replace('SignedHeaders=', 'SignedHeaders=accept;')),
          edited(signed, 'authorization', (value) => value.replace('/eu-west-1/', '/eu-west-2/')),
        ]
        expect(others.map((other) => verdict(other))).not.toContain('accepted')
      }),
      { numRuns: 200 },
    )
  })

  it('that are presigned are refused when any signed part of them is another', async () => {
    await fc.assert(
      fc.asyncProperty(requests, who, async (request, name) => {
        const signed = await sign({ ...request, body: '' }, { keys: keysOf(name), expiresIn: 60 })
        const [path = '', query = ''] = signed.url.split('?')
        const pairs = query.split('&')
        const others = [
          { ...signed, method: `${signed.method}X` },
          { ...signed, url: `/x${signed.url}` },
          { ...signed, url: `${signed.url}&x=1` },
          { ...signed, body: Buffer.from('x') },
          edited(signed, 'host', (value) => `${value}0`),
          ...pairs.map((pair, index) => ({ ...signed, url: `${path}?${pairs.with(index, `${pair}1`).join('&')}` })),
          ...pairs.map((_pair, index) => ({ ...signed, url: `${path}?${pairs.toSpliced(index, 1).join('&')}` })),
        ]
        expect(others.map((other) => verdict(other))).not.toContain('accepted')
      }),
      { numRuns: 100 },
    )
  })
})

describe('payloads', () => {
  it('may be left unsigned if that is signed', async () => {
    const signed = await sign({ headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }, body: 'one' })
    expect(verdict({ ...signed, body: Buffer.from('two') })).toBe('accepted')
    const whole = await sign({ body: 'one' })
    expect(verdict(withHeader(whole, 'x-amz-content-sha256', 'UNSIGNED-PAYLOAD'))).toBe('mismatch')
  })

  it.each(['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'])(
    'in the chunks of %s are refused by that name',
    async (payload) => {
      const signed = await sign({ headers: { 'x-amz-content-sha256': payload }, body: '3;chunk-signature=0\r\none' })
      expect(verdict(signed)).toBe('incomplete')
      expect(messageOf(signed)).toBe(`The payload '${payload}' is for uploads to S3 and cannot be verified here.`)
    },
  )
})

describe('times', () => {
  it('may differ by five minutes both ways; later, the same request is worth nothing', async () => {
    const signed = await sign()
    const at = (offset: number): string => verdict(signed, { now: NOW + offset })
    expect([-SIGNATURE_SKEW_MS, 0, SIGNATURE_SKEW_MS].map(at)).toEqual(['accepted', 'accepted', 'accepted'])
    expect([-SIGNATURE_SKEW_MS - 1, SIGNATURE_SKEW_MS + 1, 3_600_000, 86_400_000].map(at)).toEqual([
      'mismatch',
      'mismatch',
      'mismatch',
      'mismatch',
    ])
  })

  it('of presigned requests end when they say', async () => {
    const signed = await sign({ method: 'GET' }, { expiresIn: 900 })
    const at = (offset: number): string => verdict(signed, { now: NOW + offset })
    expect([0, 900_000].map(at)).toEqual(['accepted', 'accepted'])
    expect([-SIGNATURE_SKEW_MS - 1, 901_000].map(at)).toEqual(['mismatch', 'mismatch'])
    const longest = await sign({ method: 'GET' }, { expiresIn: PRESIGNED_VALIDITY_SECONDS, keys: world.session })
    expect(verdict(longest, { now: NOW + PRESIGNED_VALIDITY_SECONDS * 1000 })).toBe('accepted')
  })

  it('cannot be moved without the key', async () => {
    const signed = await sign()
    const later = NOW + 3_600_000
    const moved = withHeader(signed, 'x-amz-date', '20260102T040405Z')
    expect(verdict(moved, { now: later })).toBe('mismatch')
    const dated = withHeader(withHeader(signed, 'x-amz-date', undefined), 'date', 'Fri, 02 Jan 2026 04:04:05 GMT')
    expect(verdict(dated, { now: later })).toBe('mismatch')
  })
})

describe('scopes', () => {
  it('name the region, which is the caller’s', async () => {
    expect(world.authenticator.identify(await sign({}, { region: 'ap-south-2' }), 'ecs', NOW).region).toBe('ap-south-2')
  })

  it('of another service, day or region than was signed are refused', async () => {
    expect(messageOf(await sign({}, { service: 'iam' }))).toBe("Credential should be scoped to correct service: 'ecs'.")
    expect(verdict(await sign({}, { service: 'iam' }), { service: 'iam' })).toBe('accepted')
    const signed = await sign()
    const scoped = (from: string, to: string): string =>
      messageOf(edited(signed, 'authorization', (value) => value.replace(from, to)))
    expect(scoped('/20260102/', '/20260103/')).toContain('Date in Credential scope does not match')
    expect(scoped('/eu-west-1/', '/eu-west-2/')).toContain('does not match the signature you provided')
    expect(scoped('/ecs/', '/sts/')).toContain('scoped to correct service')
    expect(scoped('aws4_request', 'aws3_request')).toContain('valid terminator')
  })
})

describe('headers', () => {
  it.each(['host', 'x-amz-date', 'x-amz-target', 'x-amz-security-token'])('must be signed: %s', async (name) => {
    const signed = await sign({ headers: { 'x-amz-target': 'A.B' } }, { keys: world.session })
    const unsigned = edited(signed, 'authorization', (value) => value.replace(new RegExp(`${name};|;${name}(?=,)`), ''))
    expect(unsigned.headers['authorization']).not.toBe(signed.headers['authorization'])
    expect(messageOf(unsigned)).toMatch(/not signed|must be a 'SignedHeader'/)
  })

  it('that were signed and are gone count as empty, which they were not', async () => {
    const signed = await sign({ headers: { 'x-amz-target': 'A.B', 'content-type': 'application/x-amz-json-1.1' } })
    for (const name of ['content-type', 'x-amz-target', 'host'])
      expect(verdict(withHeader(signed, name, undefined))).toBe('mismatch')
  })
})

describe('session tokens', () => {
  const put = async ({ accessKeyId, secretAccessKey }: Keys, sessionToken?: string): Promise<string> => {
    const keys = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) }
    return messageOf(await sign({}, { keys }))
  }
  const INVALID = 'The security token included in the request is invalid.'

  it('belong to their key', async () => {
    expect(world.authenticator.identify(await sign({}, { keys: world.session }), 'ecs', NOW).principal.arn).toBe(
      sessionCaller().arn,
    )
    expect(await put(world.session)).toBe(INVALID)
    expect(await put(world.session, 'wrong')).toBe(INVALID)
    expect(await put(world.session, world.otherSession.sessionToken)).toBe(INVALID)
    expect(await put(USER, world.session.sessionToken)).toBe(INVALID)
    expect(
      messageOf(await sign({}, { keys: { ...world.session, secretAccessKey: world.otherSession.secretAccessKey } })),
    ).toContain('does not match the signature you provided')
  })

  it('expire, in the header and presigned', async () => {
    const short = world.sessions.issue(sessionCaller(aRole(), { expiresAt: NOW + 1000 }))
    const [header, query] = [await sign({}, { keys: short }), await sign({}, { keys: short, expiresIn: 60 })]
    expect([header, query].map((request) => verdict(request, { now: NOW + 999 }))).toEqual(['accepted', 'accepted'])
    expect([header, query].map((request) => verdict(request, { now: NOW + 1000 }))).toEqual(['expired', 'expired'])
  })
})
