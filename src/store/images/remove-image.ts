/** Images and tags leave a repository. Their blobs stay until nobody refers to them and they are collected. */
import { type ImageRecord, inRepository, type RepositoryRecord } from '../../model/image-records.ts'
import type { Transaction } from '../tables.ts'
import { forgetReplications } from './replicate-image.ts'

/** Removes the tag alone. Gives the digest of the image that had it. */
export const removeTag = (tx: Transaction, { repositoryId }: RepositoryRecord, tag: string): string | undefined => {
  const named = tx.imageTags.get(inRepository(repositoryId, tag))
  if (named === undefined) return undefined
  tx.imageTags.remove(inRepository(repositoryId, tag))
  return named.digest
}

/** Removes the image with all its tags, which it gives, and what a scan has made of it. */
export const removeImage = (tx: Transaction, image: ImageRecord): readonly string[] => {
  const { repositoryId, digest } = image
  const key = inRepository(repositoryId, digest)
  const tags = tx.imageTags.find('byImage', key).map(({ tag }) => tag)
  for (const tag of tags) tx.imageTags.remove(inRepository(repositoryId, tag))
  tx.images.remove(key)
  const { sbomDigest } = tx.imageScans.get(key) ?? {}
  tx.imageScans.remove(key)
  const sbom = sbomDigest === undefined ? undefined : tx.images.get(inRepository(repositoryId, sbomDigest))
  if (sbom !== undefined) removeImage(tx, sbom)
  forgetReplications(tx, image)
  return tags
}

/** Images of indexes of the repository that refer to this one: it cannot go before them. */
export const referrersByContent = (
  tx: Transaction,
  { repositoryId, digest }: Pick<ImageRecord, 'repositoryId' | 'digest'>,
): readonly string[] =>
  tx.images
    .find('byRepository', repositoryId)
    .filter(({ references }) => references.includes(digest))
    .map((image) => image.digest)

/** Removes everything of a repository, and the repository. */
export const removeRepository = (tx: Transaction, repository: RepositoryRecord): void => {
  const { repositoryId, encryption } = repository
  if (encryption?.grantId !== undefined) tx.kmsGrants.remove(encryption.grantId)
  for (const image of tx.images.find('byRepository', repositoryId)) removeImage(tx, image)
  for (const { digest } of tx.imageLayers.find('byRepository', repositoryId))
    tx.imageLayers.remove(inRepository(repositoryId, digest))
  for (const { tag } of tx.upstreamTags.find('byRepository', repositoryId))
    tx.upstreamTags.remove(inRepository(repositoryId, tag))
  for (const { uploadId } of tx.layerUploads.find('byRepository', repositoryId)) tx.layerUploads.remove(uploadId)
  tx.lifecyclePreviews.remove(repositoryId)
  tx.repositories.remove(repository.arn)
}
