/** GetAuthorizationToken: a user name and a password for the registry, with which its bearer may do what the caller may. */
import type { GetAuthorizationTokenRequest, GetAuthorizationTokenResponse } from '@aws-sdk/client-ecr'
import { dateOf } from '../../../kit/timestamps.ts'
import { issueRegistryToken, REGISTRY_USER } from '../../../model/registry-token.ts'
import { onAnything } from '../access.ts'
import type { EcrOperation } from '../context.ts'

export const getAuthorizationToken: EcrOperation<GetAuthorizationTokenRequest, GetAuthorizationTokenResponse> = {
  access: onAnything,
  /** AWS: registries that are asked for make no difference, one token is good for all. */
  handle: (_input, { sealer, principal, region, now, registryEndpoint }) => {
    const { token, expiresAt } = issueRegistryToken(sealer, principal, region, now)
    const authorizationToken = Buffer.from(`${REGISTRY_USER}:${token}`).toString('base64')
    return {
      authorizationData: [{ authorizationToken, expiresAt: dateOf(expiresAt), proxyEndpoint: registryEndpoint }],
    }
  },
}
