/** PutRegistryPolicy, GetRegistryPolicy, DeleteRegistryPolicy: who may do what in the registry, beside what policies of repositories say. */
import type {
  DeleteRegistryPolicyRequest,
  DeleteRegistryPolicyResponse,
  GetRegistryPolicyRequest,
  GetRegistryPolicyResponse,
  PutRegistryPolicyRequest,
  PutRegistryPolicyResponse,
} from '@aws-sdk/client-ecr'
import { registrySettingsOf, setRegistrySettings } from '../../../store/images/registry-settings.ts'
import { onAnything } from '../access.ts'
import type { EcrContext, EcrOperation } from '../context.ts'
import { registryPolicyNotFound } from '../faults.ts'
import { checkPolicy } from './repository-policies.ts'

export const putRegistryPolicy: EcrOperation<PutRegistryPolicyRequest, PutRegistryPolicyResponse> = {
  access: onAnything,
  handle: ({ policyText = '' }, context) => {
    checkPolicy(policyText, 'registry')
    setRegistrySettings(context.tx, context, { policyText })
    return { registryId: context.account, policyText }
  },
}

export const getRegistryPolicy: EcrOperation<GetRegistryPolicyRequest, GetRegistryPolicyResponse> = {
  access: onAnything,
  handle: (_input, context) => ({ registryId: context.account, policyText: requirePolicy(context) }),
}

export const deleteRegistryPolicy: EcrOperation<DeleteRegistryPolicyRequest, DeleteRegistryPolicyResponse> = {
  access: onAnything,
  handle: (_input, context) => {
    const policyText = requirePolicy(context)
    const { policyText: _, ...rest } = registrySettingsOf(context.tx, context)
    context.tx.registrySettings.put(rest)
    return { registryId: context.account, policyText }
  },
}

const requirePolicy = (context: EcrContext): string => {
  const { policyText } = registrySettingsOf(context.tx, context)
  if (policyText !== undefined) return policyText
  throw registryPolicyNotFound(`Registry policy does not exist in the registry with id '${context.account}'`)
}
