/** ListOpenIDConnectProviders: ARNs of the account's issuers, all of them at once. */
import type { ListOpenIDConnectProvidersRequest, ListOpenIDConnectProvidersResponse } from '@aws-sdk/client-iam'
import { onAnything } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { findOidcProviders } from '../oidc-providers.ts'

export const listOpenIDConnectProviders: IamOperation<
  ListOpenIDConnectProvidersRequest,
  ListOpenIDConnectProvidersResponse
> = {
  access: onAnything,
  handle: (_input, context) => ({
    OpenIDConnectProviderList: findOidcProviders(context).map(({ arn }) => ({ Arn: arn })),
  }),
}
