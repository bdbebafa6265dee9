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
import { jsonAnswer, type MetadataAnswer, type MetadataRequest, type MetadataRoute, textAnswer } from './route.ts'

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

export class MetadataServer {
  readonly #server = http.createServer({ connectionsCheckingInterval: TIMEOUT_CHECK_MS })
  readonly #options: MetadataServerOptions
  readonly #limit: RequestLimit
  /** Undefined until there is something to tell. */
  #routes: readonly MetadataRoute[] | undefined

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

  serve(routes: readonly MetadataRoute[]): void {
    this.#routes = routes
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, contentType, body } = await this.#answer(request)
    if (status === 405) response.setHeader('Allow', 'GET, HEAD')
    response.writeHead(status, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body) })
    response.end(request.method === 'HEAD' ? undefined : body)
  }

  async #answer(request: IncomingMessage): Promise<MetadataAnswer> {
    const sourceAddress = request.socket.remoteAddress ?? ''
    if (!this.#limit.admits(sourceAddress)) return textAnswer(429, 'Too many requests')
    if (request.method !== 'GET' && request.method !== 'HEAD') return textAnswer(405, 'Method not allowed')
    if (this.#routes === undefined) return textAnswer(503, 'The agent is starting')
    const url = URL.parse(request.url ?? '/', 'http://localhost')
    const userAgent = request.headers['user-agent'] ?? ''
    try {
      const { pathname, searchParams: query } = url ?? { pathname: '', searchParams: new URLSearchParams() }
      return await this.#route({ pathname, query, sourceAddress, userAgent })
    } catch (error) {
      this.#options.log.error('a request of a container cannot be answered', { sourceAddress, error })
      const message = 'The agent cannot answer now'
      return jsonAnswer(500, { code: 'InternalServerError', message, HTTPErrorCode: 500 })
    }
  }

  async #route(request: MetadataRequest): Promise<MetadataAnswer> {
    for (const route of this.#routes ?? []) {
      const answer = route(request)
      if (answer !== undefined) return answer
    }
    return textAnswer(404, '404 page not found')
  }
}
