/** Single exchanges with a target through the balancer. Each rejects, with the cause, if it is refused, cut or answered otherwise than it should. */
import { createHash, randomBytes } from 'node:crypto'
import { type Agent as HttpAgent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { type ClientHttp2Session, constants } from 'node:http2'
import { type Agent as HttpsAgent, request as secureRequest } from 'node:https'
import { setTimeout as delay } from 'node:timers/promises'
import { WebSocket } from 'ws'

/** What the target says of itself. */
export interface Answer {
  readonly version: string
  /** Of the container. */
  readonly id: string
}

export interface Question {
  readonly path: string
  readonly method?: 'GET' | 'POST'
  readonly body?: Buffer
  /** The body goes out in pieces, over about that time. */
  readonly uploadMs?: number
}

/** Where HTTPS is spoken: for what name, and whom to trust. */
export interface Trust {
  readonly servername: string
  readonly ca: string
}

export interface Http1Question extends Question {
  readonly origin: string
  readonly agent: HttpAgent | HttpsAgent
  readonly trust?: Trust
}

/** Of HTTP/2: nobody has looked at the request. */
export class StreamRefused extends Error {
  override readonly name = 'StreamRefused'
}

const ANSWER_TIMEOUT_MS = 90_000
const UPLOAD_PIECES = 10

const withNonce = (path: string): { readonly nonce: string; readonly asked: string } => {
  const nonce = randomBytes(8).toString('hex')
  return { nonce, asked: `${path}?n=${nonce}` }
}

/** The answer, if it is whole and the one to this request. */
const checked = (status: number | undefined, text: string, nonce: string, body: Buffer = Buffer.alloc(0)): Answer => {
  if (status !== 200) throw new Error(`status ${status}: ${text.slice(0, 200)}`)
  if (!text.endsWith('\n')) throw new Error(`the answer ends after ${text.length} bytes`)
  const answer = JSON.parse(text.trimEnd().split('\n').at(-1) ?? '') as Answer & { nonce: string; digest: string }
  if (answer.nonce !== nonce) throw new Error(`the answer is that to another request: ${answer.nonce}`)
  if (answer.digest !== createHash('sha256').update(body).digest('hex')) throw new Error('the body came otherwise')
  return answer
}

const send = async (asked: ClientRequest, { body, uploadMs = 0 }: Question): Promise<void> => {
  if (body === undefined || uploadMs === 0) return void asked.end(body)
  const size = Math.ceil(body.length / UPLOAD_PIECES)
  for (let start = 0; start < body.length && !asked.destroyed; start += size) {
    asked.write(body.subarray(start, start + size))
    await delay(uploadMs / UPLOAD_PIECES)
  }
  asked.end()
}

const textOf = (response: IncomingMessage): Promise<string> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    response.on('data', (chunk: Buffer) => chunks.push(chunk))
    response.once('end', () => resolve(Buffer.concat(chunks).toString()))
    response.once('error', (error) => reject(new Error(`cut within the answer: ${error.message}`)))
  })

export const http1 = async (question: Http1Question): Promise<Answer> => {
  const { origin, path, method = 'GET', body, agent, trust } = question
  const { nonce, asked } = withNonce(path)
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-length': body.length }
    const ask = trust === undefined ? request : secureRequest
    const exchange = ask(new URL(asked, origin), { method, agent, headers, timeout: ANSWER_TIMEOUT_MS, ...trust })
    exchange.once('response', resolve)
    exchange.once('timeout', () => exchange.destroy(new Error('no answer in time')))
    exchange.on('error', (error: NodeJS.ErrnoException) =>
      reject(new Error(`${error.code ?? ''} ${error.message}${exchange.reusedSocket ? ', on a kept connection' : ''}`)),
    )
    void send(exchange, question)
  })
  return checked(response.statusCode, await textOf(response), nonce, body)
}

export const http2 = async (session: ClientHttp2Session, { path, method = 'GET', body }: Question): Promise<Answer> => {
  const { nonce, asked } = withNonce(path)
  const { status, text } = await new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    const stream = session.request({ ':path': asked, ':method': method })
    let status: number | undefined
    let isWhole = false
    const chunks: Buffer[] = []
    stream.setTimeout(ANSWER_TIMEOUT_MS, () => stream.close(constants.NGHTTP2_CANCEL))
    stream.once('response', (headers) => (status = headers[':status']))
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.once('end', () => (isWhole = true))
    stream.once('error', (error) =>
      reject(stream.rstCode === constants.NGHTTP2_REFUSED_STREAM ? new StreamRefused() : error),
    )
    stream.once('close', () =>
      isWhole
        ? resolve({ status, text: Buffer.concat(chunks).toString() })
        : reject(new Error(`the stream ended with code ${stream.rstCode}`)),
    )
    stream.end(body)
  })
  return checked(status, text, nonce, body)
}

export const openWebSocket = (url: string): Promise<WebSocket> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { handshakeTimeout: ANSWER_TIMEOUT_MS })
    socket.once('open', () => resolve(socket))
    socket.on('error', reject)
  })

export const echo = (socket: WebSocket): Promise<void> =>
  new Promise((resolve, reject) => {
    const text = randomBytes(100).toString('hex')
    const closed = (code: number): void => reject(new Error(`closed with ${code}`))
    if (socket.readyState !== WebSocket.OPEN) return reject(new Error('closed'))
    socket.once('close', closed)
    socket.once('message', (data: Buffer) => {
      socket.off('close', closed)
      if (data.toString() === text) resolve()
      else reject(new Error('another message came back'))
    })
    socket.send(text)
  })
