/** GetOpenIDConnectProvider: an issuer, its client ids and thumbprints. */
import type { GetOpenIDConnectProviderRequest, GetOpenIDConnectProviderResponse } from '@aws-sdk/client-iam'
import { dateOf } from '../../../kit/timestamps.ts'
import { onOidcProvider } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { requireOidcProvider } from '../lookups.ts'
import { ARN, check } from '../rules.ts'
import { tagsIfAny } from '../tags.ts'

export const getOpenIDConnectProvider: IamOperation<GetOpenIDConnectProviderRequest, GetOpenIDConnectProviderResponse> =
  {
    access: onOidcProvider(),
    handle: (input, context) => {
      check(input, { OpenIDConnectProviderArn: ARN })
      const provider = requireOidcProvider(context, input.OpenIDConnectProviderArn)
      return {
        Url: provider.url,
        ClientIDList: [...provider.clientIds],
        ThumbprintList: [...provider.thumbprints],
        CreateDate: dateOf(provider.createdAt),
        ...tagsIfAny(provider.tags),
      }
    },
  }
