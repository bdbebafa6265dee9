/** AddClientIDToOpenIDConnectProvider: tokens for one more audience are taken. */
import type { AddClientIDToOpenIDConnectProviderRequest } from '@aws-sdk/client-iam'
import { onOidcProvider } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { requireOidcProvider } from '../lookups.ts'
import { checkedClientIds } from '../oidc-providers.ts'
import { ARN, check, CLIENT_ID } from '../rules.ts'

export const addClientIDToOpenIDConnectProvider: IamOperation<AddClientIDToOpenIDConnectProviderRequest> = {
  access: onOidcProvider(),
  handle: (input, context) => {
    check(input, { OpenIDConnectProviderArn: ARN, ClientID: CLIENT_ID })
    const { arn, clientIds } = requireOidcProvider(context, input.OpenIDConnectProviderArn)
    context.tx.oidcProviders.update(arn, { clientIds: checkedClientIds([...clientIds, input.ClientID ?? '']) })
    return {}
  },
}
