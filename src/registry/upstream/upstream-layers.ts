/** Layers on their way from other registries: one download each, however many clients wait for it, and each has it as it comes. */
import { lentInTurn } from '../../kit/free-buffer.ts'
import { inRepository, type RepositoryRecord } from '../../model/image-records.ts'
import { blobsOf } from '../../store/images/repository-key.ts'
import type { RegistryClient } from '../../store/upstream/registry-client.ts'
import { type Upstream, UpstreamError } from '../../store/upstream/upstream.ts'
import type { RegistryTools } from '../exchange.ts'

export interface Download {
  /** Resolves when the first bytes come, with the size if upstream says it. Rejects with `UpstreamError`. */
  readonly begun: Promise<{ readonly bytes: number | undefined }>
  /** Resolves when the layer is among the repository's. */
  readonly done: Promise<void>
  readonly uploadId: string
}

export type LayerTools = Pick<RegistryTools, 'store' | 'blobs' | 'clock' | 'ids'>

export class UpstreamLayers {
  readonly #tools: LayerTools
  readonly #client: RegistryClient
  readonly #downloads = new Map<string, Download>()

  constructor(tools: LayerTools, client: RegistryClient) {
    this.#tools = tools
    this.#client = client
  }

  /** The download that goes on, or a new one. Failures reach those who wait for it. */
  download(repository: RepositoryRecord, upstream: Upstream, digest: string): Download {
    const { repositoryId } = repository
    const key = inRepository(repositoryId, digest)
    const known = this.#downloads.get(key)
    if (known !== undefined) return known
    const uploadId = this.#tools.ids.uuid()
    const begun = Promise.withResolvers<{ readonly bytes: number | undefined }>()
    const done = this.#run(repository, upstream, digest, uploadId, begun.resolve)
      .catch((error: unknown) => {
        begun.reject(error)
        throw error
      })
      .finally(() => this.#downloads.delete(key))
    const download = { begun: begun.promise, done, uploadId }
    this.#downloads.set(key, download)
    for (const each of [download.begun, done]) each.catch(() => undefined)
    return download
  }

  /** Resolves when no download goes on that had begun before. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#downloads.values()].map(({ done }) => done))
  }

  async #run(
    repository: RepositoryRecord,
    upstream: Upstream,
    digest: string,
    uploadId: string,
    begin: (head: { readonly bytes: number | undefined }) => void,
  ): Promise<void> {
    const { store, clock } = this.#tools
    const { uploads } = this.#tools.blobs
    const { repositoryId } = repository
    const blobs = blobsOf(this.#tools, repository)
    const { bytes, content } = await this.#client.blob(upstream, digest)
    await blobs.begin(uploadId)
    try {
      begin({ bytes })
      await uploads.append(uploadId, lentInTurn(content))
      await blobs.finish(uploadId, digest, (size) =>
        store.transact((tx) => {
          // The repository may be gone meanwhile; then nobody refers to the blob.
          if (tx.repositories.findSize('byId', repositoryId) === 0)
            throw new UpstreamError('missing', 'The repository was deleted meanwhile.')
          tx.imageLayers.put({ repositoryId, digest, bytes: size, neededAt: clock.now() })
        }),
      )
    } finally {
      await uploads.remove(uploadId)
    }
  }
}
