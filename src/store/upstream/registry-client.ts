/** A client of other registries: the OCI distribution API 1.1, for as much of it as copies need. */
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Clock } from '../../kit/clock.ts'
import {
  DOCKER_MANIFEST,
  DOCKER_MANIFEST_LIST,
  type ImageManifest,
  InvalidManifest,
  MANIFEST_BYTES,
  OCI_INDEX,
  OCI_MANIFEST,
  parseManifest,
} from '../../model/image-manifest.ts'
import { ANSWER_BYTES, Authorization, bytesOf, textOf } from './authorization.ts'
import { Outgoing, type OutgoingRequest } from './outgoing.ts'
import { type Upstream, UpstreamError } from './upstream.ts'

export interface FetchedManifest {
  readonly content: Buffer
  readonly digest: string
  readonly manifest: ImageManifest
}

export interface FetchedBlob {
  /** Undefined if the registry does not say. */
  readonly bytes: number | undefined
  readonly content: AsyncIterable<Buffer>
}

type Headers = NonNullable<OutgoingRequest['headers']>
interface Answer {
  readonly response: IncomingMessage
  /** Who gave it, after all that led there. */
  readonly from: URL
}

type Call = Omit<OutgoingRequest, 'url'> & { readonly path: string }

const ACCEPT = [OCI_INDEX, OCI_MANIFEST, DOCKER_MANIFEST_LIST, DOCKER_MANIFEST].join(', ')
const REDIRECTS = 5
/** How often what is cut is gone on with, without a byte having come. */
const RESUMPTIONS = 3
const PULL = 'pull'
const PUSH = 'pull,push'

export class RegistryClient {
  readonly #outgoing = new Outgoing()
  readonly #authorization: Authorization

  constructor({ clock }: { readonly clock: Clock }) {
    this.#authorization = new Authorization(this.#outgoing, clock)
  }

  /** Breaks off what is under way. */
  close(): void {
    this.#outgoing.close()
  }

  /** Rejects with `UpstreamError` unless the registry is there and takes the credentials. */
  async check(upstream: Omit<Upstream, 'repository'>): Promise<void> {
    const response = await this.#call({ ...upstream, repository: '' }, { method: 'GET', path: '/v2/' }, PULL)
    await textOf(response, ANSWER_BYTES)
    if (response.statusCode !== 200) throw refused(upstream, response)
  }

  /** `reference`: a tag or a digest, which is checked. Rejects with `UpstreamError`. */
  async manifest(
    upstream: Upstream,
    reference: string,
    headers: OutgoingRequest['headers'] = {},
  ): Promise<FetchedManifest> {
    const path = `/v2/${upstream.repository}/manifests/${reference}`
    const response = await this.#call(upstream, { method: 'GET', path, headers: { ...headers, Accept: ACCEPT } }, PULL)
    if (response.statusCode !== 200) throw refused(upstream, response)
    const content = await bytesOf(response, MANIFEST_BYTES)
    const digest = digestOf(content, reference)
    if (reference.includes(':') && digest !== reference)
      throw new UpstreamError('unreachable', `${upstream.url.host} gives another manifest than ${reference}.`)
    return { content, digest, manifest: parsed(upstream, content, response) }
  }

  /** A connection that is cut is gone on with where it was. Rejects with `UpstreamError`, as the iteration does. */
  async blob(upstream: Upstream, digest: string): Promise<FetchedBlob> {
    const response = await this.#getBlob(upstream, digest, 0)
    const bytes = lengthOf(response)
    return { bytes, content: this.#content(upstream, digest, response, bytes) }
  }

  /** Of the blob; undefined if the registry does not say. Rejects with `UpstreamError`. */
  async blobBytes(upstream: Upstream, digest: string): Promise<number | undefined> {
    const path = `/v2/${upstream.repository}/blobs/${digest}`
    const response = await this.#call(upstream, { method: 'HEAD', path }, PULL)
    response.resume()
    if (response.statusCode !== 200) throw refused(upstream, response)
    return lengthOf(response)
  }

  /** Whether the registry has that `manifests/<reference>` or `blobs/<digest>`. Rejects with `UpstreamError`. */
  async has(upstream: Upstream, place: string): Promise<boolean> {
    const path = `/v2/${upstream.repository}/${place}`
    const response = await this.#call(upstream, { method: 'HEAD', path, headers: { Accept: ACCEPT } }, PUSH)
    response.resume()
    if (response.statusCode === 200) return true
    if (response.statusCode === 404) return false
    throw refused(upstream, response)
  }

  /** Rejects with `UpstreamError`. */
  async pushBlob(
    upstream: Upstream,
    digest: string,
    { bytes = 0, content }: FetchedBlob,
    headers: Headers,
  ): Promise<void> {
    const path = `/v2/${upstream.repository}/blobs/uploads/`
    const begun = await this.#call(
      upstream,
      { method: 'POST', path, headers: { ...headers, 'Content-Length': 0 } },
      PUSH,
    )
    begun.resume()
    const { location } = begun.headers
    if (begun.statusCode !== 202 || location === undefined) throw refused(upstream, begun)
    const place = new URL(location, upstream.url)
    if (place.origin !== upstream.url.origin)
      throw new UpstreamError('unreachable', `${upstream.url.host} leads elsewhere.`)
    place.searchParams.set('digest', digest)
    const end = { method: 'PUT', path: `${place.pathname}${place.search}`, body: content }
    const type = { 'Content-Type': 'application/octet-stream', 'Content-Length': bytes }
    await this.#expectCreated(upstream, { ...end, headers: { ...headers, ...type } })
  }

  /** `reference`: a tag, or its digest. Rejects with `UpstreamError`. */
  async pushManifest(
    upstream: Upstream,
    reference: string,
    { content, mediaType }: { readonly content: Buffer; readonly mediaType: string },
    headers: Headers,
  ): Promise<void> {
    const path = `/v2/${upstream.repository}/manifests/${reference}`
    const type = { 'Content-Type': mediaType, 'Content-Length': content.length }
    await this.#expectCreated(upstream, { method: 'PUT', path, body: content, headers: { ...headers, ...type } })
  }

  async #expectCreated(upstream: Upstream, call: Call): Promise<void> {
    const response = await this.#call(upstream, call, PUSH)
    response.resume()
    if (response.statusCode !== 201) throw refused(upstream, response)
  }

  async *#content(
    upstream: Upstream,
    digest: string,
    first: IncomingMessage,
    bytes: number | undefined,
  ): AsyncGenerator<Buffer, void, void> {
    let [response, position, fruitless] = [first, 0, 0]
    for (;;) {
      const before = position
      try {
        for await (const piece of response as AsyncIterable<Buffer>) {
          position += piece.length
          yield piece
        }
        if (bytes === undefined || position >= bytes) return
      } catch (error) {
        fruitless = position > before ? 0 : fruitless + 1
        if (bytes === undefined || fruitless >= RESUMPTIONS) throw cut(upstream, error)
      }
      response = await this.#getBlob(upstream, digest, position)
    }
  }

  async #getBlob(upstream: Upstream, digest: string, from: number): Promise<IncomingMessage> {
    const headers = from === 0 ? {} : { Range: `bytes=${from}-` }
    const path = `/v2/${upstream.repository}/blobs/${digest}`
    const response = await this.#call(upstream, { method: 'GET', path, headers }, PULL)
    if (response.statusCode === (from === 0 ? 200 : 206)) return response
    throw refused(upstream, response)
  }

  /** Sends the call, and again with what the registry wants to see; follows to where it leads. The body is not read. */
  async #call(upstream: Upstream, { path, headers = {}, ...call }: Call, actions: string): Promise<IncomingMessage> {
    const url = new URL(path, upstream.url)
    const send = (authorization: string | undefined): Promise<Answer> =>
      this.#follow({ ...call, url, headers: { ...headers, ...(authorization && { Authorization: authorization }) } })
    const { response, from } = await send(this.#authorization.headerFor(upstream, actions))
    // Whom upstream leads to may ask for credentials as well, but they are not for him.
    if (response.statusCode !== 401 || from.origin !== url.origin) return response
    response.destroy()
    const challenge = response.headers['www-authenticate'] ?? ''
    return (await send(await this.#authorization.answer(upstream, actions, challenge))).response
  }

  async #follow(request: OutgoingRequest): Promise<Answer> {
    let next = request
    for (let redirects = 0; redirects <= REDIRECTS; redirects++) {
      const response = await this.#outgoing.send(next)
      const { location } = response.headers
      if (![301, 302, 303, 307, 308].includes(response.statusCode ?? 0) || location === undefined)
        return { response, from: next.url }
      response.destroy()
      next = redirected(next, location)
    }
    throw new UpstreamError('unreachable', `${request.url.host} leads in circles.`)
  }
}

const lengthOf = ({ headers }: IncomingMessage): number | undefined => {
  const length = Number(headers['content-length'])
  return Number.isSafeInteger(length) ? length : undefined
}

/** Credentials are for who asked for them. */
const redirected = (request: OutgoingRequest, location: string): OutgoingRequest => {
  if (!URL.canParse(location, request.url.href))
    throw new UpstreamError('unreachable', `${request.url.host} leads nowhere.`)
  const url = new URL(location, request.url)
  if (!['https:', request.url.protocol].includes(url.protocol))
    throw new UpstreamError('unreachable', `${request.url.host} leads to ${url.host} without encryption.`)
  const { Authorization: _authorization, ...others } = request.headers ?? {}
  return { ...request, url, headers: url.origin === request.url.origin ? (request.headers ?? {}) : others }
}

const refused = ({ url }: Pick<Upstream, 'url'>, response: IncomingMessage): UpstreamError => {
  response.destroy()
  const status = response.statusCode ?? 0
  const kind = status === 404 ? 'missing' : status === 401 || status === 403 ? 'denied' : 'unreachable'
  return new UpstreamError(kind, `${url.host} answers with ${status}.`)
}

const cut = ({ url }: Upstream, error: unknown): UpstreamError =>
  error instanceof UpstreamError
    ? error
    : new UpstreamError('unreachable', `${url.host} broke off: ${error instanceof Error ? error.message : 'unknown'}`)

const digestOf = (content: Buffer, reference: string): string => {
  const algorithm = reference.startsWith('sha512:') ? 'sha512' : 'sha256'
  return `${algorithm}:${createHash(algorithm).update(content).digest('hex')}`
}

const parsed = ({ url }: Upstream, content: Buffer, { headers }: IncomingMessage): ImageManifest => {
  try {
    return parseManifest(content, headers['content-type']?.split(';', 1)[0]?.trim())
  } catch (error) {
    if (!(error instanceof InvalidManifest)) throw error
    throw new UpstreamError('unreachable', `${url.host} gives no manifest: ${error.message}`)
  }
}
