/**
 * A door on loopback to this installation's registry, for the engine of this host: what is asked at `/v2/<registry id>/<region>/<repository>/...`
 * is asked of the control plane, over TLS if that is how the agent reaches it, and with the credentials that the engine sends. It reads alone, has no
 * credentials of its own, and keeps nothing: layers stream through.
 */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import https from 'node:https'
import { type AddressInfo, isIP } from 'node:net'
import { pipeline } from 'node:stream'
import type { Log } from '../../kit/log.ts'
import { http } from '../../kit/node.ts'

export interface RegistryRelay {
  /** As the names of images have it. */
  readonly host: string
  close(): void
}

const LOOPBACK = '127.0.0.1'
/** The same after each start unless another has it, so that what was pulled once goes on by that name. */
const USUAL_PORT = 51_681
/** To the control plane, at once. An engine pulls three layers of an image at a time. */
const MAX_CONNECTIONS = 32
/** Between two signs of life. */
const TIMEOUT_MS = 60_000
/** Hosts of this shape say which registry is meant. */
const HOST_SUFFIX = 'amazonaws.com'
const PATH = /^\/v2\/(\d{12})\/([a-z0-9-]+)\/(.+)$/
/** Of this connection, not of what is sent over it. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** `endpoint` is the control plane's. */
export const openRegistryRelay = async (endpoint: string, log: Log): Promise<RegistryRelay> => {
  const relay = new Relay(endpoint, log)
  const host = await relay.listen()
  log.info('images are pulled through this host', { address: host, endpoint })
  return { host, close: () => relay.close() }
}

interface Target {
  readonly path: string
  readonly host: string | undefined
}

class Relay {
  readonly #endpoint: URL
  readonly #log: Log
  readonly #send: typeof https.request
  readonly #agent: https.Agent
  #host = ''
  readonly #server = http.createServer((request, response) => this.#answer(request, response))

  constructor(endpoint: string, log: Log) {
    this.#endpoint = new URL(endpoint)
    this.#log = log
    const isSecure = this.#endpoint.protocol === 'https:'
    const options = { keepAlive: true, maxSockets: MAX_CONNECTIONS }
    this.#send = (isSecure ? https.request : http.request) as typeof https.request
    this.#agent = (isSecure ? new https.Agent(options) : new http.Agent(options)) as https.Agent
  }

  /** Resolves with the address. */
  async listen(): Promise<string> {
    try {
      await this.#listenAt(USUAL_PORT)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
      await this.#listenAt(0)
    }
    // The agent ends when its work does.
    this.#server.unref()
    this.#host = `${LOOPBACK}:${(this.#server.address() as AddressInfo).port}`
    return this.#host
  }

  #listenAt(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, LOOPBACK, () => {
        this.#server.off('error', reject)
        resolve()
      })
    })
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
    this.#agent.destroy()
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const target = targetOf(request.url ?? '')
    // A page whose name was made to lead here has another.
    if (request.headers.host !== this.#host)
      return refuse(response, 403, 'DENIED', 'This is not the name of this host.')
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return refuse(response, 405, 'UNSUPPORTED', 'Images are pulled here, and pushed to the registry itself.')
    if (target === undefined) return refuse(response, 404, 'NAME_UNKNOWN', 'There is nothing here.')
    this.#forward(request, response, target)
  }

  #forward(request: IncomingMessage, response: ServerResponse, { path, host }: Target): void {
    const asked = this.#send(
      new URL(path, this.#endpoint),
      {
        method: request.method,
        agent: this.#agent,
        timeout: TIMEOUT_MS,
        headers: { ...passed(request.headers), host: host ?? this.#endpoint.host },
        servername: serverName(this.#endpoint),
      },
      (answer) => this.#passOn(answer, response),
    )
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)))
    asked.on('error', (error) => this.#fail(response, error))
    response.on('close', () => void (response.writableFinished || asked.destroy()))
    asked.end()
  }

  #passOn(answer: IncomingMessage, response: ServerResponse): void {
    const { statusCode = 502 } = answer
    response.writeHead(statusCode, {
      ...passed(answer.headers),
      // Passwords go by Basic authentication: tokens would be fetched from elsewhere.
      ...(statusCode === 401 && { 'www-authenticate': 'Basic realm="longshore"' }),
    })
    pipeline(answer, response, (error) => {
      if (error) this.#log.debug('a pull through this host broke off', { error })
    })
  }

  #fail(response: ServerResponse, error: Error): void {
    if (response.destroyed) return
    this.#log.debug('the registry does not answer', { error })
    if (response.headersSent) response.destroy()
    else
      refuse(response, 502, 'UNAVAILABLE', `The registry at ${this.#endpoint.host} does not answer: ${error.message}`)
  }
}

/** The name on the certificate is the endpoint's, whatever registry is asked for; of an address, it is the address that is checked. */
const serverName = ({ hostname }: URL): string => (isIP(hostname) !== 0 || hostname.startsWith('[') ? '' : hostname)

const targetOf = (url: string): Target | undefined => {
  if (/^\/v2\/?(?:\?|$)/.test(url)) return { path: '/v2/', host: undefined }
  const [, registryId, region, rest] = PATH.exec(url) ?? []
  if (registryId === undefined || region === undefined || rest === undefined) return undefined
  const path = `/v2/${rest}`
  return leadsElsewhere(path) ? undefined : { path, host: `${registryId}.dkr.ecr.${region}.${HOST_SUFFIX}` }
}

/** Dots in it, however they are written, would lead out of the registry to whatever else the control plane has. */
const leadsElsewhere = (path: string): boolean => URL.parse(path, 'http://x')?.pathname !== path.split('?', 1)[0]

const passed = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)))

const refuse = (response: ServerResponse, status: number, code: string, message: string): void =>
  void response
    .writeHead(status, { 'Content-Type': 'application/json' })
    .end(JSON.stringify({ errors: [{ code, message }] }))
