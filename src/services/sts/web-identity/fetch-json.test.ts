import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type OidcIssuer, oidcIssuer } from '../../../../test/oidc-issuer.ts'
import { type TlsIssuer, tlsIssuer } from '../../../../test/tls-issuer.ts'
import { ManualClock, SystemClock } from '../../../kit/clock.ts'
import { IDENTITY_PROVIDER_ANSWER_BYTES, IDENTITY_PROVIDER_TIMEOUT_MS } from '../../../model/limits.ts'
import { fetchJsonWith } from './fetch-json.ts'

const CONFIGURATION = '/.well-known/openid-configuration'
const fetchJson = fetchJsonWith(new SystemClock())
const from = (url: string, thumbprints: string[] = []): Promise<unknown> =>
  fetchJson({ url: new URL(url), thumbprints })

let issuer: OidcIssuer
afterEach(() => issuer.close())

describe('a document of an identity provider', () => {
  beforeEach(async () => {
    issuer = await oidcIssuer()
  })

  it('is fetched in the clear from this machine only', async () => {
    expect(await from(issuer.url + CONFIGURATION)).toMatchObject({ jwks_uri: `${issuer.url}/keys` })
    await expect(from('http://192.0.2.1/')).rejects.toThrowError('neither HTTPS nor on this machine')
    await expect(from('http://127.0.0.1.example.com/')).rejects.toThrowError('neither HTTPS nor on this machine')
    await expect(from('ftp://127.0.0.1/')).rejects.toThrowError('neither HTTPS nor on this machine')
  })

  it.each<[string, Parameters<OidcIssuer['answerWith']>[0], string | RegExp]>([
    ['an error', (_request, response) => void response.writeHead(500).end('{}'), 'status 500'],
    ['a redirection', (_request, response) => void response.writeHead(302, { location: '/keys' }).end(), 'status 302'],
    [
      'no JSON, which it does not repeat',
      (_request, response) => void response.end('<html>'),
      /^The answer is not JSON\.$/,
    ],
    [
      'too much',
      (_request, response) => void response.end('x'.repeat(IDENTITY_PROVIDER_ANSWER_BYTES + 1)),
      'The answer is too large.',
    ],
    [
      'half an answer',
      (_request, response) => void response.writeHead(200, { 'content-length': 9 }).end('{}', () => response.destroy()),
      'aborted',
    ],
  ])('is not taken from %s', async (_what, answer, message) => {
    issuer.answerWith(answer)
    await expect(from(issuer.url)).rejects.toThrowError(message)
  })

  it('is not waited for long', async () => {
    const clock = new ManualClock()
    const { promise: isAsked, resolve } = Promise.withResolvers<void>()
    issuer.answerWith(() => resolve())
    const fetched = fetchJsonWith(clock)({ url: new URL(issuer.url), thumbprints: [] })
    const failure = fetched.catch((error: unknown) => error)
    await isAsked
    await clock.advance(IDENTITY_PROVIDER_TIMEOUT_MS)
    expect(String(await failure)).toContain('did not answer in time')
  })
})

describe('over HTTPS, a document', () => {
  let thumbprints: TlsIssuer['thumbprints']

  beforeEach(async () => {
    const secure = await tlsIssuer()
    ;[issuer, thumbprints] = [secure, secure.thumbprints]
  })

  it('is not taken from a server that no known authority vouches for', async () => {
    for (const wrong of [[], ['0'.repeat(40)]])
      await expect(from(issuer.url + CONFIGURATION, wrong)).rejects.toMatchObject({ code: 'SELF_SIGNED_CERT_IN_CHAIN' })
    expect(issuer.asked).toEqual([])
  })

  it('is taken if the provider was registered with a thumbprint of its chain', async () => {
    for (const thumbprint of [thumbprints.authority, thumbprints.server.toLowerCase()])
      expect(await from(issuer.url + CONFIGURATION, ['0'.repeat(40), thumbprint])).toMatchObject({
        jwks_uri: `${issuer.url}/keys`,
      })
  })

  it('is not taken under another name than the certificate’s, thumbprint or not', async () => {
    const elsewhere = issuer.url.replace('127.0.0.1', '[::ffff:127.0.0.1]')
    await expect(from(elsewhere + CONFIGURATION, [thumbprints.authority])).rejects.toThrowError('altnames')
    expect(issuer.asked).toEqual([])
  })
})
