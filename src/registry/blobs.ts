/** Pulling, looking for and removing the blobs of a repository. */
import { inRepository, type RepositoryRecord } from '../model/image-records.ts'
import type { Blobs } from '../store/blobs/blobs.ts'
import { CorruptBlob } from '../store/blobs/frames.ts'
import { keepLayer } from '../store/images/keep-layer.ts'
import { blobsOf } from '../store/images/repository-key.ts'
import { byteRange } from './byte-range.ts'
import { answer, type Exchange, requireRepository } from './exchange.ts'
import { RegistryFault } from './registry-fault.ts'

const PULL = ['ecr:GetDownloadUrlForLayer']
const LOOK = ['ecr:BatchCheckLayerAvailability']
const REMOVE = ['ecr:BatchDeleteImage']
const LONG = 'public, max-age=31536000, immutable'

/** Who asks may be about to push an image that has it: it must not be collected meanwhile. */
export const headBlob = async (exchange: Exchange, name: string, digest: string): Promise<void> => {
  const { store, clock, layerGraceMs } = exchange
  const remote = await exchange.upstream?.remoteLayer(exchange, name, digest)
  if (remote !== undefined) return answerHead(exchange, digest, remote.bytes)
  const repository = requireRepository(exchange, name, LOOK)
  const { bytes } = requireLayer(exchange, repository, digest)
  if (!blobsOf(exchange, repository).isTrusted(digest)) throw unknownBlob(digest)
  await keepLayer(store, repository.repositoryId, digest, clock.now(), layerGraceMs)
  answerHead(exchange, digest, bytes)
}

const answerHead = ({ response, acknowledge }: Exchange, digest: string, bytes: number | undefined): void => {
  acknowledge()
  response.writeHead(200, { ...headersOf(digest), ...(bytes !== undefined && { 'Content-Length': bytes }) })
  response.end()
}

export const getBlob = async (exchange: Exchange, name: string, digest: string): Promise<void> => {
  const { response, request, acknowledge } = exchange
  if (await isGivenFromUpstream(exchange, name, digest)) return
  const repository = requireRepository(exchange, name, PULL)
  requireLayer(exchange, repository, digest)
  const blobs = blobsOf(exchange, repository)
  const fail = (error: unknown): never => failed(exchange, blobs, digest, error)
  const reader = await blobs.open(digest).catch(fail)
  if (reader === undefined) return fail(new CorruptBlob('The file is missing.'))
  try {
    const range = byteRange(request.headers.range, reader.bytes)
    acknowledge()
    response.writeHead(range === undefined ? 200 : 206, {
      ...headersOf(digest),
      'Content-Length': range === undefined ? reader.bytes : range.to - range.from,
      ...(range && { 'Content-Range': `bytes ${range.from}-${range.to - 1}/${reader.bytes}` }),
    })
    for await (const pieces of reader.lend(range?.from, range?.to)) {
      if (response.destroyed) return
      await sent(response, pieces)
    }
    response.end()
  } catch (error) {
    fail(error)
  } finally {
    await reader.close()
  }
}

/** Gives a layer that is on its way from another registry as it comes; false if it is here, or will never be. */
const isGivenFromUpstream = async (exchange: Exchange, name: string, digest: string): Promise<boolean> => {
  const { request, response, blobs } = exchange
  const download = await exchange.upstream?.layer(exchange, name, digest)
  if (download === undefined) return false
  // Of a range, or where nobody knows how much comes, all of it has to be here first.
  const isFollowed = request.headers.range === undefined && download.bytes !== undefined
  const pieces = isFollowed ? await blobs.uploads.follow(download.uploadId) : undefined
  if (pieces === undefined) {
    await download.done.catch(() => undefined)
    return false
  }
  response.writeHead(200, { ...headersOf(digest), 'Content-Length': download.bytes })
  response.flushHeaders()
  exchange.acknowledge()
  try {
    let last: Buffer | undefined
    for await (const piece of pieces) {
      if (response.destroyed) return true
      if (last !== undefined && !response.write(last)) await drained(response)
      last = piece
    }
    // The end is kept back until the whole is known to be right.
    await download.done
    response.end(last)
  } catch (error) {
    if (response.headersSent) response.destroy()
    throw error
  }
  return true
}

/** AWS has no such call. The content goes when nothing refers to it any more. */
export const deleteBlob = async (exchange: Exchange, name: string, digest: string): Promise<void> => {
  const repository = requireRepository(exchange, name, REMOVE)
  const { store } = exchange
  await store.transact((tx) => {
    requireLayer(exchange, repository, digest)
    const key = inRepository(repository.repositoryId, digest)
    for (const image of tx.images.iterate('byRepository', repository.repositoryId))
      if (image.references.includes(digest))
        throw new RegistryFault('DENIED', `The blob is of the image ${image.digest}.`, { status: 405 })
    tx.imageLayers.remove(key)
  })
  answer(exchange, 202, {})
}

const requireLayer = ({ store }: Exchange, { repositoryId }: RepositoryRecord, digest: string) => {
  const layer = store.tables.imageLayers.get(inRepository(repositoryId, digest))
  if (layer === undefined) throw unknownBlob(digest)
  return layer
}

const unknownBlob = (digest: string): RegistryFault =>
  new RegistryFault('BLOB_UNKNOWN', 'The repository has no such blob.', { detail: { digest } })

const headersOf = (digest: string): Readonly<Record<string, string>> => ({
  'Content-Type': 'application/octet-stream',
  'Docker-Content-Digest': digest,
  'Accept-Ranges': 'bytes',
  'Cache-Control': LONG,
  ETag: `"${digest}"`,
})

/** What was sent already cannot be taken back, but the client must not think that it has everything. */
const failed = ({ response, log }: Exchange, blobs: Blobs, digest: string, error: unknown): never => {
  if (error instanceof CorruptBlob) {
    log.error('a blob is corrupt and is not served; pushing it again mends it', { digest, error: error.message })
    blobs.distrust(digest)
  }
  if (response.headersSent) response.destroy()
  throw error
}

/** Resolves when the pieces are out of our hands, or the client is gone. */
const sent = (response: Exchange['response'], pieces: readonly Buffer[]): Promise<void> =>
  new Promise((resolve) => {
    const go = (): void => {
      response.off('close', go)
      resolve()
    }
    response.once('close', go)
    response.cork()
    for (const [index, piece] of pieces.entries()) {
      if (index < pieces.length - 1) response.write(piece)
      else response.write(piece, go)
    }
    response.uncork()
  })

const drained = (response: Exchange['response']): Promise<void> =>
  new Promise((resolve) => {
    const go = (): void => {
      response.off('drain', go)
      response.off('close', go)
      resolve()
    }
    response.once('drain', go)
    response.once('close', go)
  })
