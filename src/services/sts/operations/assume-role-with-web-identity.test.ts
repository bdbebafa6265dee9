import type { AssumeRoleWithWebIdentityRequest, AssumeRoleWithWebIdentityResponse } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { aRole } from '../../../../test/builders/a-role.ts'
import { type OidcIssuer, oidcIssuer } from '../../../../test/oidc-issuer.ts'
import { refusalOf } from '../../../../test/refusal-of.ts'
import { STS_NOW, stsWorld } from '../../../../test/sts-service.ts'
import { ManualClock } from '../../../kit/clock.ts'
import { oidcProviderArn } from '../../../model/arn.ts'
import type { OidcProviderRecord } from '../../../model/iam-records.ts'
import { IDENTITY_PROVIDER_COOLDOWN_MS, IDENTITY_PROVIDER_KEYS_MS } from '../../../model/limits.ts'
import { anonymous } from '../../../model/principal.ts'
import { type Guard, noGuard } from '../../operations.ts'

const ACCOUNT = '000000000000'
const SECOND = Math.floor(STS_NOW / 1000)

let issuer: OidcIssuer
let provider: OidcProviderRecord
beforeAll(async () => {
  issuer = await oidcIssuer({ now: SECOND })
  const url = issuer.url.replace('http://', '')
  provider = {
    arn: oidcProviderArn(ACCOUNT, url),
    account: ACCOUNT,
    url,
    clientIds: ['other', 'longshore'],
    thumbprints: [],
    createdAt: 0,
    tags: [],
  }
})
afterAll(() => issuer.close())
beforeEach(() => {
  issuer.asked.length = 0
  issuer.answerWith(undefined)
})

const letsIn = (condition: object, ...actions: string[]): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: provider.arn },
        Action: ['sts:AssumeRoleWithWebIdentity', ...actions],
        Condition: { StringLike: condition },
      },
    ],
  })

interface Given {
  readonly document?: string
  readonly guard?: Guard
}

const world = async ({ document, guard }: Given = {}) => {
  const clock = new ManualClock(STS_NOW)
  const role = aRole({
    assumeRolePolicyDocument:
      document ?? letsIn({ [`${provider.url}:sub`]: 'repo:ada/*', [`${provider.url}:aud`]: 'longshore' }),
  })
  const sts = await stsWorld({ roles: [role], deps: { clock, ...(guard && { guard }) } })
  await sts.store.transact((tx) => tx.oidcProviders.insert(provider))
  const assume = (WebIdentityToken: string, input: Partial<AssumeRoleWithWebIdentityRequest> = {}) =>
    sts.call<AssumeRoleWithWebIdentityResponse>(
      'AssumeRoleWithWebIdentity',
      { RoleArn: role.arn, RoleSessionName: 'ci', WebIdentityToken, ...input },
      anonymous(ACCOUNT),
    )
  return { ...sts, clock, role, assume }
}

describe('a web identity', () => {
  it('gets the role that trusts it, without any other proof', async () => {
    const { assume, whoHas, role } = await world()
    const answer = await assume(await issuer.token())
    expect(answer).toMatchObject({
      AssumedRoleUser: { Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/app/ci`, AssumedRoleId: `${role.roleId}:ci` },
      SubjectFromWebIdentityToken: 'repo:ada/app',
      Audience: 'longshore',
      Provider: provider.arn,
    })
    expect(whoHas(answer.Credentials)?.session).toEqual({
      issuerArn: role.arn,
      issuedAt: SECOND * 1000,
      expiresAt: (SECOND + 3600) * 1000,
      federatedProvider: provider.arn,
    })
  })

  it.each([
    ['another subject', { sub: 'repo:eve/app' }],
    ['an audience that the provider has and the role does not want', { aud: 'other' }],
    ['an authorized party, which goes before the audience', { azp: 'other' }],
  ])('does not get it with %s', async (_what, claims) => {
    const { assume } = await world()
    expect(await refusalOf(assume(await issuer.token(claims)))).toEqual([
      'AccessDenied',
      'Not authorized to perform sts:AssumeRoleWithWebIdentity',
    ])
  })

  it('does not get a role that is not there, or that trusts someone else', async () => {
    const { assume, role } = await world({ document: letsIn({}).replace(provider.arn, `${provider.arn}/other`) })
    expect((await refusalOf(assume(await issuer.token())))[0]).toBe('AccessDenied')
    const RoleArn = `${role.arn}-imagined`
    expect((await refusalOf(assume(await issuer.token(), { RoleArn })))[0]).toBe('AccessDenied')
  })

  it('gets any role where nobody is held to policies, but not without a good token', async () => {
    const { assume } = await world({ guard: noGuard, document: letsIn({ [`${provider.url}:sub`]: 'nobody' }) })
    expect((await assume(await issuer.token())).Credentials).toBeDefined()
    expect((await refusalOf(assume(`${await issuer.token()}x`)))[0]).toBe('InvalidIdentityTokenException')
  })

  it('is told from others by any claim', async () => {
    const { assume } = await world({
      document: letsIn({ [`${provider.url}:groups`]: 'admins', [`${provider.url}:Verified`]: 'true' }),
    })
    const good = await issuer.token({ groups: ['users', 'admins'], verified: true })
    expect((await assume(good)).Credentials).toBeDefined()
    expect((await refusalOf(assume(await issuer.token({ groups: ['users'], verified: true }))))[0]).toBe('AccessDenied')
  })

  it.each([
    [
      'nested',
      { 'https://aws.amazon.com/tags': { principal_tags: { team: ['blue'] }, transitive_tag_keys: ['team'] } },
    ],
    [
      'flat',
      {
        'https://aws.amazon.com/tags/principal_tags/team': ['blue'],
        'https://aws.amazon.com/tags/transitive_tag_keys': ['team'],
      },
    ],
  ])('brings tags and a source identity, if it may (%s)', async (_form, claims) => {
    const token = await issuer.token({ ...claims, 'https://aws.amazon.com/source_identity': 'ada' })
    expect((await refusalOf((await world()).assume(token)))[0]).toBe('AccessDenied')
    const document = letsIn(
      { 'aws:RequestTag/team': 'blue', 'sts:SourceIdentity': 'ada' },
      'sts:TagSession',
      'sts:SetSourceIdentity',
    )
    const { assume, whoHas } = await world({ document })
    const answer = await assume(token)
    expect(answer.SourceIdentity).toBe('ada')
    expect(whoHas(answer.Credentials)?.session).toMatchObject({
      tags: [{ key: 'team', value: 'blue' }],
      transitiveTagKeys: ['team'],
      sourceIdentity: 'ada',
    })
  })
})

describe('a token', () => {
  const NOT_A_TOKEN = 'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)'
  const outcome = async (token: string) => refusalOf((await world()).assume(token))

  it('that has expired is refused, with both times', async () => {
    for (const exp of [SECOND - 100_000, SECOND])
      expect(await outcome(await issuer.token({ exp }))).toEqual([
        'ExpiredTokenException',
        `Token expired: current date/time ${SECOND} must be before the expiration date/time ${exp}`,
      ])
    expect((await outcome(await issuer.token({ exp: SECOND + 1 })))[0]).toBe('')
  })

  it.each([
    [
      'of an issuer that is not registered',
      { iss: 'https://issuer.example' },
      'No OpenIDConnect provider found in your account for https://issuer.example',
    ],
    ['for another audience', { aud: 'stranger' }, 'Incorrect token audience'],
    ['without a subject', { sub: undefined }, 'Missing a required claim: sub'],
    ['without an end', { exp: undefined }, 'Missing a required claim: exp'],
    ['without an issuer', { iss: undefined }, 'Missing a required claim: iss'],
    ['of later', { nbf: SECOND + 301 }, 'The claim nbf is not valid'],
  ])('%s is refused', async (_what, claims, message) => {
    expect(await outcome(await issuer.token(claims))).toEqual(['InvalidIdentityTokenException', message])
  })

  it('of an issuer by the other scheme is not of the registered one', async () => {
    expect((await outcome(await issuer.token({ iss: `ftp://${provider.url}` })))[1]).toContain(
      'No OpenIDConnect provider',
    )
  })

  it.each(['token', 'a.b.c', 'eyJhbGciOiJub25lIn0.e30.', '....'])('%j is none', async (token) => {
    expect((await outcome(token))[0]).toBe('InvalidIdentityTokenException')
  })

  it('that was altered, or signs by another algorithm, is refused', async () => {
    const token = await issuer.token()
    const [header = '', payload = '', signature = ''] = token.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
    const altered = Buffer.from(JSON.stringify({ ...claims, sub: 'repo:ada/other' })).toString('base64url')
    expect(await outcome([header, altered, signature].join('.'))).toEqual([
      'InvalidIdentityTokenException',
      'The signature of the ID Token is not valid',
    ])
    const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url')
    expect(await outcome([none, payload, ''].join('.'))).toEqual(['InvalidIdentityTokenException', NOT_A_TOKEN])
    const shared = Buffer.from(JSON.stringify({ alg: 'HS256', kid: 'key-1' })).toString('base64url')
    expect(await outcome([shared, payload, signature].join('.'))).toEqual([
      'InvalidIdentityTokenException',
      NOT_A_TOKEN,
    ])
  })

  it.each([
    [{ RoleSessionName: 'a b' }, 'roleSessionName'],
    [{ DurationSeconds: 60 }, 'durationSeconds'],
    [{ ProviderId: 'www.amazon.com' }, 'ProviderId'],
    [{ WebIdentityToken: 'x' }, 'webIdentityToken'],
    [{ RoleArn: 'arn:aws:iam::000000000000:user/ada' }, 'is invalid'],
  ])('is not looked at if the request is wrong (%#)', async (input, message) => {
    const { assume } = await world()
    const [code, found] = await refusalOf(assume(await issuer.token(), input))
    expect([code, found]).toEqual(['ValidationError', expect.stringContaining(message) as string])
  })
})

describe('the keys of a provider', () => {
  it('are asked for once, and again after a while', async () => {
    const { assume, clock } = await world()
    await Promise.all([assume(await issuer.token()), assume(await issuer.token())])
    await assume(await issuer.token())
    expect(issuer.asked).toEqual(['/.well-known/openid-configuration', '/keys'])
    await clock.advance(IDENTITY_PROVIDER_KEYS_MS)
    await assume(await issuer.token())
    expect(issuer.asked).toHaveLength(4)
  })

  it('are asked for again for a key that is new, but not each time for one that is nobody’s', async () => {
    const { assume, clock } = await world()
    await assume(await issuer.token())
    await issuer.rotate()
    const [code, message] = await refusalOf(assume(await issuer.token()))
    expect([code, message]).toEqual([
      'InvalidIdentityTokenException',
      expect.stringContaining("Couldn't retrieve verification key") as string,
    ])
    expect(issuer.asked).toHaveLength(2)
    await clock.advance(IDENTITY_PROVIDER_COOLDOWN_MS)
    expect((await assume(await issuer.token())).Credentials).toBeDefined()
    expect(issuer.asked).toHaveLength(4)
  })

  it('are not asked for by a token of an issuer that nobody registered', async () => {
    const { assume } = await world()
    await refusalOf(assume(await issuer.token({ iss: `${issuer.url}/other` })))
    expect(issuer.asked).toEqual([])
  })

  it.each<[string, Parameters<OidcIssuer['answerWith']>[0]]>([
    ['fails', (_request, response) => void response.writeHead(503).end()],
    ['says nothing of keys', (_request, response) => void response.end('{}')],
    ['says null', (_request, response) => void response.end('null')],
    ['hangs up', (_request, response) => void response.destroy()],
    ['points into the void', (_request, response) => void response.end('{"jwks_uri":"http://192.0.2.1/"}')],
  ])('cannot be had if it %s, which is said and not kept', async (_what, answer) => {
    const { assume } = await world()
    issuer.answerWith(answer)
    const [code, message] = await refusalOf(assume(await issuer.token()))
    expect(code).toBe('IDPCommunicationErrorException')
    expect(message).toContain(`The keys of ${issuer.url} cannot be had`)
    issuer.answerWith(undefined)
    expect((await assume(await issuer.token())).Credentials).toBeDefined()
  })

  it('that are no keys verify nothing', async () => {
    const { assume } = await world()
    issuer.answerWith((request, response) =>
      response.end(request.url === '/keys' ? '{"keys":[1,null,{}]}' : `{"jwks_uri":"${issuer.url}/keys"}`),
    )
    expect((await refusalOf(assume(await issuer.token())))[0]).toBe('InvalidIdentityTokenException')
  })
})
