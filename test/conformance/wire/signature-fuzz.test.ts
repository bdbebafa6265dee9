/**
 * Goal: whatever stands in a signature, a token or a query, it is nobody's unless it was made by us, and never a failure. Method: generated
 * and altered headers, queries and tokens.
 */
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { SignedRequest } from '../../../src/wire/sigv4.ts'
import { NOW, sign, type SigningWorld, signingWorld, withHeader } from './signing-world.ts'

let world: SigningWorld
beforeAll(async () => {
  world = await signingWorld()
})
const verdict = (...given: Parameters<SigningWorld['verdict']>): string => world.verdict(...given)

describe('anything else', () => {
  const refused = (request: SignedRequest): void => {
    expect(verdict(request)).not.toBe('accepted')
  }
  const plain = (headers: Record<string, string>, url = '/'): SignedRequest => ({
    method: 'POST',
    url,
    headers: { host: '127.0.0.1:4566', 'x-amz-date': '20260102T030405Z', ...headers },
    body: Buffer.alloc(0),
  })
  const scope = fc.constantFrom('20260102/eu-west-1/ecs/aws4_request', '20260102//ecs/aws4_request', '////', '')
  const key = fc.oneof(
    fc.constantFrom('AKIAUSER', 'ASIA', '', '__proto__', 'constructor'),
    fc.string({ maxLength: 20 }),
  )
  const parts = fc.record({
    algorithm: fc.oneof(fc.constant('AWS4-HMAC-SHA256'), fc.string({ maxLength: 20 })),
    credential: fc.tuple(key, scope).map((both) => both.join('/')),
    signedHeaders: fc.oneof(
      fc.constantFrom('host;x-amz-date', 'host', '', ';;', '__proto__'),
      fc.string({ maxLength: 20 }),
    ),
    signature: fc.oneof(fc.constant('0'.repeat(64)), fc.string({ maxLength: 70 })),
    token: fc.oneof(
      fc.constant(undefined),
      fc.string({ maxLength: 40 }),
      fc.constant('LS1.s1.'),
      fc.constant('LS1.__proto__.AAAA'),
    ),
  })

  it('in the Authorization header is nobody', () => {
    fc.assert(
      fc.property(parts, ({ algorithm, credential, signedHeaders, signature, token }) => {
        const authorization = `${algorithm} Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=${signature}`
        refused(plain({ authorization, ...(token === undefined ? {} : { 'x-amz-security-token': token }) }))
      }),
      { numRuns: 2000 },
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (authorization) => refused(plain({ authorization }))),
      { numRuns: 2000 },
    )
  })

  it('in a query is nobody', () => {
    fc.assert(
      fc.property(
        parts,
        fc.string({ maxLength: 10 }),
        ({ algorithm, credential, signedHeaders, signature, token }, expires) => {
          const query = new URLSearchParams({
            'X-Amz-Algorithm': algorithm,
            'X-Amz-Credential': credential,
            'X-Amz-Date': '20260102T030405Z',
            'X-Amz-Expires': expires,
            'X-Amz-SignedHeaders': signedHeaders,
            'X-Amz-Signature': signature,
            ...(token === undefined ? {} : { 'X-Amz-Security-Token': token }),
          })
          refused(plain({}, `/?${query.toString()}`))
        },
      ),
      { numRuns: 2000 },
    )
    fc.assert(
      fc.property(fc.webQueryParameters(), (query) => refused(plain({}, `/?${query}`))),
      { numRuns: 1000 },
    )
  })

  it('that was changed by a byte in header or token is nobody', async () => {
    const signed = await sign({}, { keys: world.session })
    fc.assert(
      fc.property(
        fc.constantFrom('authorization', 'x-amz-security-token'),
        fc.nat(),
        fc.integer({ min: 33, max: 126 }),
        (name, position, code) => {
          const text = String(signed.headers[name])
          const index = position % text.length
          fc.pre(text.charCodeAt(index) !== code)
          const changed = text.slice(0, index) + String.fromCharCode(code) + text.slice(index + 1)
          refused(withHeader(signed, name, changed))
        },
      ),
      { numRuns: 3000 },
    )
  })

  it('is no session: a token opens as it was made, with its key, or not at all', () => {
    fc.assert(
      fc.property(fc.nat(), fc.string({ maxLength: 4 }), fc.nat({ max: 4 }), (position, inserted, removed) => {
        const token = world.session.sessionToken
        const index = position % token.length
        const changed = token.slice(0, index) + inserted + token.slice(index + removed)
        const opened = world.sessions.open(world.session.accessKeyId, changed)
        expect(opened === undefined).toBe(changed !== token)
      }),
      { numRuns: 3000 },
    )
    fc.assert(
      fc.property(fc.string(), fc.string(), (accessKeyId, token) => {
        expect(world.sessions.open(accessKeyId, token)).toBeUndefined()
      }),
    )
  })

  it('is the root user at most where everyone is believed, and never a failure', () => {
    const anyone = fc.record({
      authorization: fc.string({ unit: 'binary' }),
      token: fc.string(),
      url: fc.webQueryParameters(),
    })
    fc.assert(
      fc.property(anyone, ({ authorization, token, url }) => {
        const request = plain({ authorization, 'x-amz-security-token': token }, `/?${url}`)
        expect(world.trusting.identify(request, 'ecs', NOW).principal.arn).toBe('arn:aws:iam::000000000000:root')
      }),
      { numRuns: 1000 },
    )
  })
})
