/**
 * The container registry: the OCI distribution API (1.1) under `/v2/`. Who may do what is the composition's business; repositories are made and
 * configured by the API of ECR. https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Clock } from '../kit/clock.ts'
import { deleteBlob, getBlob, headBlob } from './blobs.ts'
import { type Endpoint, endpointOf } from './endpoint.ts'
import { answerJson, type Exchange, type RegistryCaller, type RegistryTools } from './exchange.ts'
import { listReferrers, listRepositories, listTags } from './lists.ts'
import { deleteManifest, getManifest, putManifest } from './manifests.ts'
import { REQUEST_DISCARD_BYTES } from '../model/limits.ts'
import { BlobKeyUnusable } from '../store/blobs/blob-key-unusable.ts'
import { keepPace } from './pace.ts'
import { RegistryFault } from './registry-fault.ts'
import { type TrailEvent, trailOf } from './trail.ts'
import { Transfers } from './transfers.ts'
import { appendUpload, beginUpload, cancelUpload, finishUpload, uploadStatus } from './uploads.ts'

const PATIENCE_MS = 60_000

export interface RegistryOptions extends RegistryTools {
  /** Throws `RegistryFault` for who cannot be made certain of. */
  readonly identify: (request: IncomingMessage) => RegistryCaller
  readonly transfers?: Transfers
}

interface Registry extends RegistryOptions {
  readonly transfers: Transfers
}

/** Answers a request whose path begins with `/v2`. */
export const registryListener = (options: RegistryOptions): RequestListener => {
  const registry: Registry = { transfers: new Transfers(), ...options }
  return (request, response) => {
    response.setHeader('Docker-Distribution-Api-Version', 'registry/2.0')
    logEnd(registry, request, response)
    serve(registry, request, response).catch((error: unknown) => refuse(registry, request, response, error))
  }
}

const logEnd = ({ log, clock }: Registry, { method, url = '/' }: IncomingMessage, response: ServerResponse): void => {
  const startedAt = clock.monotonic()
  response.once('close', () => {
    const [path, status] = [url.split('?', 1)[0], response.headersSent ? response.statusCode : undefined]
    const durationMs = Math.round(clock.monotonic() - startedAt)
    log.info('registry request', { method, path, status, durationMs, isWhole: response.writableFinished })
  })
}

const serve = async (
  { identify, transfers, ...tools }: Registry,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const caller = identify(request)
  const warnings = (caller.warnings ?? []).map((text) => `299 - ${JSON.stringify(text)}`)
  if (warnings.length > 0) response.setHeader('Warning', warnings)
  const [path = '/', search] = (request.url ?? '/').split('?', 2)
  const query = new URLSearchParams(search)
  const endpoint = endpointOf(path.replace(/^\/v2$/, '/v2/'))
  const handler = handlerOf(endpoint, request, transfers)
  const trail = trailOf(endpoint, request.method ?? '', query)
  const acknowledge = (): void => {
    for (const event of trail) if (event.isNoted) caller.trace(event)
  }
  try {
    await handler({ ...tools, request, response, caller, query, acknowledge })
  } catch (error) {
    const told = error instanceof BlobKeyUnusable ? keyUnusable(error) : error
    if (!hasLeft(request)) traceRefusal(caller, trail, told)
    throw told
  }
}

const keyUnusable = ({ code, message }: BlobKeyUnusable): RegistryFault =>
  new RegistryFault('DENIED', `The KMS key of the repository cannot be used: ${code}: ${message}`)

/** A client that is gone was not refused anything. */
const hasLeft = ({ errored }: IncomingMessage): boolean => errored !== null

const traceRefusal = (caller: RegistryCaller, trail: readonly TrailEvent[], error: unknown): void => {
  const isDenied = error instanceof RegistryFault && error.code === 'DENIED'
  // Of a request that is several calls in one, whoever may not even begin got no further.
  const event = isDenied ? trail[0] : trail.at(-1)
  if (event === undefined || !(isDenied || event.isNoted)) return
  caller.trace(event, error instanceof RegistryFault ? error : unforeseen())
}

type Handler = (exchange: Exchange) => void | Promise<void>
type Methods = Partial<Record<'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', Handler>>

const handlerOf = (endpoint: Endpoint, request: IncomingMessage, transfers: Transfers): Handler => {
  const methods = methodsOf(endpoint, (handler) => (exchange) => transfers.run(() => paced(handler, exchange)))
  const method = request.method ?? ''
  const handler = Object.hasOwn(methods, method) ? methods[method as keyof Methods] : undefined
  if (handler === undefined)
    throw new RegistryFault('UNSUPPORTED', 'The registry does not do that.', {
      headers: { Allow: Object.keys(methods).join(', ') },
    })
  return handler
}

const paced = async (handler: Handler, exchange: Exchange): Promise<void> => {
  const end = keepPace(exchange)
  try {
    await handler(exchange)
  } finally {
    end()
  }
}

/** `counted` is for what may carry much. */
const methodsOf = (endpoint: Endpoint, counted: (handler: Handler) => Handler): Methods => {
  switch (endpoint.kind) {
    case 'base':
      return both((exchange) => answerJson(exchange, 200, {}))
    case 'catalog':
      return { GET: listRepositories }
    case 'tags':
      return { GET: (exchange) => listTags(exchange, endpoint.repository) }
    case 'referrers':
      return { GET: (exchange) => listReferrers(exchange, endpoint.repository, endpoint.digest) }
    case 'blob': {
      const { repository, digest } = endpoint
      return {
        GET: counted((exchange) => getBlob(exchange, repository, digest)),
        HEAD: (exchange) => headBlob(exchange, repository, digest),
        DELETE: (exchange) => deleteBlob(exchange, repository, digest),
      }
    }
    case 'manifest': {
      const { repository, reference } = endpoint
      return {
        ...both((exchange) => getManifest(exchange, repository, reference)),
        PUT: counted((exchange) => putManifest(exchange, repository, reference)),
        DELETE: (exchange) => deleteManifest(exchange, repository, reference),
      }
    }
    case 'uploads':
      return { POST: counted((exchange) => beginUpload(exchange, endpoint.repository)) }
    case 'upload': {
      const { repository, uploadId } = endpoint
      return {
        GET: (exchange) => uploadStatus(exchange, repository, uploadId),
        PATCH: counted((exchange) => appendUpload(exchange, repository, uploadId)),
        PUT: counted((exchange) => finishUpload(exchange, repository, uploadId)),
        DELETE: (exchange) => cancelUpload(exchange, repository, uploadId),
      }
    }
  }
}

const both = (handler: Handler): Methods => ({ GET: handler, HEAD: handler })

const refuse = async (
  { log, ids, clock }: Registry,
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
): Promise<void> => {
  if (response.headersSent || response.destroyed) {
    if (!(error instanceof RegistryFault || hasLeft(request)))
      log.warn('an answer of the registry was cut', { url: request.url, error })
    response.destroy()
    return
  }
  const fault = error instanceof RegistryFault ? error : unforeseen()
  if (fault !== error) log.error('the registry failed', { requestId: ids.uuid(), url: request.url, error })
  await patience(request, clock)
  // What a client still sends after its answer would be taken for its next request.
  if (!request.complete) response.shouldKeepAlive = false
  answerJson({ request, response }, fault.status, fault, fault.headers)
}

/** A client that is still sending does not listen; beyond all patience it is answered in the midst of it. Nobody had to say who he is. */
const patience = (request: IncomingMessage, clock: Clock): Promise<void> =>
  new Promise((settle) => {
    if (request.complete || request.destroyed) return settle()
    const timer = clock.setTimer(PATIENCE_MS, settle)
    const resolve = (): void => {
      timer.cancel()
      settle()
    }
    let bytes = 0
    request.on('data', (piece: Buffer) => {
      bytes += piece.length
      if (bytes > REQUEST_DISCARD_BYTES) resolve()
    })
    for (const end of ['end', 'close', 'error']) request.once(end, resolve)
  })

const unforeseen = (): RegistryFault => new RegistryFault('UNKNOWN', 'The registry cannot do this now.')
