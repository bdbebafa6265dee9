/** Pushing blobs: in one request, in pieces, or by mounting what another repository has. */
import type { IncomingMessage } from 'node:http'
import { lentInTurn } from '../kit/free-buffer.ts'
import { inRepository, type LayerUploadRecord, type RepositoryRecord } from '../model/image-records.ts'
import { blobsOf, checkKey, spaceOf } from '../store/images/repository-key.ts'
import { isMountingAllowed } from '../store/images/registry-settings.ts'
import { isRepositoryName } from '../model/image-names.ts'
import { REGISTRY_UPLOADS, REPOSITORY_UPLOADS } from '../model/registry-limits.ts'
import { UploadError } from '../store/blobs/upload-error.ts'
import type { ReadTables } from '../store/tables.ts'
import { checkedDigest } from './endpoint.ts'
import { answer, bodyOf, type Exchange, requirePushable, requireRepository } from './exchange.ts'
import { RegistryFault } from './registry-fault.ts'
import { tooMany } from './transfers.ts'

const BEGIN = ['ecr:InitiateLayerUpload']
const APPEND = ['ecr:UploadLayerPart']
const FINISH = ['ecr:CompleteLayerUpload']
const STATUS_PATIENCE_MS = 1000
const MOUNT = ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer']

/** `POST .../blobs/uploads/`, with `mount` and `from`, with `digest` and the whole content, or with neither. */
export const beginUpload = async (exchange: Exchange, name: string): Promise<void> => {
  const { query } = exchange
  const [mount, from, digest] = [query.get('mount'), query.get('from'), query.get('digest')]
  const actions = digest === null ? BEGIN : [...BEGIN, ...APPEND, ...FINISH]
  const repository = await requirePushable(exchange, name, actions)
  if (mount !== null && from !== null && (await isMounted(exchange, repository, checkedDigest(mount), from)))
    return created(exchange, name, mount)
  const wanted = digest === null ? undefined : checkedDigest(digest)
  const upload = await begin(exchange, repository)
  if (wanted === undefined) answer(exchange, 202, progress(name, upload.uploadId, 0))
  else await finish(exchange, repository, upload, wanted)
}

const begin = async (exchange: Exchange, repository: RepositoryRecord): Promise<LayerUploadRecord> => {
  const { store, ids, clock } = exchange
  const { repositoryId } = repository
  checkRoom(store.tables, repositoryId)
  const upload = { uploadId: ids.uuid(), repositoryId, startedAt: clock.now() }
  await blobsOf(exchange, repository).begin(upload.uploadId)
  return store.transact((tx) => tx.layerUploads.insert(upload))
}

const checkRoom = ({ layerUploads }: ReadTables, repositoryId: string): void => {
  if (layerUploads.findSize('byRepository', repositoryId) >= REPOSITORY_UPLOADS)
    throw tooMany(`The repository has ${REPOSITORY_UPLOADS} uploads that were begun and not ended.`)
  if (layerUploads.size >= REGISTRY_UPLOADS)
    throw tooMany(`The registry has ${REGISTRY_UPLOADS} uploads that were begun and not ended.`)
}

export const uploadStatus = async (exchange: Exchange, name: string, uploadId: string): Promise<void> => {
  requireUpload(exchange, requireRepository(exchange, name, APPEND), uploadId)
  await lastConnectionOver(exchange, uploadId)
  answer(exchange, 204, progress(name, uploadId, await orFault(exchange.blobs.uploads.size(uploadId))))
}

/**
 * A client that lost its connection asks where to go on before the end of that connection is known here. Whoever asks while another one is
 * sending waits a moment in vain.
 */
const lastConnectionOver = ({ blobs, clock }: Exchange, uploadId: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = clock.setTimer(STATUS_PATIENCE_MS, resolve)
    orFault(blobs.uploads.settled(uploadId))
      .then(resolve, reject)
      .finally(() => timer.cancel())
  })

/** `PATCH`: a piece, or, without `Content-Range`, a stream of any length. */
export const appendUpload = async (exchange: Exchange, name: string, uploadId: string): Promise<void> => {
  const repository = requireRepository(exchange, name, APPEND)
  requireUpload(exchange, repository, uploadId)
  checkKey(exchange.store.tables, repository)
  const size = await append(exchange, name, uploadId)
  answer(exchange, 202, progress(name, uploadId, size))
}

/** `PUT ?digest=`: the end, with a last piece or without. */
export const finishUpload = async (exchange: Exchange, name: string, uploadId: string): Promise<void> => {
  const repository = requireRepository(exchange, name, FINISH)
  const upload = requireUpload(exchange, repository, uploadId)
  const digest = exchange.query.get('digest')
  if (digest === null) throw new RegistryFault('DIGEST_INVALID', 'The digest is missing.')
  await finish(exchange, repository, upload, checkedDigest(digest))
}

export const cancelUpload = async (exchange: Exchange, name: string, uploadId: string): Promise<void> => {
  requireUpload(exchange, requireRepository(exchange, name, APPEND), uploadId)
  await orFault(exchange.blobs.uploads.remove(uploadId))
  await exchange.store.transact((tx) => tx.layerUploads.remove(uploadId))
  answer(exchange, 204, {})
}

/** True if the blob is in the repository now. Where it cannot be had, the client uploads it instead. */
const isMounted = async (
  exchange: Exchange,
  repository: RepositoryRecord,
  digest: string,
  from: string,
): Promise<boolean> => {
  const { store, clock, caller } = exchange
  const { repositoryId } = repository
  if (!isMountingAllowed(store.tables, caller)) return false
  const source = isRepositoryName(from) ? readable(exchange, from) : undefined
  // What another key encrypts lies elsewhere.
  if (source === undefined || spaceOf(source) !== spaceOf(repository)) return false
  const blobs = blobsOf(exchange, repository)
  return store.transact((tx) => {
    const layer = tx.imageLayers.get(inRepository(source.repositoryId, digest))
    if (layer === undefined || !blobs.isTrusted(digest)) return false
    tx.imageLayers.put({ ...layer, repositoryId, neededAt: clock.now() })
    return true
  })
}

/** The repository, if there is one that the caller may pull from. */
const readable = (exchange: Exchange, name: string): RepositoryRecord | undefined => {
  try {
    return requireRepository(exchange, name, MOUNT)
  } catch (error) {
    if (error instanceof RegistryFault) return undefined
    throw error
  }
}

const finish = async (
  exchange: Exchange,
  repository: RepositoryRecord,
  { uploadId }: LayerUploadRecord,
  digest: string,
): Promise<void> => {
  const { request, store, clock } = exchange
  const { repositoryId, name } = repository
  checkKey(store.tables, repository)
  await append(exchange, name, uploadId)
  // The client has said everything and only waits, however long a large layer takes to its place.
  request.socket.setTimeout(0)
  const refer = (bytes: number): Promise<void> =>
    store.transact((tx) => {
      tx.layerUploads.remove(uploadId)
      // The repository may be gone meanwhile; then nobody refers to the blob.
      if (tx.repositories.findSize('byId', repositoryId) === 0) throw goneMeanwhile(name)
      tx.imageLayers.put({ repositoryId, digest, bytes, neededAt: clock.now() })
    })
  try {
    await orFault(blobsOf(exchange, repository).finish(uploadId, digest, refer))
  } catch (error) {
    // The content is not what it was said to be: there is nothing to go on with.
    if (isWrongDigest(error)) await store.transact((tx) => tx.layerUploads.remove(uploadId))
    throw error
  }
  created(exchange, name, digest)
}

const isWrongDigest = (error: unknown): boolean => error instanceof RegistryFault && error.code === 'DIGEST_INVALID'

const goneMeanwhile = (name: string): RegistryFault =>
  new RegistryFault('NAME_UNKNOWN', `The repository with name '${name}' was deleted meanwhile.`)

const append = async (exchange: Exchange, name: string, uploadId: string): Promise<number> => {
  const { request, blobs } = exchange
  const range = contentRange(request)
  try {
    return await blobs.uploads.append(uploadId, limited(request, range), range?.from)
  } catch (error) {
    if (!(error instanceof UploadError)) throw error
    if (error.kind !== 'out-of-order') throw faultOf(error)
    const size = await orFault(blobs.uploads.size(uploadId))
    throw new RegistryFault('RANGE_INVALID', error.message, { headers: progress(name, uploadId, size) })
  }
}

interface ContentRange {
  readonly from: number
  readonly bytes: number
}

/** OCI: `<first>-<last>`; HTTP has it with a unit and a total. */
const CONTENT_RANGE = /^(?:bytes[ =])?(\d+)-(\d+)(?:\/(?:\d+|\*))?$/

const contentRange = ({ headers }: IncomingMessage): ContentRange | undefined => {
  const text = headers['content-range']
  if (text === undefined) return undefined
  const [, first, last] = CONTENT_RANGE.exec(text) ?? []
  const [from, bytes] = [Number(first), Number(last) - Number(first) + 1]
  // An empty last piece is sent as `n-n-1`.
  if (first === undefined || !Number.isSafeInteger(Number(last)) || bytes < 0)
    throw new RegistryFault('BLOB_UPLOAD_INVALID', 'The Content-Range is not a range.')
  if (headers['content-length'] !== undefined && Number(headers['content-length']) !== bytes)
    throw new RegistryFault('SIZE_INVALID', 'The Content-Range is not as long as the content.')
  return { from, bytes }
}

/** The body; one that ends too early, or is longer than its range, fails at that point. */
async function* limited(request: IncomingMessage, range: ContentRange | undefined): AsyncGenerator<Buffer, void, void> {
  let bytes = 0
  for await (const piece of lentInTurn(bodyOf(request))) {
    bytes += piece.length
    if (range !== undefined && bytes > range.bytes)
      throw new RegistryFault('SIZE_INVALID', 'The content is longer than its Content-Range.')
    yield piece
  }
  if (range !== undefined && bytes < range.bytes)
    throw new RegistryFault('SIZE_INVALID', 'The content is shorter than its Content-Range.')
}

const requireUpload = (
  { store }: Exchange,
  { repositoryId }: RepositoryRecord,
  uploadId: string,
): LayerUploadRecord => {
  const upload = store.tables.layerUploads.get(uploadId)
  if (upload?.repositoryId === repositoryId) return upload
  throw new RegistryFault('BLOB_UPLOAD_UNKNOWN', 'There is no such upload.')
}

const created = (exchange: Exchange, name: string, digest: string): void =>
  answer(exchange, 201, { Location: `/v2/${name}/blobs/${digest}`, 'Docker-Content-Digest': digest })

/** Where an upload is: a range of no bytes cannot be said, so that an empty one reads as if it had its first. */
const progress = (name: string, uploadId: string, size: number): Readonly<Record<string, string>> => ({
  Location: `/v2/${name}/blobs/uploads/${uploadId}`,
  Range: `0-${Math.max(0, size - 1)}`,
  'Docker-Upload-UUID': uploadId,
})

const UPLOAD_FAULTS = {
  unknown: 'BLOB_UPLOAD_UNKNOWN',
  'out-of-order': 'RANGE_INVALID',
  'too-large': 'SIZE_INVALID',
  'wrong-digest': 'DIGEST_INVALID',
} as const

const faultOf = ({ kind, message }: UploadError): RegistryFault =>
  new RegistryFault(UPLOAD_FAULTS[kind], message, kind === 'too-large' ? { status: 413 } : {})

const orFault = async <T>(result: Promise<T>): Promise<T> => {
  try {
    return await result
  } catch (error) {
    throw error instanceof UploadError ? faultOf(error) : error
  }
}
