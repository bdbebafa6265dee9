/**
 * `/v2/token`: a Bearer token for a password. It is the password itself; what it may do is decided where it is used, whatever `scope` is asked
 * for. By GET with Basic authentication, or by POST as OAuth 2 has it.
 * https://distribution.github.io/distribution/spec/auth/token/ and https://distribution.github.io/distribution/spec/auth/oauth/
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isoText } from '../kit/timestamps.ts'
import { REGISTRY_USER } from '../model/registry-token.ts'
import { answerJson, bodyOf } from '../registry/exchange.ts'
import { RegistryFault } from '../registry/registry-fault.ts'

export const TOKEN_PATH = '/v2/token'
/** What a request of a token may have. */
const FORM_BYTES = 64 * 1024

export interface TokenExchange {
  /** That of Basic authentication. */
  readonly passwordOf: (request: IncomingMessage) => string | undefined
  /** When who has it may do nothing by it any more; undefined for a wrong one. */
  readonly expiryOf: (password: string | undefined) => number | undefined
  readonly now: () => number
}

export const exchangeToken = async (
  tools: TokenExchange,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const method = request.method ?? ''
  if (!['GET', 'POST'].includes(method)) {
    const fault = new RegistryFault('UNSUPPORTED', 'Tokens are got by GET and POST.', {
      headers: { Allow: 'GET, POST' },
    })
    return answerJson({ request, response }, fault.status, fault, fault.headers)
  }
  const password = method === 'POST' ? await formPassword(request) : tools.passwordOf(request)
  // Of a form that is too long, the rest is not waited for.
  if (!request.complete) response.shouldKeepAlive = false
  const expiresAt = tools.expiryOf(password)
  if (expiresAt === undefined) return refuse(request, response)
  const [token, now] = [password ?? '', tools.now()]
  answerJson({ request, response }, 200, {
    token,
    access_token: token,
    expires_in: Math.floor((expiresAt - now) / 1000),
    issued_at: isoText(now),
    scope: '',
  })
}

const refuse = (request: IncomingMessage, response: ServerResponse): void => {
  const fault = new RegistryFault('UNAUTHORIZED', 'The password is missing, is not valid, or has expired.')
  answerJson({ request, response }, fault.status, fault, { 'WWW-Authenticate': 'Basic realm="ecr",service="ecr"' })
}

/** Undefined if the form has none for the one user that there is. */
const formPassword = async (request: IncomingMessage): Promise<string | undefined> => {
  const form = new URLSearchParams(await textOf(request))
  if (form.get('grant_type') === 'refresh_token') return form.get('refresh_token') ?? undefined
  if (form.get('grant_type') !== 'password' || form.get('username') !== REGISTRY_USER) return undefined
  return form.get('password') ?? undefined
}

/** Empty if it is too long. */
const textOf = async (request: IncomingMessage): Promise<string> => {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of bodyOf(request)) {
    bytes += piece.length
    if (bytes > FORM_BYTES) return ''
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString()
}
