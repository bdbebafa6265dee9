/**
 * Scans of images that were asked for are done, one after another: a scan takes its time and memory. What was found stands in the row of the scan; the
 * packages are kept as an artifact beside the image. What scans need is loaded with the first.
 */
import { defined } from '../../kit/assert.ts'
import type { Clock } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import type { Log } from '../../kit/log.ts'
import { type ImageRecord, inRepository, type RepositoryRecord } from '../../model/image-records.ts'
import type { ImageScanRecord } from '../../model/image-scan/finding.ts'
import type { BlobStore } from '../../store/blobs/blob-store.ts'
import { removeImage } from '../../store/images/remove-image.ts'
import { blobsOf } from '../../store/images/repository-key.ts'
import type { Store } from '../../store/store.ts'
import type { Transaction } from '../../store/tables.ts'
import type { Controller } from '../controller.ts'

export interface ImageScanOptions {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly blobs: BlobStore
  /** Undefined where the operator gives none. */
  readonly advisoriesFile?: string | undefined
}

/** The server ends; the scan begins anew with the next start. */
class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

type Outcome = Pick<
  ImageScanRecord,
  'status' | 'description' | 'counts' | 'sbomDigest' | 'findingsDigest' | 'advisoriesUpdatedAt'
>

const EVERY_MS = 60_000
const KEY = 'all'
/** Failures whose reason is for whoever asked. */
const TOLD: readonly string[] = ['AdvisoryFileError', 'BlobKeyUnusable', 'CorruptBlob']

export class ImageScan implements Controller {
  readonly name = 'image-scan'
  readonly everyMs = EVERY_MS
  readonly #options: ImageScanOptions
  #isEnding = false

  constructor(options: ImageScanOptions) {
    this.#options = options
  }

  watch(wake: (key: string) => void): () => void {
    const unwatch = this.#options.store.watch(['imageScans'], () => wake(KEY))
    return () => {
      this.#isEnding = true
      unwatch()
    }
  }

  keys(): readonly string[] {
    return [KEY]
  }

  async reconcile(): Promise<void> {
    const { store } = this.#options
    for (let scan = this.#next(); scan !== undefined; scan = this.#next()) {
      const key = inRepository(scan.repositoryId, scan.digest)
      const outcome = await this.#outcome(scan)
      if (outcome === undefined) return
      const completedAt = this.#options.clock.now()
      await store.transact((tx) => {
        // The image may be gone, or a scan may have been asked for anew.
        if (tx.imageScans.get(key)?.requestedAt !== scan.requestedAt) return
        tx.imageScans.update(key, { ...outcome, completedAt })
        removeOldSbom(tx, scan, outcome)
      })
    }
  }

  #next(): ImageScanRecord | undefined {
    return this.#isEnding
      ? undefined
      : this.#options.store.tables.imageScans
          .find('byStatus', 'IN_PROGRESS')
          .toSorted((a, b) => a.requestedAt - b.requestedAt)[0]
  }

  /** Undefined if the server ends meanwhile. */
  async #outcome({ repositoryId, digest }: ImageScanRecord): Promise<Outcome | undefined> {
    const { tables } = this.#options.store
    const image = tables.images.get(inRepository(repositoryId, digest))
    const [repository] = tables.repositories.find('byId', repositoryId)
    try {
      return await this.#scan(defined(repository, repositoryId), defined(image, digest))
    } catch (error) {
      if (error instanceof Interrupted) return undefined
      return this.#failure(error, digest)
    }
  }

  async #scan(repository: RepositoryRecord, image: ImageRecord): Promise<Outcome> {
    const { advisoriesFile } = this.#options
    const [{ contentsOf, compared }, { sbomOf }, { keepSbom }, { changedAt }, { keepBlob }, { countsOf }] =
      await Promise.all([
        import('./scan-image.ts'),
        import('../../model/image-scan/sbom.ts'),
        import('./keep-sbom.ts'),
        import('./advisory-file.ts'),
        import('./keep-blob.ts'),
        import('../../model/image-scan/finding.ts'),
      ])
    const goOn = (): void => {
      if (this.#isEnding) throw new Interrupted('The server ends.')
    }
    const contents = await contentsOf(blobsOf(this.#options, repository), image.digest, goOn)
    const { packages, distribution } = contents
    const subject = { repositoryName: repository.name, digest: image.digest }
    const sbomDigest = await keepSbom(this.#options, repository, image, sbomOf(subject, packages, distribution))
    const found = `${packages.length} packages were found; the bill of materials is ${sbomDigest}.`
    if (packages.length === 0)
      return {
        status: 'UNSUPPORTED_IMAGE',
        description: 'No packages were found that a scan knows.',
        counts: {},
        sbomDigest,
      }
    if (advisoriesFile === undefined)
      return { status: 'FAILED', description: `No advisory data is configured. ${found}`, counts: {}, sbomDigest }
    const advisoriesUpdatedAt = await changedAt(advisoriesFile)
    const { findings, unknown } = await compared(contents, advisoriesFile, goOn)
    // What nothing is known of must not look as if it were without fault.
    const silence = unknown.length === 0 ? '' : ` The advisory data has nothing about ${unknown.join(', ')}.`
    if (silence !== '' && findings.length === 0)
      return { status: 'FAILED', description: `${silence.trim()} ${found}`, counts: {}, sbomDigest }
    const description = `The scan was completed.${silence} ${found}`
    const findingsDigest = await keepBlob(this.#options, repository, Buffer.from(JSON.stringify(findings)))
    return {
      status: 'COMPLETE',
      description,
      counts: countsOf(findings),
      sbomDigest,
      findingsDigest,
      advisoriesUpdatedAt,
    }
  }

  /** What is the image's or the operator's fault is told; the rest is told in the log. */
  #failure(error: unknown, digest: string): Outcome {
    const { name, message } = error as Error
    if (name === 'Unscannable') return { status: 'UNSUPPORTED_IMAGE', description: message, counts: {} }
    this.#options.log.warn('an image cannot be scanned', { digest, error })
    const description = TOLD.includes(name) ? message : 'The scan failed.'
    return { status: 'FAILED', description, counts: {} }
  }
}

/** Where a later version finds more packages. */
const removeOldSbom = (
  tx: Transaction,
  { repositoryId, sbomDigest: old }: ImageScanRecord,
  { sbomDigest = old }: Outcome,
): void => {
  const image = old === undefined || old === sbomDigest ? undefined : tx.images.get(inRepository(repositoryId, old))
  if (image !== undefined) removeImage(tx, image)
}
