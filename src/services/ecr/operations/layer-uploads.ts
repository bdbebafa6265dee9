/** InitiateLayerUpload, UploadLayerPart, CompleteLayerUpload: a layer comes in parts, one after another. */
import type {
  CompleteLayerUploadRequest,
  CompleteLayerUploadResponse,
  InitiateLayerUploadRequest,
  InitiateLayerUploadResponse,
  UploadLayerPartRequest,
  UploadLayerPartResponse,
} from '@aws-sdk/client-ecr'
import { isDigest } from '../../../model/image-names.ts'
import { inRepository, type LayerUploadRecord, type RepositoryRecord } from '../../../model/image-records.ts'
import { LAYER_PART_BYTES, LAYER_PART_LEAST_BYTES } from '../../../model/registry-limits.ts'
import { REGISTRY_UPLOADS, REPOSITORY_UPLOADS } from '../../../model/registry-limits.ts'
import { UploadError } from '../../../store/blobs/upload-error.ts'
import { blobsOf, checkKey } from '../../../store/images/repository-key.ts'
import type { Transaction } from '../../../store/tables.ts'
import type { Fault } from '../../../wire/fault.ts'
import { checkConstraints } from '../../constraints.ts'
import { continued } from '../../operations.ts'
import { onRepository } from '../access.ts'
import type { EcrCall, EcrContext, EcrDeps, EcrOperation } from '../context.ts'
import {
  emptyUpload,
  invalidLayer,
  invalidLayerPart,
  invalidParameter,
  layerAlreadyExists,
  layerPartTooSmall,
  limitExceeded,
  repositoryNotFound,
  uploadNotFound,
} from '../faults.ts'
import { requireRepository } from '../lookups.ts'

interface Begun {
  readonly repository: RepositoryRecord
  readonly upload: LayerUploadRecord
}

export const initiateLayerUpload: EcrOperation<InitiateLayerUploadRequest, InitiateLayerUploadResponse> = continued<
  EcrDeps,
  InitiateLayerUploadRequest,
  InitiateLayerUploadResponse,
  Begun
>({
  access: onRepository,
  handle: (input, context) => {
    const repository = requireRepository(context, input)
    const { repositoryId } = repository
    const { layerUploads } = context.tx
    if (
      layerUploads.findSize('byRepository', repositoryId) >= REPOSITORY_UPLOADS ||
      layerUploads.size >= REGISTRY_UPLOADS
    )
      throw limitExceeded('There are too many layer uploads that were begun and not ended.')
    return { repository, upload: { uploadId: context.ids.uuid(), repositoryId, startedAt: context.now } }
  },
  finish: async ({ repository, upload }, call) => {
    await blobsOf(call, repository).begin(upload.uploadId)
    await call.store.transact((tx) => tx.layerUploads.insert(upload))
    return { uploadId: upload.uploadId, partSize: LAYER_PART_BYTES }
  },
})

interface Part {
  readonly repository: RepositoryRecord
  readonly uploadId: string
  readonly from: number
  readonly content: Buffer
}

export const uploadLayerPart: EcrOperation<UploadLayerPartRequest, UploadLayerPartResponse> = continued<
  EcrDeps,
  UploadLayerPartRequest,
  UploadLayerPartResponse,
  Part
>({
  access: onRepository,
  handle: ({ layerPartBlob = Buffer.alloc(0), partFirstByte = 0, partLastByte = 0, ...input }, context) => {
    const repository = requireRepository(context, input)
    const { uploadId } = requireUpload(context, repository, input.uploadId)
    checkKey(context.tx, repository)
    checkConstraints(
      { partFirstByte, partLastByte, layerPartBlob },
      { partFirstByte: { min: 0 }, partLastByte: { min: 0 }, layerPartBlob: { max: LAYER_PART_BYTES } },
      invalidParameter,
    )
    const content = Buffer.from(layerPartBlob.buffer, layerPartBlob.byteOffset, layerPartBlob.byteLength)
    const part = { repository, uploadId, from: partFirstByte, content }
    if (content.length === 0 || partLastByte - partFirstByte + 1 !== content.length)
      throw wrongPart(part, 'The layer part is not as long as its first and its last byte say.')
    return part
  },
  finish: async (part, { blobs, store }) => {
    const { uploadId, from, content, repository } = part
    try {
      const size = await blobs.uploads.append(uploadId, onePiece(content), from)
      await store.transact((tx) => notePart(tx, uploadId, content.length))
      return { ...described(repository), uploadId, lastByteReceived: size - 1 }
    } catch (error) {
      if (!(error instanceof UploadError)) throw error
      if (error.kind === 'unknown') throw unknownUpload(repository, uploadId)
      if (error.kind === 'too-large') throw invalidParameter(error.message)
      const size = await blobs.uploads.size(uploadId)
      throw wrongPart(part, `The layer part does not follow the last byte that was received. ${error.message}`, size)
    }
  },
})

/** AWS: only the last part may be small, which shows at the end. */
const notePart = (tx: Transaction, uploadId: string, bytes: number): void => {
  const upload = tx.layerUploads.get(uploadId)
  if (upload === undefined) return
  const hasSmallPart = upload.hasSmallPart === true || (upload.lastPartBytes ?? bytes) < LAYER_PART_LEAST_BYTES
  const isFirst = upload.lastPartBytes === undefined
  tx.layerUploads.update(uploadId, { lastPartBytes: bytes, ...(!isFirst && hasSmallPart && { hasSmallPart }) })
}

interface Whole {
  readonly repository: RepositoryRecord
  readonly upload: LayerUploadRecord
  readonly digest: string
}

export const completeLayerUpload: EcrOperation<CompleteLayerUploadRequest, CompleteLayerUploadResponse> = continued<
  EcrDeps,
  CompleteLayerUploadRequest,
  CompleteLayerUploadResponse,
  Whole
>({
  access: onRepository,
  handle: ({ layerDigests = [], ...input }, context) => {
    const repository = requireRepository(context, input)
    const upload = requireUpload(context, repository, input.uploadId)
    const [digest = ''] = layerDigests
    if (layerDigests.length !== 1 || !isDigest(digest))
      throw invalidParameter("Invalid parameter at 'layerDigests' failed to satisfy constraint: 'must be one digest'")
    if (context.tx.imageLayers.has(inRepository(repository.repositoryId, digest)))
      throw layerAlreadyExists(
        `The layer with digest '${digest}' already exists in the repository with name '${repository.name}' in the registry with id '${repository.account}'`,
      )
    if (upload.hasSmallPart === true)
      throw layerPartTooSmall(`Layer parts but the last must have ${LAYER_PART_LEAST_BYTES} bytes at least.`)
    return { repository, upload, digest }
  },
  finish: async (whole, call) => {
    const { repository, upload, digest } = whole
    await complete(whole, call)
    return { ...described(repository), uploadId: upload.uploadId, layerDigest: digest }
  },
})

const complete = async ({ repository, upload, digest }: Whole, call: EcrCall): Promise<void> => {
  const { uploadId } = upload
  const { repositoryId, name, account } = repository
  const { store, now } = call
  const refer = (bytes: number): Promise<void> =>
    store.transact((tx) => {
      tx.layerUploads.remove(uploadId)
      if (tx.repositories.findSize('byId', repositoryId) === 0)
        throw repositoryNotFound(
          `The repository with name '${name}' does not exist in the registry with id '${account}'`,
        )
      tx.imageLayers.put({ repositoryId, digest, bytes, neededAt: now })
    })
  try {
    if ((await call.blobs.uploads.size(uploadId)) === 0) throw emptyUpload('The layer upload has no layer parts.')
    await blobsOf(call, repository).finish(uploadId, digest, refer)
  } catch (error) {
    if (!(error instanceof UploadError)) throw error
    if (error.kind !== 'wrong-digest') throw unknownUpload(repository, uploadId)
    // The content is not what it was said to be: there is nothing to go on with.
    await store.transact((tx) => tx.layerUploads.remove(uploadId))
    throw invalidLayer(error.message)
  }
}

const requireUpload = ({ tx }: EcrContext, repository: RepositoryRecord, uploadId = ''): LayerUploadRecord => {
  const upload = tx.layerUploads.get(uploadId)
  if (upload?.repositoryId === repository.repositoryId) return upload
  throw unknownUpload(repository, uploadId)
}

const unknownUpload = ({ name, account }: RepositoryRecord, uploadId: string): Fault =>
  uploadNotFound(
    `The upload with id '${uploadId}' does not exist in the repository with name '${name}' in the registry with id '${account}'`,
  )

const wrongPart = ({ repository, uploadId }: Part, message: string, size?: number): Fault =>
  invalidLayerPart(message, {
    ...described(repository),
    uploadId,
    ...(size !== undefined && size > 0 && { lastValidByteReceived: size - 1 }),
  })

const described = ({ account, name }: RepositoryRecord) => ({ registryId: account, repositoryName: name })

async function* onePiece(content: Buffer): AsyncGenerator<Buffer, void, void> {
  yield content
}
