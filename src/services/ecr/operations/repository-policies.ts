/** SetRepositoryPolicy, GetRepositoryPolicy, DeleteRepositoryPolicy: who may do what with a repository, beside what their own policies say. */
import type {
  DeleteRepositoryPolicyRequest,
  DeleteRepositoryPolicyResponse,
  GetRepositoryPolicyRequest,
  GetRepositoryPolicyResponse,
  SetRepositoryPolicyRequest,
  SetRepositoryPolicyResponse,
} from '@aws-sdk/client-ecr'
import type { RepositoryRecord } from '../../../model/image-records.ts'
import { MalformedPolicy } from '../../../model/policy/malformed-policy.ts'
import { parsePolicyDocument } from '../../../model/policy/parse.ts'
import { AccessDenied } from '../../../wire/access-denied.ts'
import { checkConstraints } from '../../constraints.ts'
import { onRepositoryArn } from '../../ecr-demands.ts'
import { onRepository } from '../access.ts'
import type { EcrContext, EcrOperation } from '../context.ts'
import { invalidParameter, policyNotFound } from '../faults.ts'
import { requireRepository } from '../lookups.ts'

const POLICY_TEXT = { min: 0, max: 10_240 } as const

export const setRepositoryPolicy: EcrOperation<SetRepositoryPolicyRequest, SetRepositoryPolicyResponse> = {
  access: onRepository,
  handle: ({ policyText = '', force = false, ...input }, context) => {
    const { arn } = requireRepository(context, input)
    checkPolicy(policyText)
    const repository = context.tx.repositories.update(arn, { policyText })
    if (!force) checkLockout(context, repository)
    return describe(repository, policyText)
  },
}

export const getRepositoryPolicy: EcrOperation<GetRepositoryPolicyRequest, GetRepositoryPolicyResponse> = {
  access: onRepository,
  handle: (input, context) => {
    const repository = requireRepository(context, input)
    return describe(repository, requirePolicy(repository))
  },
}

export const deleteRepositoryPolicy: EcrOperation<DeleteRepositoryPolicyRequest, DeleteRepositoryPolicyResponse> = {
  access: onRepository,
  handle: (input, context) => {
    const repository = requireRepository(context, input)
    const policyText = requirePolicy(repository)
    context.tx.repositories.update(repository.arn, { policyText: undefined })
    return describe(repository, policyText)
  },
}

/** Throws `InvalidParameterException`. Policies of registries are of the same language. */
export const checkPolicy = (policyText: string, what: 'registry' | 'repository' = 'repository'): void => {
  checkConstraints({ policyText }, { policyText: POLICY_TEXT }, invalidParameter)
  try {
    parsePolicyDocument(policyText, 'resource')
  } catch (error) {
    if (!(error instanceof MalformedPolicy)) throw error
    throw invalidParameter(
      `Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid ${what} policy provided: ${error.message}'`,
    )
  }
}

/** AWS: unless it is forced, ECR takes no policy that would keep the caller from setting another. */
const checkLockout = (context: EcrContext, repository: RepositoryRecord): void => {
  if (!context.guard.applies(context)) return
  const demand = onRepositoryArn(context.tx, repository.arn, repository)
  try {
    context.guard.check(context.tx, context, [{ ...demand, action: 'ecr:SetRepositoryPolicy' }])
  } catch (error) {
    if (!(error instanceof AccessDenied)) throw error
    throw invalidParameter(
      "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'The policy would keep you from setting another " +
        "policy in the future; force it if that is what you want'",
    )
  }
}

const requirePolicy = ({ policyText, name, account }: RepositoryRecord): string => {
  if (policyText !== undefined) return policyText
  throw policyNotFound(
    `Repository policy does not exist for the repository with name '${name}' in the registry with id '${account}'`,
  )
}

const describe = ({ account, name }: RepositoryRecord, policyText: string) => ({
  registryId: account,
  repositoryName: name,
  policyText,
})
