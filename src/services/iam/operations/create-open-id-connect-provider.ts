/** CreateOpenIDConnectProvider: an issuer whose tokens roles may trust. */
import type { CreateOpenIDConnectProviderRequest, CreateOpenIDConnectProviderResponse } from '@aws-sdk/client-iam'
import { oidcProviderArn } from '../../../model/arn.ts'
import { OIDC_PROVIDERS_PER_ACCOUNT } from '../../../model/limits.ts'
import { onArn, requestTags } from '../access.ts'
import type { IamOperation } from '../context.ts'
import { entityAlreadyExists, quotaExceeded } from '../faults.ts'
import { checkedClientIds, checkedThumbprints, checkedUrl, findOidcProviders } from '../oidc-providers.ts'
import { check, OIDC_URL } from '../rules.ts'
import { checkedTags, tagsIfAny } from '../tags.ts'

export const createOpenIDConnectProvider: IamOperation<
  CreateOpenIDConnectProviderRequest,
  CreateOpenIDConnectProviderResponse
> = {
  access: onArn(({ Url = '' }, { account }) => oidcProviderArn(account, Url.replace(/^https:\/\//, '')), requestTags),
  handle: (input, context) => {
    check(input, { Url: OIDC_URL })
    const { tx, account, now } = context
    const url = checkedUrl(input.Url ?? '')
    const clientIds = checkedClientIds(input.ClientIDList ?? [])
    const thumbprints = checkedThumbprints(input.ThumbprintList ?? [])
    const tags = checkedTags(input.Tags, 'sensitive')
    const arn = oidcProviderArn(account, url)
    if (tx.oidcProviders.has(arn)) throw entityAlreadyExists(`Provider with url ${input.Url} already exists.`)
    if (findOidcProviders(context).length >= OIDC_PROVIDERS_PER_ACCOUNT)
      throw quotaExceeded('OpenIdConnectProvidersPerAccount', OIDC_PROVIDERS_PER_ACCOUNT)
    tx.oidcProviders.insert({ arn, account, url, clientIds, thumbprints, createdAt: now, tags })
    return { OpenIDConnectProviderArn: arn, ...tagsIfAny(tags) }
  },
}
