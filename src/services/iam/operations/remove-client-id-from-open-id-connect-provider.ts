/** RemoveClientIDFromOpenIDConnectProvider: tokens for that audience are taken no more. */
import type { RemoveClientIDFromOpenIDConnectProviderRequest } from '@aws-sdk/client-iam'
import { onOidcProvider } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { requireOidcProvider } from '../lookups.ts'
import { ARN, check, CLIENT_ID } from '../rules.ts'

export const removeClientIDFromOpenIDConnectProvider: IamOperation<RemoveClientIDFromOpenIDConnectProviderRequest> = {
  access: onOidcProvider(),
  handle: (input, context) => {
    check(input, { OpenIDConnectProviderArn: ARN, ClientID: CLIENT_ID })
    const { arn, clientIds } = requireOidcProvider(context, input.OpenIDConnectProviderArn)
    context.tx.oidcProviders.update(arn, { clientIds: clientIds.filter((clientId) => clientId !== input.ClientID) })
    return {}
  },
}
