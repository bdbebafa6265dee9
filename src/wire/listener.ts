/**
 * From sockets to the gateway and back: reads bodies within limits, hands requests with a known path prefix to others, and guards the
 * server against clients that never finish.
 */
import { Buffer } from 'node:buffer'
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Clock } from '../kit/clock.ts'
import { REQUEST_DISCARD_BYTES, STREAM_STALL_MS } from '../model/limits.ts'
import type { Gateway } from './gateway.ts'
import type { RequestHeaders, WireRequest, WireResponse } from './protocol.ts'
import { sendStream } from './send-stream.ts'
import { bodyTooLarge } from './wire-faults.ts'

export interface ListenerOptions {
  readonly gateway: Gateway
  readonly clock: Pick<Clock, 'setTimer'>
  /**
   * Who answers paths that are not AWS's, by prefix: `/health` has that path alone, `/v2/` all below it. They read bodies themselves.
   */
  readonly routes?: Readonly<Record<string, RequestListener>>
}

/** The listener for `node:http`'s `request` event. */
export const createListener = ({ gateway, clock, routes = {} }: ListenerOptions): RequestListener => {
  const prefixes = Object.entries(routes)
  return (incoming, outgoing) => {
    const url = incoming.url ?? '/'
    const other = url === '/' ? undefined : prefixes.find(([prefix]) => isUnder(url, prefix))
    if (other === undefined) {
      limitTime(clock, incoming, outgoing)
      return serveCall(gateway, incoming, outgoing)
    }
    if (isWaiting(incoming)) outgoing.writeContinue()
    other[1](incoming, outgoing)
  }
}

const isUnder = (url: string, prefix: string): boolean => {
  const path = url.split('?', 1)[0] ?? ''
  return path === prefix || (prefix.endsWith('/') && (path.startsWith(prefix) || `${path}/` === prefix))
}

const serveCall = (gateway: Gateway, incoming: IncomingMessage, outgoing: ServerResponse): void => {
  const limit = gateway.bodyBytes(incoming.headers['x-amz-target']?.toString())
  acceptBody(incoming, outgoing, limit, (body) => {
    if (body === undefined) send(gateway.refuse(requestOf(incoming, NOTHING), bodyTooLarge(limit)), incoming, outgoing)
    else void gateway.handle(requestOf(incoming, body)).then((response) => send(response, incoming, outgoing))
  })
}

/** Whoever has not sent all of a call by then is sent away. */
const limitTime = (clock: ListenerOptions['clock'], incoming: IncomingMessage, outgoing: ServerResponse): void => {
  if (incoming.complete) return
  const timer = clock.setTimer(REQUEST_TIMEOUT_MS, () => {
    if (!outgoing.headersSent) outgoing.writeHead(408, { Connection: 'close', 'Content-Length': 0 })
    outgoing.end(() => incoming.destroy())
  })
  incoming.once('close', () => timer.cancel())
}

const NOTHING = Buffer.alloc(0)

const send = (response: WireResponse, incoming: IncomingMessage, outgoing: ServerResponse): void => {
  const { status, headers, body, stream } = response
  if (outgoing.destroyed) return void stream?.return()
  // What a client still sends after its answer would be taken for its next request.
  if (!incoming.complete) outgoing.shouldKeepAlive = false
  if (stream !== undefined) return sendStream(outgoing, { status, headers, stream }, STREAM_STALL_MS)
  outgoing.writeHead(status, status === 204 ? headers : { ...headers, 'Content-Length': body.length })
  outgoing.end(incoming.method === 'HEAD' ? undefined : body)
}

const requestOf = (incoming: IncomingMessage, body: Buffer): WireRequest => ({
  method: incoming.method ?? 'GET',
  url: pathOf(incoming.url ?? '/'),
  headers: headersOf(incoming),
  body,
  sourceIp: incoming.socket.remoteAddress ?? '',
  isSecureTransport: 'encrypted' in incoming.socket,
})

/** Proxies may be sent a whole URL; only its path and query are signed. */
const pathOf = (url: string): string => (url.startsWith('/') ? url : url.replace(/^[a-z]+:\/\/[^/?]*/i, '') || '/')

/**
 * Node joins or drops headers that came twice, so that only the message without such headers can use what it made of them.
 */
const headersOf = (incoming: IncomingMessage): RequestHeaders => {
  const names = Object.keys(incoming.headers).length
  if (incoming.rawHeaders.length === names * 2) return incoming.headers
  return Object.fromEntries(
    Object.entries(incoming.headersDistinct).map(([name, values]) => [name, values?.length === 1 ? values[0] : values]),
  )
}

/** Whether the client waits for leave to send its body; `configureServer` leaves granting it to the listener. */
const isWaiting = ({ headers }: IncomingMessage): boolean => headers.expect?.toLowerCase() === '100-continue'

/** Called with the whole body, or with nothing if it is too large; not at all if the client leaves before its end. */
type BodyListener = (body: Buffer | undefined) => void

/** Reads the body, but does not let a client that asks begin to send one that is too large. */
const acceptBody = (incoming: IncomingMessage, outgoing: ServerResponse, limit: number, done: BodyListener): void => {
  if (isWaiting(incoming)) {
    if (Number(incoming.headers['content-length'] ?? 0) > limit) return done(undefined)
    outgoing.writeContinue()
  }
  readBody(incoming, limit, done)
}

/**
 * A body that is too large is read to its end and thrown away, because a client that is still sending does not listen; beyond all
 * patience it is answered in the midst of it.
 */
const readBody = (incoming: IncomingMessage, limit: number, done: BodyListener): void => {
  const chunks: Buffer[] = []
  let size = 0
  incoming.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= limit) chunks.push(chunk)
    else chunks.length = 0
    if (size > REQUEST_DISCARD_BYTES && size - chunk.length <= REQUEST_DISCARD_BYTES) done(undefined)
  })
  incoming.on('end', () => {
    if (size > REQUEST_DISCARD_BYTES) return
    if (size > limit) done(undefined)
    else done(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size))
  })
}

const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 60_000
const IDLE_TIMEOUT_MS = 120_000
const KEEP_ALIVE_TIMEOUT_MS = 75_000
const HEADERS_PER_REQUEST = 128

/**
 * Limits on what a client may leave hanging: 10 s for its headers, 60 s for a whole call, 75 s between requests, 128 headers.
 * Other requests, such as an image's layer of many gigabytes, take as long as they do, and end if nothing comes for 2 minutes.
 * (Node looks every `connectionsCheckingInterval`, 30 s unless given at the server's creation.) What is not HTTP gets a bare status.
 * `Expect: 100-continue` is granted by the listener, only to bodies that will be read.
 */
export const configureServer = (server: Server): void => {
  server.headersTimeout = HEADERS_TIMEOUT_MS
  server.requestTimeout = 0
  server.timeout = IDLE_TIMEOUT_MS
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS
  server.maxHeadersCount = HEADERS_PER_REQUEST
  server.on('checkContinue', (incoming: IncomingMessage, outgoing: ServerResponse) =>
    server.emit('request', incoming, outgoing),
  )
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy()
    else socket.end(refusalOf(error))
  })
}

const STATUS_LINES: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  /** Of the headers. */
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/** The answer to bytes that are not a request that Node can read. */
const refusalOf = ({ code = '' }: NodeJS.ErrnoException): string =>
  `HTTP/1.1 ${STATUS_LINES[code] ?? '400 Bad Request'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`
