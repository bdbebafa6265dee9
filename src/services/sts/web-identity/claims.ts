/** What the claims of an ID token mean to AWS: condition keys, session tags, a source identity. */
import type { Tag as TagShape } from '@aws-sdk/client-sts'
import type { ContextValues } from '../../../model/policy/types.ts'
import { audiencesIn, type WebIdentity } from './identity-token.ts'

type Claims = WebIdentity['claims']

/**
 * `<provider>:<claim>` for each claim that is a text, number or truth value, or a list of such.
 * AWS: `aud` is the authorized party if there is one; then `oaud` is the audience.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
 */
export const claimContext = ({ provider, claims }: WebIdentity): ContextValues => {
  const keys = Object.entries(claims).flatMap(([name, value]) => {
    const values = [value].flat().filter(isScalar).map(String)
    return values.length === 0 ? [] : [[name, values] as const]
  })
  const audience = claims.azp === undefined ? [] : [['oaud', [claims.aud ?? []].flat()] as const]
  return Object.fromEntries(
    [...keys, ...audience, ['aud', audiencesIn(claims)] as const].map(([name, values]) => [
      `${provider.url}:${name}`.toLowerCase(),
      values,
    ]),
  )
}

const isScalar = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value)

const TAGS = 'https://aws.amazon.com/tags'
const SOURCE_IDENTITY = 'https://aws.amazon.com/source_identity'

interface ClaimedTags {
  readonly Tags: TagShape[]
  readonly TransitiveTagKeys: string[]
}

/** Session tags, nested in one claim or each in a claim of its own. */
export const claimedTags = (claims: Claims): ClaimedTags => {
  const nested = Object(claims[TAGS]) as { readonly principal_tags?: unknown; readonly transitive_tag_keys?: unknown }
  const prefix = `${TAGS}/principal_tags/`
  const flat = Object.entries(claims).filter(([name]) => name.startsWith(prefix))
  const pairs = [
    ...Object.entries(Object(nested.principal_tags) as object),
    ...flat.map(([name, value]) => [name.slice(prefix.length), value] as const),
  ]
  const transitive = nested.transitive_tag_keys ?? claims[`${TAGS}/transitive_tag_keys`] ?? []
  return {
    Tags: pairs.map(([Key, value]) => ({ Key, Value: textIn(value) })),
    TransitiveTagKeys: textsIn(transitive),
  }
}

/** Values are lists of one text. */
const textIn = (value: unknown): string => textsIn(value)[0] ?? ''

const textsIn = (value: unknown): string[] => [value].flat().filter((each) => typeof each === 'string')

export const claimedSourceIdentity = (claims: Claims): string | undefined => {
  const value = claims[SOURCE_IDENTITY]
  return typeof value === 'string' ? value : undefined
}
