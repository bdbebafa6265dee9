/**
 * The relay's end towards Docker: HTTP on the loopback interface. It takes calls that are signed with a container's key and answers what it
 * is told to; it keeps a request open for as long as that takes.
 */
import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { BufferGarbage } from '../../kit/buffer-garbage.ts'
import { http } from '../../kit/node.ts'
import { LOG_REQUEST_BYTES } from '../../model/log-limits.ts'
import { containerOf, type RelayedContainer, type RelayKeys } from './relay-keys.ts'
import { refusal, type RelayAnswer, RELAYED_TARGETS, type RelayedCall } from './relayed-call.ts'
import { holds, signatureIn } from './signature.ts'

export interface RelayServerOptions {
  readonly keys: RelayKeys
  /** Resolves with the answer; rejects if there is none to give any more. */
  readonly onCall: (container: RelayedContainer, call: RelayedCall, signal: AbortSignal) => Promise<RelayAnswer>
}

const LOOPBACK = '127.0.0.1'
/** Docker keeps a connection for 90 seconds: whoever closes first while the other sends loses what is sent. */
const KEEP_ALIVE_MS = 120_000
/** For a whole request to come in from the same host; its answer may take as long as it does. */
const REQUEST_TIMEOUT_MS = 60_000
/** Docker has one or two for each container that writes; whoever else comes must not take all memory. */
const CONNECTIONS = 1000

const UNTRUSTED = refusal(400, 'InvalidSignatureException', 'The request is not signed with a key of this relay.')
const UNKNOWN = refusal(400, 'UnknownOperationException', 'The relay knows the operations of the awslogs driver alone.')
const TOO_LARGE = refusal(413, 'RequestEntityTooLargeException', 'The request is too large.')

interface ReadBody {
  readonly bytes: Uint8Array
  readonly hash: string
}

export class RelayServer {
  readonly #options: RelayServerOptions
  readonly #garbage = new BufferGarbage()
  readonly #server = http.createServer({ requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_MS })

  constructor(options: RelayServerOptions) {
    this.#options = options
    this.#server.maxConnections = CONNECTIONS
    this.#server.on('request', (request, response) => void this.#respond(request, response))
  }

  /** At a port, where 0 stands for any that is free, or at a socket that this process was started with. Resolves with the port; rejects if it is taken. */
  listen(at: { readonly port: number } | { readonly fd: number }): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({ ...at, ...('port' in at && { host: LOOPBACK }) }, () => {
        this.#server.off('error', reject)
        this.#server.unref()
        resolve((this.#server.address() as AddressInfo).port)
      })
    })
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const left = new AbortController()
    response.once('close', () => left.abort(new Error('Docker does not wait any more')))
    try {
      const { status, body } = await this.#answer(request, left.signal)
      response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' })
      response.end(body)
    } catch (error) {
      // There is nobody to tell; or what went wrong is told by the connection's end.
      response.destroy(error as Error)
    }
  }

  async #answer(request: IncomingMessage, signal: AbortSignal): Promise<RelayAnswer> {
    const signature = signatureIn(request.headers)
    const container = signature && containerOf(signature.accessKeyId)
    // Who does not even seem to have a key is not listened to.
    if (signature === undefined || container === undefined) {
      request.resume()
      return UNTRUSTED
    }
    const body = await readBody(request)
    if (body === undefined) return TOO_LARGE
    // It came in pieces, and was put together.
    this.#garbage.add(2 * body.bytes.length)
    const { secretAccessKey } = this.#options.keys.keyOf(container)
    if (!holds(signature, secretAccessKey, request.headers, body.hash)) return UNTRUSTED
    const target = String(request.headers['x-amz-target'])
    if (!RELAYED_TARGETS.has(target)) return UNKNOWN
    const { region } = signature.scope
    return this.#options.onCall(container, { target, region, body: body.bytes, payloadHash: body.hash }, signal)
  }
}

/** With its hash, which is made while it comes; undefined if it is too large. Rejects if it does not come to its end. */
const readBody = (request: IncomingMessage): Promise<ReadBody | undefined> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const hash = createHash('sha256')
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > LOG_REQUEST_BYTES) return resolve(undefined)
      chunks.push(chunk)
      hash.update(chunk)
    })
    request.on('end', () => {
      if (size <= LOG_REQUEST_BYTES) resolve({ bytes: Buffer.concat(chunks), hash: hash.digest('hex') })
    })
    request.on('error', reject)
    request.on('close', () => reject(new Error('the request broke off')))
  })
