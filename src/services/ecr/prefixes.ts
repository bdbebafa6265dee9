/** Prefixes of repositories' names, as rules of a registry have them. A slash after them is understood. */
import { ROOT_PREFIX } from '../../model/registry-rules.ts'
import { isRepositoryName } from '../../model/image-names.ts'
import { checkConstraints } from '../constraints.ts'
import { invalidParameter } from './faults.ts'

/** Throws `InvalidParameterException`. */
export const checkPrefix = (member: string, prefix: string, max = 256): void => {
  checkConstraints({ [member]: prefix }, { [member]: { min: 1, max } }, invalidParameter)
  if (prefix === ROOT_PREFIX || isRepositoryName(prefix) || /^[a-z0-9]$/.test(prefix)) return
  throw invalidParameter(
    `Invalid parameter at '${member}' failed to satisfy constraint: 'must be ROOT, or the beginning of names of repositories without a slash at the end'`,
  )
}
