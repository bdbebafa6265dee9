/** DescribeRepositories: those of the given names, or all. */
import type { DescribeRepositoriesRequest, DescribeRepositoriesResponse } from '@aws-sdk/client-ecr'
import { repositoryRegionKey } from '../../../store/images/image-tables.ts'
import { checkConstraints } from '../../constraints.ts'
import { onRepositories } from '../access.ts'
import type { EcrOperation } from '../context.ts'
import { describeRepository } from '../describe.ts'
import { invalidParameter } from '../faults.ts'
import { requireRepository } from '../lookups.ts'
import { registryOf } from '../names.ts'
import { page } from '../page.ts'

export const describeRepositories: EcrOperation<DescribeRepositoriesRequest, DescribeRepositoriesResponse> = {
  access: onRepositories,
  handle: (request, context) => {
    const { repositoryNames, maxResults, nextToken } = request
    const registryId = registryOf(context, request)
    if (repositoryNames === undefined) {
      const all = context.tx.repositories.find('inRegion', repositoryRegionKey(context.region, registryId))
      const { items, rest } = page(context, request, ['DescribeRepositories', registryId], all, ({ name }) => name)
      return { repositories: items.map((repository) => describeRepository(context, repository)), ...rest }
    }
    checkConstraints({ repositoryNames }, { repositoryNames: { min: 1, max: 100 } }, invalidParameter)
    if ((maxResults ?? nextToken) !== undefined)
      throw invalidParameter('maxResults and nextToken cannot be given with repositoryNames.')
    const named = repositoryNames.map((repositoryName) => requireRepository(context, { registryId, repositoryName }))
    return { repositories: named.map((repository) => describeRepository(context, repository)) }
  },
}
