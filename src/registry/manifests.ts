/** Pulling, pushing and removing manifests. */
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { InvalidManifest, isIndexType, MANIFEST_BYTES, parseManifest } from '../model/image-manifest.ts'
import { type ImageRecord, inRepository, type RepositoryRecord } from '../model/image-records.ts'
import { ImageRefused, putImage } from '../store/images/put-image.ts'
import { recordPull } from '../store/images/record-pull.ts'
import { referrersByContent, removeImage, removeTag } from '../store/images/remove-image.ts'
import { blobsOf, checkKey } from '../store/images/repository-key.ts'
import { accepts, usualImageOf, wantsOnePlatform } from './accept.ts'
import type { Reference } from './endpoint.ts'
import { answer, bodyOf, type Exchange, isReplication, requirePushable, requireRepository } from './exchange.ts'
import { RegistryFault } from './registry-fault.ts'

const PULL = ['ecr:BatchGetImage']
const PUSH = ['ecr:PutImage']
const REMOVE = ['ecr:BatchDeleteImage']

type Manifest = Pick<ImageRecord, 'digest' | 'mediaType' | 'manifestBytes'>

/** A manifest that is here, or comes from upstream just now. */
interface Found extends Manifest {
  content(): Promise<Buffer>
  /** Resolves when it is noted that it was pulled. */
  notePull(): Promise<void>
}

/** `GET` and `HEAD`. */
export const getManifest = async (exchange: Exchange, name: string, reference: Reference): Promise<void> => {
  const given = await readable(exchange, name, reference, await found(exchange, name, reference))
  const content = exchange.request.method === 'HEAD' ? undefined : await given.content()
  answerManifest(exchange, given, content)
  if (content !== undefined) await given.notePull()
}

/** Throws `RegistryFault`. */
const found = async (exchange: Exchange, name: string, reference: Reference): Promise<Found> => {
  const fetched = await exchange.upstream?.manifest(exchange, name, reference)
  if (fetched !== undefined) {
    const { content, digest, manifest } = fetched
    const { mediaType } = manifest
    return { digest, mediaType, manifestBytes: content.length, content: async () => content, notePull: async () => {} }
  }
  const repository = requireRepository(exchange, name, PULL)
  const { store, clock, caller } = exchange
  checkKey(store.tables, repository)
  const image = requireActive(requireImage(exchange, repository, reference))
  return {
    ...image,
    content: () => manifestOf(exchange, repository, image.digest),
    notePull: () => recordPull(store, repository.repositoryId, image.digest, clock.now(), caller.principal),
  }
}

const answerManifest = (
  { request, response, acknowledge }: Exchange,
  { digest, mediaType, manifestBytes }: Manifest,
  content: Buffer | undefined,
): void => {
  acknowledge()
  response.writeHead(200, {
    'Content-Type': mediaType,
    'Content-Length': manifestBytes,
    'Docker-Content-Digest': digest,
    ETag: `"${digest}"`,
    Vary: 'Accept',
  })
  response.end(request.method === 'HEAD' ? undefined : content)
}

/** The image as the client can read it; of an index, who knows images of one platform only gets the usual one. */
const readable = async (exchange: Exchange, name: string, { tag }: Reference, image: Found): Promise<Found> => {
  const { accept } = exchange.request.headers
  if (accepts(accept, image.mediaType)) return image
  if (tag !== undefined && isIndexType(image.mediaType) && wantsOnePlatform(accept)) {
    const digest = usualImageOf(await image.content())
    const usual = digest === undefined ? undefined : await unlessUnknown(found(exchange, name, { digest }))
    if (usual !== undefined && accepts(accept, usual.mediaType)) return usual
  }
  throw new RegistryFault('MANIFEST_UNKNOWN', `The manifest is ${image.mediaType}, which the client does not accept.`)
}

const unlessUnknown = async (result: Promise<Found>): Promise<Found | undefined> => {
  try {
    return await result
  } catch (error) {
    if (error instanceof RegistryFault && error.code === 'MANIFEST_UNKNOWN') return undefined
    throw error
  }
}

export const putManifest = async (exchange: Exchange, name: string, reference: Reference): Promise<void> => {
  const repository = await requirePushable(exchange, name, PUSH)
  const { request, ids, store, clock, manifests } = exchange
  const content = await body(request)
  const digest = digestOf(content, reference)
  const manifest = readManifest(content, request)
  const isCopy = isReplication(exchange)
  const image = { digest, manifest, manifestBytes: content.length, tag: reference.tag, isCopy }
  await blobsOf(exchange, repository).put(ids.uuid(), digest, content, () =>
    store.transact((tx) => {
      // The repository, or its settings, may have changed meanwhile.
      const now = requireRepository(exchange, name, PUSH)
      return orFault(() => putImage(tx, now, image, clock.now()), repository)
    }),
  )
  manifests.put(digest, content)
  answer(exchange, 201, {
    Location: `/v2/${name}/manifests/${digest}`,
    'Docker-Content-Digest': digest,
    ...(manifest.subject && { 'OCI-Subject': manifest.subject.digest }),
  })
}

/** By digest the image with all its tags, by tag the tag alone. */
export const deleteManifest = async (exchange: Exchange, name: string, reference: Reference): Promise<void> => {
  const repository = requireRepository(exchange, name, REMOVE)
  await exchange.store.transact((tx) => {
    const image = requireImage(exchange, repository, reference)
    if (reference.tag !== undefined) return void removeTag(tx, repository, reference.tag)
    const [index] = referrersByContent(tx, image)
    if (index !== undefined)
      throw new RegistryFault('DENIED', `The image is of the index ${index}, which has to go first.`, { status: 405 })
    removeImage(tx, image)
  })
  answer(exchange, 202, {})
}

const requireImage = (
  { store }: Exchange,
  { repositoryId, name }: RepositoryRecord,
  reference: Reference,
): ImageRecord => {
  const { images, imageTags } = store.tables
  const digest = reference.digest ?? imageTags.get(inRepository(repositoryId, reference.tag))?.digest
  const image = digest === undefined ? undefined : images.get(inRepository(repositoryId, digest))
  if (image !== undefined) return image
  const wanted = reference.tag === undefined ? { imageDigest: reference.digest } : { imageTag: reference.tag }
  throw new RegistryFault('MANIFEST_UNKNOWN', 'Requested image not found', { detail: { name, ...wanted } })
}

/** AWS: what is archived is not found. */
const requireActive = (image: ImageRecord): ImageRecord => {
  if (image.isArchived !== true) return image
  throw new RegistryFault(
    'MANIFEST_UNKNOWN',
    'The image is archived. Restore it with UpdateImageStorageClass to pull it.',
  )
}

const manifestOf = async (exchange: Exchange, repository: RepositoryRecord, digest: string): Promise<Buffer> => {
  const { manifests } = exchange
  const blobs = blobsOf(exchange, repository)
  const cached = manifests.get(digest)
  if (cached !== undefined) return cached
  const manifest = await blobs.read(digest)
  if (manifest === undefined) throw new Error(`the manifest ${digest} is in the tables and not among the blobs`)
  manifests.put(digest, manifest)
  return manifest
}

const body = async (request: IncomingMessage): Promise<Buffer> => {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of bodyOf(request)) {
    bytes += piece.length
    if (bytes > MANIFEST_BYTES)
      throw new RegistryFault('SIZE_INVALID', `A manifest has at most ${MANIFEST_BYTES} bytes.`, { status: 413 })
    pieces.push(piece)
  }
  return Buffer.concat(pieces, bytes)
}

const digestOf = (content: Buffer, { digest }: Reference): string => {
  const algorithm = digest?.slice(0, digest.indexOf(':')) ?? 'sha256'
  const actual = `${algorithm}:${createHash(algorithm).update(content).digest('hex')}`
  if (digest !== undefined && digest !== actual)
    throw new RegistryFault('DIGEST_INVALID', `The manifest's digest is ${actual}.`)
  return actual
}

const readManifest = (content: Buffer, { headers }: IncomingMessage) => {
  try {
    return parseManifest(content, headers['content-type']?.split(';', 1)[0]?.trim())
  } catch (error) {
    if (error instanceof InvalidManifest) throw new RegistryFault('MANIFEST_INVALID', error.message)
    throw error
  }
}

const REFUSALS = {
  'layers-missing': 'MANIFEST_BLOB_UNKNOWN',
  'images-missing': 'MANIFEST_BLOB_UNKNOWN',
  'wrong-size': 'SIZE_INVALID',
  'tag-immutable': 'TAG_INVALID',
} as const

const orFault = <T>(work: () => T, repository: RepositoryRecord): T => {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof ImageRefused)) throw error
    const { kind, message, digests } = error
    throw new RegistryFault(REFUSALS[kind], message, {
      detail: { name: repository.name, digests },
    })
  }
}
