/**
 * The task metadata server: what containers reach at 169.254.170.2, where the host's firewall sends them to this port of the loopback
 * interface. It listens before there is anything to tell, and knows routes and nothing of what they say.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { http } from '../../kit/node.ts'
import type { RequestRate } from '../config/values.ts'
import { RequestLimit } from './request-limit.ts'
import {
  BodyTooLong,
  jsonAnswer,
  type MetadataAnswer,
  type MetadataMethod,
  type MetadataMethods,
  type MetadataRequest,
  type MetadataRoute,
  textAnswer,
} from './route.ts'

export interface MetadataServerOptions {
  /** 0 for any that is free. */
  readonly port: number
  readonly rate: RequestRate
  readonly clock: Clock
  readonly log: Log
}

/** Source: the ECS agent, for reading a request and for writing its answer. */
const TIMEOUT_MS = 5000
const TIMEOUT_CHECK_MS = 1000
const LOOPBACK = '127.0.0.1'
/** A request says little. */
const BODY_BYTES = 64 * 1024

interface Answer extends MetadataAnswer {
  /** Of a method that the path does not know: those that it knows. */
  readonly allow?: string
}

export class MetadataServer {
  readonly #server = http.createServer({ connectionsCheckingInterval: TIMEOUT_CHECK_MS })
  readonly #options: MetadataServerOptions
  readonly #limit: RequestLimit
  /** Undefined until there is something to tell. */
  #load: (() => Promise<readonly MetadataRoute[]>) | undefined
  #routes: Promise<readonly MetadataRoute[]> | undefined

  constructor(options: MetadataServerOptions) {
    this.#options = options
    this.#limit = new RequestLimit(options.rate, options.clock)
    this.#server.requestTimeout = TIMEOUT_MS
    this.#server.headersTimeout = TIMEOUT_MS
    this.#server.keepAliveTimeout = TIMEOUT_MS
    this.#server.timeout = TIMEOUT_MS
    this.#server.on('request', (request, response) => void this.#respond(request, response))
  }

  /** Resolves with the port. Rejects if it is taken. */
  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(this.#options.port, LOOPBACK, () => {
        this.#server.off('error', reject)
        // The agent's life does not depend on who asks.
        this.#server.unref()
        resolve((this.#server.address() as AddressInfo).port)
      })
    })
  }

  /** Begins to answer; the routes are loaded with the first request. */
  serve(load: () => Promise<readonly MetadataRoute[]>): void {
    this.#load = load
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, contentType, body, allow } = await this.#answer(request)
    if (allow !== undefined) response.setHeader('Allow', allow)
    // What was sent and not read would be taken for the next request.
    if (!request.complete) response.setHeader('Connection', 'close')
    response.writeHead(status, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body) })
    response.end(request.method === 'HEAD' ? undefined : body)
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const sourceAddress = request.socket.remoteAddress ?? ''
    if (!this.#limit.admits(sourceAddress)) return textAnswer(429, 'Too many requests')
    if (this.#load === undefined) return textAnswer(503, 'The agent is starting')
    const url = URL.parse(request.url ?? '/', 'http://localhost')
    const userAgent = request.headers['user-agent'] ?? ''
    const { pathname, searchParams: query } = url ?? { pathname: '', searchParams: new URLSearchParams() }
    try {
      this.#routes ??= this.#load()
      return await this.#route(await this.#routes, request.method ?? '', {
        pathname,
        query,
        sourceAddress,
        userAgent,
        body: () => readBody(request),
      })
    } catch (error) {
      if (error instanceof BodyTooLong) return textAnswer(413, 'Request body too large')
      this.#options.log.error('a request of a container cannot be answered', { sourceAddress, error })
      const message = 'The agent cannot answer now'
      return jsonAnswer(500, { code: 'InternalServerError', message, HTTPErrorCode: 500 })
    }
  }

  async #route(routes: readonly MetadataRoute[], method: string, request: MetadataRequest): Promise<Answer> {
    for (const route of routes) {
      const methods = route(request)
      if (methods === undefined) continue
      const answer = methods[(method === 'HEAD' ? 'GET' : method) as MetadataMethod]
      return answer === undefined
        ? { ...textAnswer(405, 'Method not allowed'), allow: namesOf(methods) }
        : await answer()
    }
    return textAnswer(404, '404 page not found')
  }
}

const namesOf = (methods: MetadataMethods): string =>
  Object.keys(methods)
    .flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : method))
    .join(', ')

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > BODY_BYTES) throw new BodyTooLong(`more than ${BODY_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
