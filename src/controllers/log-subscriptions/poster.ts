/**
 * Posts documents to URLs that customers have named. Which address a name stands for is looked at when a connection is made, not before,
 * so that nothing can be named that may not be reached; redirects are not followed, and nothing of an answer is repeated.
 */
import { lookup as lookUp } from 'node:dns'
import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import { isIP, type LookupFunction } from 'node:net'
import { networkInterfaces } from 'node:os'
import { gzip } from 'node:zlib'
import type { Clock } from '../../kit/clock.ts'
import { http } from '../../kit/node.ts'
import { hostOfUrl, isForbiddenAddress, isLoopback, portOfUrl } from '../../model/delivery-target.ts'
import { LOG_DELIVERIES_AT_ONCE, LOG_DELIVERY_TIMEOUT_MS } from '../../model/log-limits.ts'
import { Undeliverable } from './destination.ts'

export interface PosterOptions {
  readonly clock: Clock
  /** Base URL of this server. */
  readonly endpoint: string
}

interface Protocol {
  readonly request: (url: URL, options: RequestOptions) => ClientRequest
  readonly agent: Agent
}

const CONNECTIONS = { keepAlive: true, maxSockets: LOG_DELIVERIES_AT_ONCE, maxFreeSockets: LOG_DELIVERIES_AT_ONCE }

export class Poster {
  readonly #clock: Clock
  readonly #ownPort: number
  readonly #aborting = new AbortController()
  readonly #protocols = new Map<string, Promise<Protocol>>()

  constructor({ clock, endpoint }: PosterOptions) {
    this.#clock = clock
    this.#ownPort = portOfUrl(new URL(endpoint))
  }

  /** Resolves when it was taken; rejects with `Undeliverable`. */
  async post(url: URL, document: object): Promise<void> {
    const body = await compressed(JSON.stringify(document))
    const status = await this.#send(url, body)
    if (status < 200 || status > 299) throw new Undeliverable(`${url.host} answers with the status ${status}.`)
  }

  stop(): void {
    this.#aborting.abort()
    for (const protocol of this.#protocols.values()) void protocol.then(({ agent }) => agent.destroy())
  }

  async #send(url: URL, body: Buffer): Promise<number> {
    const host = hostOfUrl(url)
    if (isIP(host) !== 0 && this.#isForbidden(host, url)) throw forbidden(url)
    const { request: open, agent } = await this.#protocolOf(url)
    const lookup = this.#lookupFor(url)
    return new Promise((resolve, reject) => {
      const request = open(url, {
        method: 'POST',
        agent,
        lookup,
        signal: this.#aborting.signal,
        headers: headersOf(body),
      })
      const late = (): void => void request.destroy(new Error('It did not answer in time.'))
      const timer = this.#clock.setTimer(LOG_DELIVERY_TIMEOUT_MS, late)
      request.once('close', () => timer.cancel())
      request.once('error', (error) => reject(new Undeliverable(`${url.host} cannot be reached: ${error.message}`)))
      request.once('response', (response: IncomingMessage) => {
        resolve(response.statusCode ?? 0)
        discard(response)
      })
      request.end(body)
    })
  }

  /** Connections to the URL's kind of server, which are kept. */
  #protocolOf({ protocol }: URL): Promise<Protocol> {
    const known = this.#protocols.get(protocol) ?? openProtocol(protocol)
    this.#protocols.set(protocol, known)
    return known
  }

  #isForbidden(address: string, url: URL): boolean {
    return isForbiddenAddress(address) || (portOfUrl(url) === this.#ownPort && isOwnAddress(address))
  }

  /** The name's addresses without those that may not be reached. */
  #lookupFor(url: URL): LookupFunction {
    return (hostname, options, callback) =>
      lookUp(hostname, { ...options, all: true }, (error, addresses) => {
        if (error !== null) return callback(error, '')
        const allowed = addresses.filter(({ address }) => !this.#isForbidden(address, url))
        const [first] = allowed
        if (first === undefined) return callback(forbidden(url), '')
        return options.all === true ? callback(null, allowed) : callback(null, first.address, first.family)
      })
  }
}

const forbidden = ({ host }: URL): Undeliverable =>
  new Undeliverable(`${host} is this server itself, or no address that events may be delivered to.`)

const isOwnAddress = (address: string): boolean =>
  isLoopback(address) ||
  Object.values(networkInterfaces()).some((own = []) => own.some((one) => one.address === address))

const openProtocol = async (protocol: string): Promise<Protocol> => {
  if (protocol === 'http:') return { request: http.request, agent: new http.Agent(CONNECTIONS) }
  const https = await import('node:https')
  return { request: https.request, agent: new https.Agent(CONNECTIONS) }
}

const headersOf = (body: Buffer) => ({
  'content-type': 'application/json',
  'content-encoding': 'gzip',
  'content-length': body.length,
  'user-agent': 'Longshore CloudWatch Logs',
})

/** Bytes of an answer that are read away to keep the connection. */
const SHORT_ANSWER_BYTES = 64 * 1024

const discard = (response: IncomingMessage): void => {
  let bytes = 0
  response.on('error', () => response.destroy())
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > SHORT_ANSWER_BYTES) response.destroy()
  })
}

const compressed = (text: string): Promise<Buffer> =>
  new Promise((resolve, reject) => gzip(text, (error, bytes) => (error === null ? resolve(bytes) : reject(error))))
