/** DeleteOpenIDConnectProvider: roles that trust the issuer cannot be assumed with its tokens any more. */
import type { DeleteOpenIDConnectProviderRequest } from '@aws-sdk/client-iam'
import { onOidcProvider } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { ARN, check } from '../rules.ts'

export const deleteOpenIDConnectProvider: IamOperation<DeleteOpenIDConnectProviderRequest> = {
  access: onOidcProvider(),
  handle: (input, { tx, account }) => {
    check(input, { OpenIDConnectProviderArn: ARN })
    const provider = tx.oidcProviders.get(input.OpenIDConnectProviderArn ?? '')
    // AWS: one that is not there is no fault.
    if (provider?.account === account) tx.oidcProviders.remove(provider.arn)
    return {}
  },
}
