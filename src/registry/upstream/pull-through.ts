/**
 * Repositories that stand for those of other registries: what is pulled and not here is got from there and kept. A tag is compared with upstream
 * once a day; where upstream cannot be reached, what is here is good enough.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
 */
import { repositoryArn } from '../../model/arn.ts'
import { inRepository, isImmutable, type ImageRecord, type RepositoryRecord } from '../../model/image-records.ts'
import { DAY_MS } from '../../model/limits.ts'
import { UPSTREAM_IMPORTS } from '../../model/registry-limits.ts'
import { prefixesOf, prefixKey, type PullThroughRuleRecord, upstreamNameOf } from '../../model/registry-rules.ts'
import { repositoryFor } from '../../store/images/create-repository.ts'
import { blobsOf, checkKey } from '../../store/images/repository-key.ts'
import { putImage } from '../../store/images/put-image.ts'
import { type FetchedManifest, RegistryClient } from '../../store/upstream/registry-client.ts'
import { type Upstream, type UpstreamCredentials, UpstreamError, upstreamUrl } from '../../store/upstream/upstream.ts'
import type { Reference } from '../endpoint.ts'
import type { Exchange, RegistryTools } from '../exchange.ts'
import { RegistryFault } from '../registry-fault.ts'
import { tooMany } from '../transfers.ts'
import { type Download, UpstreamLayers } from './upstream-layers.ts'

export type CredentialsOf = (credentialArn: string) => Promise<UpstreamCredentials>

export interface PullThroughOptions extends Pick<RegistryTools, 'store' | 'blobs' | 'clock' | 'ids' | 'log'> {
  /** Rejects if there are none. */
  readonly credentialsOf: CredentialsOf
  /** Images that are got at once, if not as many as usual. */
  readonly imports?: number | undefined
}

/** AWS: how long a tag is good for. */
const TAG_LIFE_MS = DAY_MS
/** Layers of one image that are got at once. */
const LAYERS_AT_ONCE = 3
const IMPORT = 'ecr:BatchImportUpstreamImage'
/** Requests that have gone through that many caches go in circles (RFC 8586). */
const CACHES = 4
const LOOP_NAME = 'longshore'

interface Wanted {
  readonly rule: PullThroughRuleRecord
  readonly name: string
  readonly arn: string
  readonly repository: RepositoryRecord | undefined
}

export class PullThrough {
  readonly #options: PullThroughOptions
  readonly #client: RegistryClient
  readonly #layers: UpstreamLayers
  /** Images on their way, by repository and digest. */
  readonly #arriving = new Map<string, FetchedManifest>()
  /** What goes on in the background, by repository, digest and tag. */
  readonly #imports = new Map<string, Promise<void>>()

  constructor(options: PullThroughOptions) {
    this.#options = options
    this.#client = new RegistryClient(options)
    this.#layers = new UpstreamLayers(options, this.#client)
  }

  /** What upstream has; undefined if what is here is to be given, or nothing. Throws `RegistryFault`. */
  async manifest(exchange: Exchange, name: string, reference: Reference): Promise<FetchedManifest | undefined> {
    const wanted = this.#wanted(exchange, name)
    if (wanted === undefined) return undefined
    if (wanted.repository !== undefined) checkKey(this.#options.store.tables, wanted.repository)
    const local = wanted.repository && this.#local(wanted.repository, reference)
    if (local && this.#isGood(wanted.repository, reference)) return undefined
    try {
      demandImport(exchange, wanted, 'ecr:BatchGetImage')
      return await this.#fetch(exchange, wanted, reference, local)
    } catch (error) {
      if (!(error instanceof UpstreamError || error instanceof RegistryFault)) throw error
      if (local === undefined) throw error instanceof RegistryFault ? error : faultOf(error, 'MANIFEST_UNKNOWN')
      this.#options.log.warn('a tag was not compared with upstream', { repositoryName: name, error: error.message })
      return undefined
    }
  }

  /** The layer that is on its way, or is sent for now; undefined if it is here, or nothing is to be had. Throws `RegistryFault`. */
  async layer(
    exchange: Exchange,
    name: string,
    digest: string,
  ): Promise<(Download & { readonly bytes: number | undefined }) | undefined> {
    const wanted = this.#missing(exchange, name, digest)
    if (wanted === undefined) return undefined
    demandImport(exchange, wanted, 'ecr:GetDownloadUrlForLayer')
    try {
      const download = this.#layers.download(wanted.repository, await this.#upstream(wanted), digest)
      return { ...download, ...(await download.begun) }
    } catch (error) {
      throw error instanceof UpstreamError ? faultOf(error, 'BLOB_UNKNOWN') : error
    }
  }

  /** Size of a layer that only upstream has, if that says it; undefined if there is none, or it is here. Throws `RegistryFault`. */
  async remoteLayer(
    exchange: Exchange,
    name: string,
    digest: string,
  ): Promise<{ readonly bytes: number | undefined } | undefined> {
    const wanted = this.#missing(exchange, name, digest)
    if (wanted === undefined) return undefined
    demandImport(exchange, wanted, 'ecr:BatchCheckLayerAvailability')
    try {
      return { bytes: await this.#client.blobBytes(await this.#upstream(wanted), digest) }
    } catch (error) {
      throw error instanceof UpstreamError ? faultOf(error, 'BLOB_UNKNOWN') : error
    }
  }

  /** Breaks off what is on its way, and resolves when nothing of it goes on. */
  async close(): Promise<void> {
    this.#client.close()
    await Promise.all([this.#layers.settled(), ...this.#imports.values()])
  }

  /** The repository, if the layer could only come from upstream. */
  #missing(exchange: Exchange, name: string, digest: string): (Wanted & { repository: RepositoryRecord }) | undefined {
    const wanted = this.#wanted(exchange, name)
    if (wanted?.repository === undefined) return undefined
    const { repository } = wanted
    const isHere = this.#options.store.tables.imageLayers.has(inRepository(repository.repositoryId, digest))
    return isHere ? undefined : { ...wanted, repository }
  }

  /** Undefined if no rule is for the repository. */
  #wanted({ caller, request }: Exchange, name: string): Wanted | undefined {
    const { pullThroughRules, repositories } = this.#options.store.tables
    const loops = [request.headers['cdn-loop'] ?? []].flat().join(',').split(LOOP_NAME).length - 1
    if (pullThroughRules.size === 0 || loops >= CACHES) return undefined
    const [rule] = prefixesOf(name).flatMap((prefix) => pullThroughRules.get(prefixKey(caller, prefix)) ?? [])
    if (rule === undefined) return undefined
    const arn = repositoryArn(caller.region, caller.account, name)
    return { rule, name, arn, repository: repositories.get(arn) }
  }

  #local({ repositoryId }: RepositoryRecord, { tag, digest }: Reference): ImageRecord | undefined {
    const { images, imageTags } = this.#options.store.tables
    const named = tag === undefined ? digest : imageTags.get(inRepository(repositoryId, tag))?.digest
    return named === undefined ? undefined : images.get(inRepository(repositoryId, named))
  }

  /** Digests do not change, and some tags must not. */
  #isGood(repository: RepositoryRecord | undefined, { tag }: Reference): boolean {
    if (tag === undefined || repository === undefined || isImmutable(repository.tagMutability, tag)) return true
    const { clock, store } = this.#options
    const checked = store.tables.upstreamTags.get(inRepository(repository.repositoryId, tag))
    return checked !== undefined && clock.now() - checked.checkedAt < TAG_LIFE_MS
  }

  async #fetch(
    { request, manifests }: Exchange,
    wanted: Wanted,
    reference: Reference,
    local: ImageRecord | undefined,
  ): Promise<FetchedManifest | undefined> {
    const { repositoryId } = wanted.repository ?? {}
    const arriving = reference.digest && this.#arriving.get(inRepository(repositoryId ?? '', reference.digest))
    if (arriving) return arriving
    const loop = [request.headers['cdn-loop'] ?? [], LOOP_NAME].flat().join(', ')
    const upstream = await this.#upstream(wanted)
    const fetched = await this.#client.manifest(upstream, reference.tag ?? reference.digest, { 'CDN-Loop': loop })
    const { store, ids, clock } = this.#options
    const { rule, name } = wanted
    const now = clock.now()
    const repository = await store.transact((tx) => {
      const made = repositoryFor(tx, rule, name, 'PULL_THROUGH_CACHE', { ids, now })
      if (local?.digest === fetched.digest && reference.tag !== undefined) noteTag(tx, made, reference.tag, now)
      return made
    })
    if (local?.digest === fetched.digest) return undefined
    this.#import(repository, upstream, fetched, reference.tag)
    manifests.put(fetched.digest, fetched.content)
    return fetched
  }

  /** Goes on after the client was answered. Throws `RegistryFault` if there is too much of that. */
  #import(repository: RepositoryRecord, upstream: Upstream, fetched: FetchedManifest, tag: string | undefined): void {
    const key = inRepository(repository.repositoryId, fetched.digest)
    const importKey = `${key}/${tag ?? ''}`
    if (this.#imports.has(importKey)) return
    if (this.#imports.size >= (this.#options.imports ?? UPSTREAM_IMPORTS))
      throw tooMany('Too many images are being got from other registries at once.')
    this.#arriving.set(key, fetched)
    const importing = this.#keep(repository, upstream, fetched, tag)
      .catch((error: unknown) => {
        const { name: repositoryName } = repository
        this.#options.log.warn('an image of another registry was not kept', { repositoryName, tag, error })
      })
      .finally(() => {
        this.#arriving.delete(key)
        this.#imports.delete(importKey)
      })
    this.#imports.set(importKey, importing)
  }

  async #keep(
    repository: RepositoryRecord,
    upstream: Upstream,
    { content, digest, manifest }: FetchedManifest,
    tag: string | undefined,
  ): Promise<void> {
    const { store, ids, clock } = this.#options
    const { repositoryId } = repository
    const layers = [...(manifest.config ? [manifest.config] : []), ...manifest.layers.filter(({ urls }) => !urls)]
    const missing = layers
      .map((layer) => layer.digest)
      .filter((each) => !store.tables.imageLayers.has(inRepository(repositoryId, each)))
    const next = missing.values()
    const worker = async (): Promise<void> => {
      for (const each of next) await this.#layers.download(repository, upstream, each).done
    }
    await Promise.all(Array.from({ length: LAYERS_AT_ONCE }, worker))
    await blobsOf(this.#options, repository).put(ids.uuid(), digest, content, () =>
      store.transact((tx) => {
        const now = tx.repositories.get(repository.arn)
        if (now?.repositoryId !== repositoryId)
          throw new UpstreamError('missing', 'The repository was deleted meanwhile.')
        const image = { digest, manifest, manifestBytes: content.length, tag, isPartial: true, isCopy: true }
        putImage(tx, now, image, clock.now())
        if (tag !== undefined) noteTag(tx, now, tag, clock.now())
      }),
    )
  }

  async #upstream({ rule, name }: Wanted): Promise<Upstream> {
    const { credentialArn } = rule
    const credentials = credentialArn === undefined ? undefined : await this.#options.credentialsOf(credentialArn)
    return { url: upstreamUrl(rule.upstreamUrl), repository: upstreamNameOf(rule, name), credentials }
  }
}

type TagTables = Parameters<Parameters<RegistryTools['store']['transact']>[0]>[0]

const noteTag = (tx: TagTables, { repositoryId }: RepositoryRecord, tag: string, checkedAt: number): void =>
  void tx.upstreamTags.put({ repositoryId, tag, checkedAt })

/** AWS: who causes an import has to be allowed it, and the repository if there is none. */
const demandImport = ({ caller }: Exchange, { arn, repository: record }: Wanted, action: string): void =>
  caller.demand([action, IMPORT, ...(record === undefined ? ['ecr:CreateRepository'] : [])], { arn, record })

const faultOf = ({ kind, message }: UpstreamError, missing: 'MANIFEST_UNKNOWN' | 'BLOB_UNKNOWN'): RegistryFault =>
  kind === 'missing'
    ? new RegistryFault(missing, `Upstream does not have it: ${message}`)
    : new RegistryFault('UNKNOWN', `It cannot be had from upstream: ${message}`, { status: 502 })
