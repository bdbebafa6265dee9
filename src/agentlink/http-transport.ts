/** One HTTP request of the agent: `node:http` or `node:https` with connections kept alive, and a limit on the time it takes. */
import type { IncomingMessage } from 'node:http'
import https from 'node:https'
import { http } from '../kit/node.ts'
import { REQUEST_BODY_BYTES } from '../model/limits.ts'

export interface HttpRequest<Body = string> {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Body
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

export interface HttpAnswer {
  readonly status: number
  readonly body: string
  /** As the service names the request. */
  readonly requestId?: string
}

/** Sends by POST. Rejects if no whole answer comes. */
export type HttpTransport<Body = string> = (request: HttpRequest<Body>) => Promise<HttpAnswer>

/** A transport with its own connections; agents of one process may share it. */
export const httpTransport = (maxConnections: number): HttpTransport<string | Uint8Array> => {
  const options = { keepAlive: true, maxSockets: maxConnections, scheduling: 'lifo' as const }
  const [plain, secure] = [new http.Agent(options), new https.Agent(options)]
  return ({ url, headers, body, timeoutMs, signal }) =>
    new Promise((resolve, reject) => {
      const isSecure = url.startsWith('https:')
      const send = isSecure ? https.request : http.request
      const request = send(
        url,
        {
          method: 'POST',
          headers: { ...headers, 'Content-Length': String(Buffer.byteLength(body)) },
          agent: isSecure ? secure : plain,
          timeout: timeoutMs,
          ...(signal === undefined ? {} : { signal }),
        },
        (response) => readAnswer(response, resolve, reject),
      )
      request.on('timeout', () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)))
      request.on('error', reject)
      request.end(body)
    })
}

const readAnswer = (
  response: IncomingMessage,
  resolve: (answer: HttpAnswer) => void,
  reject: (error: Error) => void,
): void => {
  const chunks: Buffer[] = []
  let size = 0
  response.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > REQUEST_BODY_BYTES) response.destroy(new Error('the answer is too long'))
    else chunks.push(chunk)
  })
  response.on('error', reject)
  response.on('end', () => {
    const requestId = response.headers['x-amzn-requestid']
    const body = Buffer.concat(chunks).toString('utf8')
    resolve({ status: response.statusCode ?? 0, body, ...(typeof requestId === 'string' && { requestId }) })
  })
}
