/** PutImage: a manifest whose layers are in the repository becomes an image of it. */
import { createHash } from 'node:crypto'
import type { PutImageRequest, PutImageResponse } from '@aws-sdk/client-ecr'
import { type ImageManifest, InvalidManifest, parseManifest } from '../../../model/image-manifest.ts'
import { isDigest, isTag } from '../../../model/image-names.ts'
import { inRepository, type RepositoryRecord } from '../../../model/image-records.ts'
import { blobsOf } from '../../../store/images/repository-key.ts'
import { ImageRefused, putImage as putImageRecord } from '../../../store/images/put-image.ts'
import type { Transaction } from '../../../store/tables.ts'
import type { Fault } from '../../../wire/fault.ts'
import { continued } from '../../operations.ts'
import { onRepository } from '../access.ts'
import type { EcrCall, EcrDeps, EcrOperation } from '../context.ts'
import {
  imageAlreadyExists,
  imageDigestMismatch,
  imageTagAlreadyExists,
  invalidParameter,
  layersNotFound,
  referencedImagesNotFound,
  repositoryNotFound,
} from '../faults.ts'
import { requireRepository } from '../lookups.ts'

interface Pushed {
  readonly repository: RepositoryRecord
  readonly text: string
  readonly content: Buffer
  readonly digest: string
  readonly manifest: ImageManifest
  readonly tag: string | undefined
}

export const putImage: EcrOperation<PutImageRequest, PutImageResponse> = continued<
  EcrDeps,
  PutImageRequest,
  PutImageResponse,
  Pushed
>({
  access: onRepository,
  handle: ({ imageManifest: text = '', imageManifestMediaType, imageTag: tag, imageDigest, ...input }, context) => {
    const repository = requireRepository(context, input)
    if (tag !== undefined && !isTag(tag))
      throw invalidParameter(
        "Invalid parameter at 'imageTag' failed to satisfy constraint: 'must satisfy regular expression '[a-zA-Z0-9-_.]{1,128}''",
      )
    const content = Buffer.from(text)
    const manifest = manifestOf(content, imageManifestMediaType)
    return { repository, text, content, digest: digestOf(content, imageDigest), manifest, tag }
  },
  finish: async (pushed, call) => {
    const { repository, text, content, digest, manifest, tag } = pushed
    await blobsOf(call, repository).put(call.ids.uuid(), digest, content, () =>
      call.store.transact((tx) => put(tx, pushed, call)),
    )
    return {
      image: {
        registryId: repository.account,
        repositoryName: repository.name,
        imageId: { imageDigest: digest, ...(tag !== undefined && { imageTag: tag }) },
        imageManifest: text,
        imageManifestMediaType: manifest.mediaType,
      },
    }
  },
})

/** The repository may have gone or changed since it was looked at. */
const put = (tx: Transaction, pushed: Pushed, { now }: EcrCall): void => {
  const { digest, manifest, content, tag } = pushed
  const { arn, repositoryId, name, account } = pushed.repository
  const repository = tx.repositories.get(arn)
  if (repository?.repositoryId !== repositoryId)
    throw repositoryNotFound(`The repository with name '${name}' does not exist in the registry with id '${account}'`)
  try {
    const wasArchived = tx.images.get(inRepository(repositoryId, digest))?.isArchived === true
    const { isNew, isTagged } = putImageRecord(
      tx,
      repository,
      { digest, manifest, manifestBytes: content.length, tag },
      now,
    )
    if (!isNew && !isTagged && !wasArchived) throw unchanged(pushed)
  } catch (error) {
    throw error instanceof ImageRefused ? faultOf(error, pushed) : error
  }
}

const manifestOf = (content: Buffer, mediaType: string | undefined): ImageManifest => {
  try {
    return parseManifest(content, mediaType)
  } catch (error) {
    if (!(error instanceof InvalidManifest)) throw error
    throw invalidParameter(
      `Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid manifest: ${error.message}'`,
    )
  }
}

/** Of the algorithm of the digest that is expected, if one is. Throws `ImageDigestDoesNotMatchException`. */
const digestOf = (content: Buffer, expected: string | undefined): string => {
  if (expected !== undefined && !isDigest(expected))
    throw invalidParameter(
      "Invalid parameter at 'imageDigest' failed to satisfy constraint: 'must satisfy regular expression '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+''",
    )
  const algorithm = expected?.slice(0, expected.indexOf(':')) ?? 'sha256'
  const actual = `${algorithm}:${createHash(algorithm).update(content).digest('hex')}`
  if (expected === undefined || expected === actual) return actual
  throw imageDigestMismatch(
    `The specified image digest '${expected}' does not match the digest '${actual}' that was calculated for the image.`,
  )
}

/** AWS: these sentences. */
const unchanged = ({ digest, tag, repository: { name, account } }: Pushed): Fault =>
  imageAlreadyExists(
    `Image with digest '${digest}' and tag '${tag ?? 'null'}' already exists in the repository with name '${name}' in registry with id '${account}'`,
  )

const faultOf = ({ kind, digests, message }: ImageRefused, { tag, repository: { name, account } }: Pushed): Fault => {
  const required = (what: string): string =>
    `${what} with digests '[${digests.join(', ')}]' required for pushing image into repository with name '${name}' in the registry with id '${account}' do not exist`
  switch (kind) {
    case 'layers-missing':
      return layersNotFound(required('Layers'))
    case 'images-missing':
      return referencedImagesNotFound(required('Images'))
    case 'tag-immutable':
      return imageTagAlreadyExists(
        `The image tag '${tag}' already exists in the '${name}' repository and cannot be overwritten because the tag is immutable.`,
      )
    case 'wrong-size':
      return invalidParameter(`Invalid parameter at 'ImageManifest' failed to satisfy constraint: '${message}'`)
  }
}
