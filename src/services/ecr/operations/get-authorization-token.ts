/** GetAuthorizationToken: a user name and a password for the registry, with which its bearer may do what the caller may. */
import type { GetAuthorizationTokenRequest, GetAuthorizationTokenResponse } from '@aws-sdk/client-ecr'
import { dateOf } from '../../../kit/timestamps.ts'
import { issueRegistryToken, REGISTRY_USER } from '../../../model/registry-token.ts'
import { checkConstraints } from '../../constraints.ts'
import { onAnything } from '../access.ts'
import type { EcrOperation } from '../context.ts'
import { invalidParameter } from '../faults.ts'
import { registryOf } from '../names.ts'

export const getAuthorizationToken: EcrOperation<GetAuthorizationTokenRequest, GetAuthorizationTokenResponse> = {
  access: onAnything,
  handle: ({ registryIds }, context) => {
    const { sealer, principal, account, region, now, registryEndpointOf } = context
    checkConstraints({ registryIds }, { registryIds: { min: 1, max: 10 } }, invalidParameter)
    const { token, expiresAt } = issueRegistryToken(sealer, principal, region, now)
    const authorizationToken = Buffer.from(`${REGISTRY_USER}:${token}`).toString('base64')
    // AWS: each registry that is asked for is answered, with one token that is good for all, and for what its bearer may do in them.
    const registries = (registryIds ?? [account]).map((registryId) => registryOf(context, { registryId }))
    return {
      authorizationData: registries.map((registryId) => ({
        authorizationToken,
        expiresAt: dateOf(expiresAt),
        proxyEndpoint: registryEndpointOf({ account: registryId, region }),
      })),
    }
  },
}
