/** An OpenID Connect provider for tests: signs tokens, and serves its configuration and keys on loopback. */
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'

export interface OidcIssuer {
  /** As tokens name it, e.g. `http://127.0.0.1:1234`. */
  readonly url: string
  /** Paths that were asked for. */
  readonly asked: string[]
  /** A token with these claims laid over good ones; a claim of undefined is left out. */
  token(
    claims?: Readonly<Record<string, unknown>>,
    header?: { readonly alg?: string; readonly kid?: string },
  ): Promise<string>
  /** Signs with a new key from now on, and serves that alone. */
  rotate(): Promise<void>
  /** Answers in this way instead. */
  answerWith(listener: RequestListener | undefined): void
  close(): Promise<void>
}

export interface IssuerOptions {
  readonly audience?: string
  /** Seconds since the epoch. */
  readonly now?: number
  /** PEM; serves HTTPS then. */
  readonly tls?: { readonly key: string; readonly cert: string }
}

interface SigningPair {
  readonly kid: string
  readonly privateKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey']
  readonly jwk: JWK
}

const newPair = async (kid: string): Promise<SigningPair> => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } }
}

export const oidcIssuer = async (options: IssuerOptions = {}): Promise<OidcIssuer> => {
  const { audience = 'longshore', now = Math.floor(Date.now() / 1000), tls } = options
  let pair = await newPair('key-1')
  let other: RequestListener | undefined
  const asked: string[] = []
  const listener: RequestListener = (request, response) => {
    asked.push(request.url ?? '')
    if (other !== undefined) return other(request, response)
    const body =
      request.url === '/keys'
        ? { keys: [pair.jwk] }
        : { issuer: url, jwks_uri: `${url}/keys`, id_token_signing_alg: [] }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  const server: Server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const scheme = tls === undefined ? 'http' : 'https'
  const url = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    asked,
    token: (claims = {}, header = {}) =>
      new SignJWT({ iss: url, sub: 'repo:ada/app', aud: audience, iat: now, exp: now + 600, ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: pair.kid, ...header })
        .sign(pair.privateKey),
    rotate: async () => {
      pair = await newPair(`${pair.kid}+`)
    },
    answerWith: (listenerInstead) => void (other = listenerInstead),
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
