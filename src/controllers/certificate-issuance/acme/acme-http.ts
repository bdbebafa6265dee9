/** One HTTPS request to an ACME server, and its whole answer. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { request as open } from 'node:https'
import { rootCertificates } from 'node:tls'

export interface AcmeAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Rejects if there is no answer. */
export type AcmeHttp = (method: 'GET' | 'HEAD' | 'POST', url: string, body?: string) => Promise<AcmeAnswer>

const TIMEOUT_MS = 30_000
const LONGEST_ANSWER = 1_048_576

/** `trusted`: PEM of what vouches for the server, beside what everyone trusts. */
export const acmeHttp = (trusted: string | undefined): AcmeHttp => {
  const ca = trusted === undefined ? {} : { ca: [...rootCertificates, trusted] }
  return (method, url, body) => {
    const { promise, resolve, reject } = Promise.withResolvers<AcmeAnswer>()
    const headers = {
      'user-agent': 'longshore',
      ...(body !== undefined && { 'content-type': 'application/jose+json', 'content-length': Buffer.byteLength(body) }),
    }
    const request = open(url, { method, headers, timeout: TIMEOUT_MS, ...ca })
    request.once('timeout', () => request.destroy(new Error(`${url} did not answer in time.`)))
    request.once('error', reject)
    request.once('response', (response) => void answerOf(response).then(resolve, reject))
    request.end(body)
    return promise
  }
}

const answerOf = async (response: IncomingMessage): Promise<AcmeAnswer> => {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of response as AsyncIterable<Buffer>) {
    length += piece.length
    if (length > LONGEST_ANSWER) throw new Error('The ACME server answers with more than makes sense.')
    pieces.push(piece)
  }
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces).toString() }
}
