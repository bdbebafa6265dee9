/**
 * Requests to other registries. Which address a name stands for is looked at when a connection is made, so that nothing can be named that may not
 * be reached: who has credentials for whoever asks from this machine is not asked.
 */
import { lookup as lookUp } from 'node:dns'
import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import { isIP, type LookupFunction } from 'node:net'
import { http } from '../../kit/node.ts'
import { hostOfUrl, isForbiddenAddress } from '../../model/delivery-target.ts'
import { UpstreamError } from './upstream.ts'

export interface OutgoingRequest {
  readonly method: string
  readonly url: URL
  readonly headers?: Readonly<Record<string, string | number>>
  /** Sent piece by piece, as the connection takes it. */
  readonly body?: AsyncIterable<Buffer> | Buffer
}

interface Protocol {
  readonly request: (url: URL, options: RequestOptions) => ClientRequest
  readonly agent: Agent
}

/** How long a registry may be silent. */
const SILENCE_MS = 30_000
const CONNECTIONS = { keepAlive: true, maxSockets: 16, maxFreeSockets: 4 }

export class Outgoing {
  readonly #protocols = new Map<string, Promise<Protocol>>()
  readonly #requests = new Set<ClientRequest>()
  #isClosed = false

  /** Resolves with the head of the answer; rejects with `UpstreamError`. */
  async send({ method, url, headers = {}, body }: OutgoingRequest): Promise<IncomingMessage> {
    const host = hostOfUrl(url)
    if (isIP(host) !== 0 && isForbiddenAddress(host)) throw forbidden(url)
    const { request: open, agent } = await this.#protocolOf(url)
    if (this.#isClosed) throw unreachable(url, ENDED)
    const request = open(url, { method, agent, lookup: checkedLookup(url), headers })
    this.#requests.add(request)
    request.once('close', () => this.#requests.delete(request))
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    request.setTimeout(SILENCE_MS, () => void request.destroy(new Error('it is silent')))
    request.once('error', (error) => reject(unreachable(url, error)))
    request.once('response', resolve)
    write(request, body).catch((error: unknown) => void request.destroy(error as Error))
    return promise
  }

  /** Breaks off what is under way; nothing can be sent any more. */
  close(): void {
    this.#isClosed = true
    for (const request of this.#requests) request.destroy(ENDED)
    for (const protocol of this.#protocols.values()) void protocol.then(({ agent }) => agent.destroy())
  }

  #protocolOf({ protocol }: URL): Promise<Protocol> {
    const known = this.#protocols.get(protocol) ?? openProtocol(protocol)
    this.#protocols.set(protocol, known)
    return known
  }
}

const openProtocol = async (protocol: string): Promise<Protocol> => {
  if (protocol === 'http:') return { request: http.request, agent: new http.Agent(CONNECTIONS) }
  const https = await import('node:https')
  return { request: https.request, agent: new https.Agent(CONNECTIONS) }
}

const write = async (request: ClientRequest, body: OutgoingRequest['body']): Promise<void> => {
  if (body === undefined || Buffer.isBuffer(body)) return void request.end(body)
  for await (const piece of body) if (!request.write(piece)) await drained(request)
  request.end()
}

/** Rejects if the connection ends. */
const drained = (request: ClientRequest): Promise<void> =>
  new Promise((resolve, reject) => {
    const end = (): void => {
      request.off('drain', end)
      request.off('close', end)
      if (request.destroyed) reject(new Error('The connection has ended.'))
      else resolve()
    }
    request.once('drain', end)
    request.once('close', end)
  })

const checkedLookup =
  (url: URL): LookupFunction =>
  (hostname, options, callback) =>
    lookUp(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '')
      const allowed = addresses.filter(({ address }) => !isForbiddenAddress(address))
      const [first] = allowed
      if (first === undefined) return callback(forbidden(url), '')
      return options.all === true ? callback(null, allowed) : callback(null, first.address, first.family)
    })

const ENDED = new Error('nothing is asked any more')

const forbidden = ({ host }: URL): UpstreamError =>
  new UpstreamError('denied', `${host} has no address that registries may have.`)

const unreachable = ({ host }: URL, error: Error): UpstreamError =>
  error instanceof UpstreamError
    ? error
    : new UpstreamError('unreachable', `${host} cannot be reached: ${error.message}`)
