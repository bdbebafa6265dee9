/** A repository of the registry. */
import { repositoryArn } from '../../src/model/arn.ts'
import type { RepositoryRecord } from '../../src/model/image-records.ts'
import { BUILT_AT_MS } from './ids.ts'

export const aRepository = (given: Partial<RepositoryRecord> = {}): RepositoryRecord => {
  const { account = '000000000000', region = 'us-east-1', name = 'team/web' } = given
  return {
    arn: repositoryArn(region, account, name),
    account,
    region,
    name,
    repositoryId: `repository-${name}`,
    createdAt: BUILT_AT_MS,
    tagMutability: { mode: 'MUTABLE', exclusions: [] },
    isScannedOnPush: false,
    tags: [],
    ...given,
  }
}
