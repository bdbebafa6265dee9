/** How requests name registries and repositories. */
import { isRepositoryName, REPOSITORY_NAME_LENGTH } from '../../model/image-names.ts'
import { checkConstraints } from '../constraints.ts'
import type { EcrContext } from './context.ts'
import { invalidParameter } from './faults.ts'

export interface NamesRegistry {
  readonly registryId?: string | undefined
}

export interface NamesRepository extends NamesRegistry {
  readonly repositoryName?: string | undefined
}

/** The registry that is asked for: each account has one. Throws `InvalidParameterException` for what cannot be one. */
export const registryOf = ({ account }: EcrContext, { registryId = account }: NamesRegistry): string => {
  checkConstraints({ registryId }, { registryId: { pattern: /^\d{12}$/ } }, invalidParameter)
  return registryId
}

/** Throws `InvalidParameterException`. */
export const checkedName = ({ repositoryName = '' }: NamesRepository): string => {
  checkConstraints({ repositoryName }, { repositoryName: REPOSITORY_NAME_LENGTH }, invalidParameter)
  if (isRepositoryName(repositoryName)) return repositoryName
  // AWS: this sentence.
  throw invalidParameter(
    "Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression " +
      "'(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*''",
  )
}
