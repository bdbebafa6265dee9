/**
 * The container registry: the OCI distribution API (1.1) under `/v2/`. Who may do what is the composition's business; repositories are made and
 * configured by the API of ECR. https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { deleteBlob, getBlob, headBlob } from './blobs.ts'
import { type Endpoint, endpointOf } from './endpoint.ts'
import { answerJson, type Exchange, type RegistryCaller, type RegistryTools } from './exchange.ts'
import { listReferrers, listRepositories, listTags } from './lists.ts'
import { deleteManifest, getManifest, putManifest } from './manifests.ts'
import { RegistryFault } from './registry-fault.ts'
import { appendUpload, beginUpload, cancelUpload, finishUpload, uploadStatus } from './uploads.ts'

export interface RegistryOptions extends RegistryTools {
  /** Throws `RegistryFault` for who cannot be made certain of. */
  readonly identify: (request: IncomingMessage) => RegistryCaller
}

/** Answers a request whose path begins with `/v2`. */
export const registryListener =
  (options: RegistryOptions): RequestListener =>
  (request, response) => {
    response.setHeader('Docker-Distribution-Api-Version', 'registry/2.0')
    serve(options, request, response).catch((error: unknown) => refuse(options, request, response, error))
  }

const serve = async (
  { identify, ...tools }: RegistryOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const caller = identify(request)
  const [path = '/', query] = (request.url ?? '/').split('?', 2)
  const endpoint = endpointOf(path.replace(/^\/v2$/, '/v2/'))
  await handle({ ...tools, request, response, caller, query: new URLSearchParams(query) }, endpoint)
}

type Handler = (exchange: Exchange) => void | Promise<void>
type Methods = Partial<Record<'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', Handler>>

const handle = async (exchange: Exchange, endpoint: Endpoint): Promise<void> => {
  const methods = methodsOf(endpoint)
  const method = exchange.request.method ?? ''
  const handler = Object.hasOwn(methods, method) ? methods[method as keyof Methods] : undefined
  if (handler === undefined)
    throw new RegistryFault('UNSUPPORTED', 'The registry does not do that.', {
      headers: { Allow: Object.keys(methods).join(', ') },
    })
  await handler(exchange)
}

const methodsOf = (endpoint: Endpoint): Methods => {
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
        GET: (exchange) => getBlob(exchange, repository, digest),
        HEAD: (exchange) => headBlob(exchange, repository, digest),
        DELETE: (exchange) => deleteBlob(exchange, repository, digest),
      }
    }
    case 'manifest': {
      const { repository, reference } = endpoint
      return {
        ...both((exchange) => getManifest(exchange, repository, reference)),
        PUT: (exchange) => putManifest(exchange, repository, reference),
        DELETE: (exchange) => deleteManifest(exchange, repository, reference),
      }
    }
    case 'uploads':
      return { POST: (exchange) => beginUpload(exchange, endpoint.repository) }
    case 'upload': {
      const { repository, uploadId } = endpoint
      return {
        GET: (exchange) => uploadStatus(exchange, repository, uploadId),
        PATCH: (exchange) => appendUpload(exchange, repository, uploadId),
        PUT: (exchange) => finishUpload(exchange, repository, uploadId),
        DELETE: (exchange) => cancelUpload(exchange, repository, uploadId),
      }
    }
  }
}

const both = (handler: Handler): Methods => ({ GET: handler, HEAD: handler })

const refuse = (
  { log, ids }: RegistryOptions,
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
): void => {
  if (response.headersSent || response.destroyed) {
    if (!(error instanceof RegistryFault)) log.warn('an answer of the registry was cut', { url: request.url, error })
    response.destroy()
    return
  }
  const fault = error instanceof RegistryFault ? error : unforeseen()
  if (fault !== error) log.error('the registry failed', { requestId: ids.uuid(), url: request.url, error })
  // What a client still sends after its answer would be taken for its next request.
  if (!request.complete) {
    response.shouldKeepAlive = false
    request.resume()
  }
  answerJson({ request, response }, fault.status, fault, fault.headers)
}

const unforeseen = (): RegistryFault => new RegistryFault('UNKNOWN', 'The registry cannot do this now.')
