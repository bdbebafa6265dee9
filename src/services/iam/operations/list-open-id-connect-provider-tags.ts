/** ListOpenIDConnectProviderTags: the tags of an issuer, sorted by key. */
import type { ListOpenIDConnectProviderTagsRequest, ListOpenIDConnectProviderTagsResponse } from '@aws-sdk/client-iam'
import { onOidcProvider } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { requireOidcProvider } from '../lookups.ts'
import { ARN, check } from '../rules.ts'
import { pageOfTags } from '../tags.ts'

export const listOpenIDConnectProviderTags: IamOperation<
  ListOpenIDConnectProviderTagsRequest,
  ListOpenIDConnectProviderTagsResponse
> = {
  access: onOidcProvider(),
  handle: (input, context) => {
    check(input, { OpenIDConnectProviderArn: ARN })
    const { arn, tags } = requireOidcProvider(context, input.OpenIDConnectProviderArn)
    return pageOfTags(context, arn, tags, input)
  },
}
