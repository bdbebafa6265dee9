/** Attaching managed policies, detaching and listing them: the same for users, groups and roles. */
import type { AttachedPolicy } from '@aws-sdk/client-iam'
import { ATTACHED_POLICIES } from '../../model/limits.ts'
import { namedPolicy } from './access.ts'
import type { IamOperation } from './context.ts'
import { noSuchEntity, quotaExceeded } from './faults.ts'
import { type Page, page, type PageRequest } from './page.ts'
import { describeAttached, getPolicy, requireAttachablePolicy } from './policies.ts'
import type { PolicyHolder, PolicyHolderKind } from './policy-holders.ts'
import { ARN, check, PATH_PREFIX } from './rules.ts'

interface NamesPolicy {
  readonly PolicyArn: string | undefined
}

/** A policy that is attached already stays so. */
export const attaching = <Named, Holder extends PolicyHolder>(
  kind: PolicyHolderKind<Named, Holder>,
): IamOperation<Named & NamesPolicy> => ({
  access: kind.changing(namedPolicy),
  handle: (input, context) => {
    kind.checkName(input)
    check({ PolicyArn: input.PolicyArn }, { PolicyArn: ARN })
    const holder = kind.requireModifiable(context, input)
    const { arn } = requireAttachablePolicy(context, input.PolicyArn)
    const { attachedPolicyArns } = holder
    if (attachedPolicyArns.includes(arn)) return {}
    if (attachedPolicyArns.length >= ATTACHED_POLICIES) throw quotaExceeded(kind.quota, ATTACHED_POLICIES)
    kind.update(context, holder, { attachedPolicyArns: [...attachedPolicyArns, arn] })
    return {}
  },
})

export const detaching = <Named, Holder extends PolicyHolder>(
  kind: PolicyHolderKind<Named, Holder>,
): IamOperation<Named & NamesPolicy> => ({
  access: kind.changing(namedPolicy),
  handle: (input, context) => {
    kind.checkName(input)
    check({ PolicyArn: input.PolicyArn }, { PolicyArn: ARN })
    const holder = kind.requireModifiable(context, input)
    const remaining = holder.attachedPolicyArns.filter((arn) => arn !== input.PolicyArn)
    if (remaining.length === holder.attachedPolicyArns.length)
      throw noSuchEntity(`Policy ${input.PolicyArn} was not found.`)
    kind.update(context, holder, { attachedPolicyArns: remaining })
    return {}
  },
})

interface ListRequest extends PageRequest {
  readonly PathPrefix?: string | undefined
}

type AttachedPage = { readonly AttachedPolicies: AttachedPolicy[] } & Page<string>['rest']

export const listingAttached = <Named, Holder extends PolicyHolder>(
  kind: PolicyHolderKind<Named, Holder>,
): IamOperation<Named & ListRequest, AttachedPage> => ({
  access: kind.reading(),
  handle: (input, context) => {
    kind.checkName(input)
    const { PathPrefix = '/' } = input
    check({ PathPrefix }, { PathPrefix: PATH_PREFIX })
    const { key, attachedPolicyArns } = kind.require(context, input)
    const found = attachedPolicyArns.filter((arn) => getPolicy(context, arn)?.path.startsWith(PathPrefix))
    const { items, rest } = page(context, `attached/${kind.noun}/${key}/${PathPrefix}`, found, input, (arn) => arn)
    return { AttachedPolicies: items.map(describeAttached), ...rest }
  },
})
