/** The registry of another Longshore, which images are brought to as Docker would push them. */
import type { Clock } from '../../kit/clock.ts'
import { isIndexType, parseManifest } from '../../model/image-manifest.ts'
import { type ImageRecord, inRepository, type RepositoryRecord } from '../../model/image-records.ts'
import { type ReplicationEndpoint, REPLICATION_HEADER } from '../../model/registry-rules.ts'
import { signRequest } from '../../model/signature-v4.ts'
import type { BlobStore } from '../../store/blobs/blob-store.ts'
import type { Blobs } from '../../store/blobs/blobs.ts'
import { blobsOf } from '../../store/images/repository-key.ts'
import type { Store } from '../../store/store.ts'
import { ANSWER_BYTES, textOf } from '../../store/upstream/authorization.ts'
import { Outgoing } from '../../store/upstream/outgoing.ts'
import { RegistryClient } from '../../store/upstream/registry-client.ts'
import { type Upstream, type UpstreamCredentials, UpstreamError, upstreamUrl } from '../../store/upstream/upstream.ts'
import { SubImageFailed } from './sub-image-failed.ts'

export interface DestinationOptions {
  readonly store: Store
  readonly clock: Clock
  readonly blobs: BlobStore
}

interface Password {
  readonly credentials: UpstreamCredentials
  readonly expiresAt: number
}

/** How long before its end a password is not used any more: a large layer takes its time. */
const MARGIN_MS = 3_600_000
const TARGET = 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken'
const TYPE = 'application/x-amz-json-1.1'

export class Destination {
  readonly #options: DestinationOptions
  readonly #endpoint: ReplicationEndpoint
  readonly #client: RegistryClient
  readonly #outgoing = new Outgoing()
  #password: Password | undefined

  constructor(options: DestinationOptions, endpoint: ReplicationEndpoint) {
    this.#options = options
    this.#endpoint = endpoint
    this.#client = new RegistryClient(options)
  }

  /** Resolves when the image and all that it refers to is there, with these tags. What is gone here meanwhile need not be there. */
  async copy(repository: RepositoryRecord, digest: string, tags: readonly string[]): Promise<void> {
    const image = this.#options.store.tables.images.get(inRepository(repository.repositoryId, digest))
    if (image === undefined) return
    const upstream = await this.#upstream(repository.name)
    await this.#copyImage(upstream, repository, image, tags)
  }

  close(): void {
    this.#client.close()
    this.#outgoing.close()
  }

  async #copyImage(
    upstream: Upstream,
    repository: RepositoryRecord,
    image: ImageRecord,
    tags: readonly string[],
  ): Promise<void> {
    const { store } = this.#options
    const blobs = blobsOf(this.#options, repository)
    const { repositoryId, digest, mediaType } = image
    const content = await blobs.read(digest)
    if (content === undefined) throw new Error(`The manifest ${digest} is missing.`)
    const { manifests, config, layers } = parseManifest(content, mediaType)
    for (const each of isIndexType(mediaType) ? manifests : []) {
      const child = store.tables.images.get(inRepository(repositoryId, each.digest))
      if (child !== undefined) await this.#copyChild(upstream, repository, child)
    }
    for (const layer of [...(config ? [config] : []), ...layers.filter(({ urls }) => urls === undefined)])
      await this.#copyBlob(upstream, blobs, layer.digest)
    for (const reference of tags.length === 0 ? [digest] : tags)
      await this.#client.pushManifest(upstream, reference, { content, mediaType }, this.#headers())
  }

  async #copyChild(upstream: Upstream, repository: RepositoryRecord, image: ImageRecord): Promise<void> {
    try {
      await this.#copyImage(upstream, repository, image, [])
    } catch (error) {
      throw new SubImageFailed(`The image ${image.digest} was not copied.`, { cause: error })
    }
  }

  async #copyBlob(upstream: Upstream, blobs: Blobs, digest: string): Promise<void> {
    if (await this.#client.has(upstream, `blobs/${digest}`)) return
    const reader = await blobs.open(digest)
    if (reader === undefined) throw new Error(`The layer ${digest} is missing.`)
    try {
      const blob = { bytes: reader.bytes, content: reader.read() }
      await this.#client.pushBlob(upstream, digest, blob, this.#headers())
    } finally {
      await reader.close()
    }
  }

  #headers(): Readonly<Record<string, string>> {
    return { [REPLICATION_HEADER]: 'true' }
  }

  async #upstream(repository: string): Promise<Upstream> {
    const url = upstreamUrl(this.#endpoint.url)
    return { url, repository, credentials: await this.#credentials(url) }
  }

  /** By GetAuthorizationToken, as anyone gets them. */
  async #credentials(url: URL): Promise<UpstreamCredentials | undefined> {
    const { region, credentials } = this.#endpoint
    const now = this.#options.clock.now()
    if (credentials === undefined) return undefined
    if (this.#password !== undefined && this.#password.expiresAt - MARGIN_MS > now) return this.#password.credentials
    const body = '{}'
    const headers = signRequest({
      method: 'POST',
      url,
      headers: { 'content-type': TYPE, 'x-amz-target': TARGET },
      body,
      region,
      service: 'ecr',
      credentials,
      now,
    })
    const answer = await this.#outgoing.send({
      method: 'POST',
      url,
      headers: { ...headers, 'content-length': body.length },
      body: Buffer.from(body),
    })
    const text = await textOf(answer, ANSWER_BYTES)
    if (answer.statusCode !== 200)
      throw new UpstreamError('denied', `${url.host} gives no password: ${answer.statusCode}.`)
    this.#password = passwordIn(text)
    return this.#password.credentials
  }
}

const passwordIn = (answer: string): Password => {
  const { authorizationData } = JSON.parse(answer) as {
    readonly authorizationData: readonly [{ readonly authorizationToken: string; readonly expiresAt: number }]
  }
  const [{ authorizationToken, expiresAt }] = authorizationData
  const text = Buffer.from(authorizationToken, 'base64').toString()
  const place = text.indexOf(':')
  const credentials = { username: text.slice(0, place), password: text.slice(place + 1) }
  return { credentials, expiresAt: expiresAt * 1000 }
}
