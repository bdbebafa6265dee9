/**
 * Images that were pushed go to other registries too, as the rules of replication say. What is on its way stands in a row, so that it goes on after a
 * restart; what fails is tried again, less and less often, for about a day.
 */
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { inRepository } from '../../model/image-records.ts'
import {
  DESTINATION_UNAVAILABLE,
  type ImageReplicationRecord,
  isSameRegistry,
  type ReplicationEndpoint,
} from '../../model/registry-rules.ts'
import type { BlobStore } from '../../store/blobs/blob-store.ts'
import { replicationKey } from '../../store/images/replication-key.ts'
import type { Store } from '../../store/store.ts'
import type { Controller } from '../controller.ts'
import type { Destination } from './destination.ts'
import { SubImageFailed } from './sub-image-failed.ts'

export interface ImageReplicationOptions {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly blobs: BlobStore
  /** Where the registries are that images go to. */
  readonly replicationEndpoints?: readonly ReplicationEndpoint[] | undefined
}

type Changes = { readonly [K in keyof ImageReplicationRecord]?: ImageReplicationRecord[K] | undefined }

const EVERY_MS = 60_000
const FIRST_RETRY_MS = 5000
const LONGEST_RETRY_MS = 3_600_000
/** With those delays, after a day and some hours. */
const FAILURES = 34

export class ImageReplication implements Controller {
  readonly name = 'image-replication'
  readonly everyMs = EVERY_MS
  readonly #options: ImageReplicationOptions
  /** What is needed is loaded with the first image. */
  readonly #destinations = new Map<ReplicationEndpoint, Promise<Destination>>()

  constructor(options: ImageReplicationOptions) {
    this.#options = options
  }

  watch(wake: (key: string) => void): () => void {
    const unwatch = this.#options.store.watch(['imageReplications'], ({ changes }) => {
      for (const { after } of changes as readonly { readonly after?: ImageReplicationRecord | undefined }[])
        // Failures are waited after, not gone on from.
        if (after?.status === 'IN_PROGRESS' && after.failures === 0) wake(keyOf(after))
    })
    return () => {
      unwatch()
      for (const destination of this.#destinations.values()) void destination.then((each) => each.close())
    }
  }

  *keys(): Generator<string, void, void> {
    for (const row of this.#options.store.tables.imageReplications.find('pending', 'pending')) yield keyOf(row)
  }

  async reconcile(key: string): Promise<{ readonly againInMs: number } | void> {
    const { store, clock } = this.#options
    const row = store.tables.imageReplications.get(key)
    if (row?.status !== 'IN_PROGRESS') return
    if (row.dueAt > clock.now()) return { againInMs: row.dueAt - clock.now() }
    try {
      await this.#copy(row)
      await this.#note(row, { status: 'COMPLETE', subImageFailureCode: undefined })
    } catch (error) {
      return this.#noteFailure(row, error)
    }
  }

  async #noteFailure(row: ImageReplicationRecord, error: unknown): Promise<{ readonly againInMs: number } | void> {
    const { clock, log } = this.#options
    const { digest, destination, failuresAllowed = FAILURES } = row
    const failures = row.failures + 1
    const delayMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** row.failures)
    log.warn('an image was not replicated', { digest, destination, failures, error })
    const subImageFailureCode = error instanceof SubImageFailed ? DESTINATION_UNAVAILABLE : undefined
    if (failures >= failuresAllowed) {
      const failureCode = DESTINATION_UNAVAILABLE
      return this.#note(row, { status: 'FAILED', failureCode, subImageFailureCode, failures })
    }
    await this.#note(row, { subImageFailureCode, failures, dueAt: clock.now() + delayMs })
    return { againInMs: delayMs }
  }

  async #copy(row: ImageReplicationRecord): Promise<void> {
    const { tables } = this.#options.store
    const [repository] = tables.repositories.find('byId', row.repositoryId)
    const endpoint = this.#options.replicationEndpoints?.find((each) => isSameRegistry(each, row.destination))
    if (endpoint === undefined) throw new Error('It is not known where the registry is.')
    // A tag that another image has meanwhile is that one's to bring.
    const tags = row.tags.filter(
      (tag) => tables.imageTags.get(inRepository(row.repositoryId, tag))?.digest === row.digest,
    )
    if (repository !== undefined) await (await this.#destination(endpoint)).copy(repository, row.digest, tags)
  }

  /** Unless it was asked for anew meanwhile, or the image is gone. */
  async #note(row: ImageReplicationRecord, changes: Changes): Promise<void> {
    const key = keyOf(row)
    await this.#options.store.transact(({ imageReplications }) => {
      if (imageReplications.get(key) === row) imageReplications.update(key, changes)
    })
  }

  #destination(endpoint: ReplicationEndpoint): Promise<Destination> {
    const known =
      this.#destinations.get(endpoint) ??
      import('./destination.ts').then(({ Destination: Loaded }) => new Loaded(this.#options, endpoint))
    this.#destinations.set(endpoint, known)
    return known
  }
}

const keyOf = ({ repositoryId, digest, destination }: ImageReplicationRecord): string =>
  replicationKey(repositoryId, digest, destination)
