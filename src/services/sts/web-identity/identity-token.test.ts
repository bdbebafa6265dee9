/** Goal: no token, however wrong, is believed or is a failure. Method: generated and altered tokens of a provider that is registered. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OidcIssuer, oidcIssuer } from '../../../../test/oidc-issuer.ts'
import { ManualClock } from '../../../kit/clock.ts'
import { oidcProviderArn } from '../../../model/arn.ts'
import { Fault } from '../../../wire/fault.ts'
import { IdentityProviders } from './identity-providers.ts'
import { type TokenCheck, verifyIdentityToken } from './identity-token.ts'

const ACCOUNT = '000000000000'
const SECOND = Date.UTC(2026, 0, 2) / 1000

let issuer: OidcIssuer
let check: TokenCheck
beforeAll(async () => {
  issuer = await oidcIssuer({ now: SECOND })
  const url = issuer.url.replace('http://', '')
  const arn = oidcProviderArn(ACCOUNT, url)
  const provider = { arn, account: ACCOUNT, url, clientIds: ['longshore'], thumbprints: [], createdAt: 0, tags: [] }
  const clock = new ManualClock(SECOND * 1000)
  check = {
    tables: { oidcProviders: { get: (key: string) => (key === arn ? provider : undefined) } } as TokenCheck['tables'],
    providers: new IdentityProviders(clock),
    account: ACCOUNT,
    now: clock.now(),
  }
})
afterAll(() => issuer.close())

/** `believed`, or the code of the refusal. Any other error is a failure of the test. */
const verdict = async (token: string): Promise<string> => {
  try {
    await verifyIdentityToken(token, check)
    return 'believed'
  } catch (error) {
    if (error instanceof Fault) return error.code
    throw error
  }
}

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value) ?? '').toString('base64url')

/** What a token says, in however many ways it can be written. */
const contentOf = (token: string): string =>
  token
    .split('.')
    .map((part) => Buffer.from(part, 'base64url').toString('hex'))
    .join('.')

const REFUSALS = ['InvalidIdentityTokenException', 'ExpiredTokenException']

describe('an identity token', () => {
  it('is believed as it was signed', async () => {
    expect(await verdict(await issuer.token())).toBe('believed')
  })

  it('of any text is refused', async () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.base64String(), { maxLength: 6 }).map((parts) => parts.join('.')),
    )
    await fc.assert(
      fc.asyncProperty(texts, async (token) => {
        expect(REFUSALS).toContain(await verdict(token))
      }),
      { numRuns: 1000 },
    )
  })

  it('of any header and any claims is refused', async () => {
    const headers = fc.oneof(
      fc.json(),
      fc.record({ alg: fc.constantFrom('ES256', 'RS256', 'HS256', 'none'), kid: fc.constantFrom('key-1', '', 'x') }),
      fc.record({
        alg: fc.constant('ES256'),
        kid: fc.constant('key-1'),
        crit: fc.jsonValue(),
        b64: fc.boolean(),
        jwk: fc.jsonValue(),
      }),
    )
    const claims = fc.oneof(
      fc.jsonValue(),
      fc.record({ iss: fc.constant('registered'), aud: fc.jsonValue(), exp: fc.jsonValue() }),
    )
    await fc.assert(
      fc.asyncProperty(headers, claims, fc.base64String(), async (header, payload, signature) => {
        const whole =
          payload !== null && typeof payload === 'object' && 'iss' in payload
            ? { ...payload, iss: issuer.url }
            : payload
        expect(REFUSALS).toContain(await verdict([base64url(header), base64url(whole), signature].join('.')))
      }),
      { numRuns: 1000 },
    )
  })

  it('that was signed with claims of any type is refused or believed, never a failure', async () => {
    const names = fc.constantFrom('sub', 'aud', 'azp', 'exp', 'nbf', 'iat', 'jti', 'https://aws.amazon.com/tags')
    await fc.assert(
      fc.asyncProperty(names, fc.jsonValue(), async (name, value) => {
        const outcome = await issuer.token({ [name]: value }).then(verdict, () => 'unsigned')
        expect([...REFUSALS, 'believed', 'unsigned']).toContain(outcome)
      }),
      { numRuns: 300 },
    )
  })

  it('that was changed by a character is refused', async () => {
    const token = await issuer.token()
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: token.length - 1 }),
        fc.constantFrom('A', 'z', '_', '.', '=', ' '),
        async (index, character) => {
          const changed = token.slice(0, index) + character + token.slice(index + 1)
          fc.pre(contentOf(changed) !== contentOf(token))
          expect(REFUSALS).toContain(await verdict(changed))
        },
      ),
      { numRuns: 1000 },
    )
  })
})
