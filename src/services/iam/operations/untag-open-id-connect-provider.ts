/** UntagOpenIDConnectProvider: removes the tags of these keys. */
import type { UntagOpenIDConnectProviderRequest } from '@aws-sdk/client-iam'
import { onOidcProvider, removedTagKeys } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { requireOidcProvider } from '../lookups.ts'
import { ARN, check } from '../rules.ts'
import { tagsWithout } from '../tags.ts'

export const untagOpenIDConnectProvider: IamOperation<UntagOpenIDConnectProviderRequest> = {
  access: onOidcProvider(removedTagKeys),
  handle: (input, context) => {
    check(input, { OpenIDConnectProviderArn: ARN })
    const { arn, tags } = requireOidcProvider(context, input.OpenIDConnectProviderArn)
    context.tx.oidcProviders.update(arn, { tags: tagsWithout(tags, input.TagKeys, 'sensitive') })
    return {}
  },
}
