/** Repositories and images by what requests call them. */
import type { ImageIdentifier } from '@aws-sdk/client-ecr'
import { repositoryArn } from '../../model/arn.ts'
import { type ImageRecord, inRepository, type RepositoryRecord } from '../../model/image-records.ts'
import type { EcrContext } from './context.ts'
import { repositoryNotFound } from './faults.ts'
import { checkedName, type NamesRepository, registryOf } from './names.ts'

/** Throws `RepositoryNotFoundException`, or `InvalidParameterException` for what cannot be a name. */
export const requireRepository = (context: EcrContext, input: NamesRepository): RepositoryRecord => {
  const registryId = registryOf(context, input)
  const name = checkedName(input)
  const repository = context.tx.repositories.get(repositoryArn(context.region, registryId, name))
  if (repository !== undefined) return repository
  throw repositoryNotFound(`The repository with name '${name}' does not exist in the registry with id '${registryId}'`)
}

/** The image that a digest, a tag, or both name; undefined if there is none. A digest decides where both are given. */
export const getImage = (
  { tx }: EcrContext,
  { repositoryId }: RepositoryRecord,
  { imageDigest, imageTag }: ImageIdentifier,
): ImageRecord | undefined => {
  const digest = imageDigest ?? (imageTag && tx.imageTags.get(inRepository(repositoryId, imageTag))?.digest)
  return digest === undefined ? undefined : tx.images.get(inRepository(repositoryId, digest))
}

/** In lexical order. */
export const tagsOfImage = ({ tx }: EcrContext, { repositoryId, digest }: ImageRecord): string[] =>
  tx.imageTags
    .find('byImage', inRepository(repositoryId, digest))
    .map(({ tag }) => tag)
    .toSorted()
