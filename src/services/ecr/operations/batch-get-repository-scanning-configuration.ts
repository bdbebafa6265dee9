/** BatchGetRepositoryScanningConfiguration: whether images are scanned when they are pushed, by the repository's own setting or the registry's. */
import type {
  BatchGetRepositoryScanningConfigurationRequest,
  BatchGetRepositoryScanningConfigurationResponse,
  RepositoryScanningConfiguration,
} from '@aws-sdk/client-ecr'
import { repositoryArn } from '../../../model/arn.ts'
import type { RepositoryRecord } from '../../../model/image-records.ts'
import { appliedScanFilters, isScannedOnPush } from '../../../store/images/request-scan.ts'
import { checkConstraints } from '../../constraints.ts'
import { onRepositories } from '../access.ts'
import type { EcrContext, EcrOperation } from '../context.ts'
import { invalidParameter } from '../faults.ts'
import { checkedName } from '../names.ts'

export const batchGetRepositoryScanningConfiguration: EcrOperation<
  BatchGetRepositoryScanningConfigurationRequest,
  BatchGetRepositoryScanningConfigurationResponse
> = {
  access: onRepositories,
  handle: ({ repositoryNames = [] }, context) => {
    checkConstraints({ repositoryNames }, { repositoryNames: { min: 1, max: 25 } }, invalidParameter)
    const named = repositoryNames.map((repositoryName) => ({ repositoryName, found: find(context, repositoryName) }))
    return {
      scanningConfigurations: named.flatMap(({ found }) => (found ? [describe(context, found)] : [])),
      failures: named
        .filter(({ found }) => found === undefined)
        .map(({ repositoryName }) => ({
          repositoryName,
          failureCode: 'REPOSITORY_NOT_FOUND',
          failureReason: `The repository with name '${repositoryName}' does not exist in the registry with id '${context.account}'`,
        })),
    }
  },
}

const find = ({ tx, region, account }: EcrContext, repositoryName: string): RepositoryRecord | undefined =>
  tx.repositories.get(repositoryArn(region, account, checkedName({ repositoryName })))

const describe = ({ tx }: EcrContext, repository: RepositoryRecord): RepositoryScanningConfiguration => {
  const scanOnPush = isScannedOnPush(tx, repository)
  return {
    repositoryArn: repository.arn,
    repositoryName: repository.name,
    scanOnPush,
    scanFrequency: scanOnPush ? 'SCAN_ON_PUSH' : 'MANUAL',
    appliedScanFilters: appliedScanFilters(tx, repository).map((filter) => ({ filter, filterType: 'WILDCARD' })),
  }
}
