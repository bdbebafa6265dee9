/** UpdateOpenIDConnectProviderThumbprint: other thumbprints in the place of those that there are. */
import type { UpdateOpenIDConnectProviderThumbprintRequest } from '@aws-sdk/client-iam'
import { onOidcProvider } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { requireOidcProvider } from '../lookups.ts'
import { checkedThumbprints } from '../oidc-providers.ts'
import { ARN, check } from '../rules.ts'

export const updateOpenIDConnectProviderThumbprint: IamOperation<UpdateOpenIDConnectProviderThumbprintRequest> = {
  access: onOidcProvider(),
  handle: (input, context) => {
    check(input, { OpenIDConnectProviderArn: ARN })
    const { arn } = requireOidcProvider(context, input.OpenIDConnectProviderArn)
    context.tx.oidcProviders.update(arn, { thumbprints: checkedThumbprints(input.ThumbprintList ?? []) })
    return {}
  },
}
