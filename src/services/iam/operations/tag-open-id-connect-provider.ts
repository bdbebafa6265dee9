/** TagOpenIDConnectProvider: adds tags, or gives those that are there new values. */
import type { TagOpenIDConnectProviderRequest } from '@aws-sdk/client-iam'
import { onOidcProvider, requestTags } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { requireOidcProvider } from '../lookups.ts'
import { ARN, check } from '../rules.ts'
import { mergedTags } from '../tags.ts'

export const tagOpenIDConnectProvider: IamOperation<TagOpenIDConnectProviderRequest> = {
  access: onOidcProvider(requestTags),
  handle: (input, context) => {
    check(input, { OpenIDConnectProviderArn: ARN })
    const { arn, tags } = requireOidcProvider(context, input.OpenIDConnectProviderArn)
    context.tx.oidcProviders.update(arn, { tags: mergedTags(tags, input.Tags, 'sensitive') })
    return {}
  },
}
