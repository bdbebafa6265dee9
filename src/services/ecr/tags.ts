/** Tags of repositories. AWS: their members have capital letters here. */
import type { Tag as SdkTag } from '@aws-sdk/client-ecr'
import type { RepositoryRecord } from '../../model/image-records.ts'
import type { Tag } from '../../model/records.ts'
import type { EcrContext } from './context.ts'
import { repositoryNotFound } from './faults.ts'

export const tagsOf = (tags: readonly SdkTag[] | undefined = []): readonly Tag[] =>
  tags.map(({ Key: key = '', Value: value = '' }) => ({ key, value }))

export const describeTags = (tags: readonly Tag[]): SdkTag[] =>
  tags.map(({ key, value }) => ({ Key: key, Value: value }))

/** Throws `RepositoryNotFoundException`: repositories alone have tags. */
export const requireTagged = ({ tx }: EcrContext, resourceArn = ''): RepositoryRecord => {
  const repository = tx.repositories.get(resourceArn)
  if (repository === undefined) throw repositoryNotFound(`The repository with arn '${resourceArn}' does not exist.`)
  return repository
}
