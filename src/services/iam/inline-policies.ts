/** Inline policies, which live and die with the user, group or role that has them: the same for all three. */
import type { InlinePolicies } from '../../model/iam-records.ts'
import type { Lazy } from '../../wire/described.ts'
import type { IamOperation } from './context.ts'
import { countedLength, encodedDocument, readDocument } from './documents.ts'
import { limitExceeded, noSuchEntity } from './faults.ts'
import { type Page, page, type PageRequest } from './page.ts'
import type { PolicyHolder, PolicyHolderKind } from './policy-holders.ts'
import { check, ENTITY_NAME, POLICY_DOCUMENT } from './rules.ts'

interface NamesInline {
  readonly PolicyName: string | undefined
}

interface PutsInline extends NamesInline {
  readonly PolicyDocument: string | undefined
}

/** Adds the policy, or replaces the one of that name. */
export const puttingInline = <Named, Holder extends PolicyHolder>(
  kind: PolicyHolderKind<Named, Holder>,
): IamOperation<Named & PutsInline> => ({
  access: kind.changing(),
  handle: (input, context) => {
    kind.checkName(input)
    const { PolicyName = '', PolicyDocument = '' } = input
    check({ PolicyName, PolicyDocument }, { PolicyName: ENTITY_NAME, PolicyDocument: POLICY_DOCUMENT })
    const holder = kind.requireModifiable(context, input)
    readDocument(PolicyDocument, 'identity')
    const inlinePolicies = { ...holder.inlinePolicies, [PolicyName]: PolicyDocument }
    checkLength(kind, holder, inlinePolicies)
    kind.update(context, holder, { inlinePolicies })
    return {}
  },
})

const checkLength = <Named, Holder extends PolicyHolder>(
  { noun, inlineLength, nameOf }: PolicyHolderKind<Named, Holder>,
  holder: Holder,
  policies: InlinePolicies,
): void => {
  const length = Object.values(policies).reduce((sum, document) => sum + countedLength(document), 0)
  if (length > inlineLength)
    throw limitExceeded(`Maximum policy size of ${inlineLength} bytes exceeded for ${noun} ${nameOf(holder)}`)
}

/** An inline policy by the entity and name of its request. */
const requireInline = <Named, Holder extends PolicyHolder>(
  kind: PolicyHolderKind<Named, Holder>,
  { inlinePolicies }: Holder,
  policyName: string,
): string => {
  const document = Object.hasOwn(inlinePolicies, policyName) ? inlinePolicies[policyName] : undefined
  if (document === undefined) throw noSuchEntity(`The ${kind.noun} policy with name ${policyName} cannot be found.`)
  return document
}

interface InlineDocument {
  readonly PolicyName: string
  readonly PolicyDocument: string
}

/** `describe` adds to the policy whose it is. */
export const gettingInline = <Named, Holder extends PolicyHolder, Output extends object>(
  kind: PolicyHolderKind<Named, Holder>,
  describe: (holder: Holder, policy: InlineDocument) => Lazy<Output>,
): IamOperation<Named & NamesInline, Output> => ({
  access: kind.reading(),
  handle: (input, context) => {
    kind.checkName(input)
    const { PolicyName = '' } = input
    check({ PolicyName }, { PolicyName: ENTITY_NAME })
    const holder = kind.require(context, input)
    const document = requireInline(kind, holder, PolicyName)
    return describe(holder, { PolicyName, PolicyDocument: encodedDocument(document) })
  },
})

export const deletingInline = <Named, Holder extends PolicyHolder>(
  kind: PolicyHolderKind<Named, Holder>,
): IamOperation<Named & NamesInline> => ({
  access: kind.changing(),
  handle: (input, context) => {
    kind.checkName(input)
    const { PolicyName = '' } = input
    check({ PolicyName }, { PolicyName: ENTITY_NAME })
    const holder = kind.requireModifiable(context, input)
    requireInline(kind, holder, PolicyName)
    const { [PolicyName]: _removed, ...inlinePolicies } = holder.inlinePolicies
    kind.update(context, holder, { inlinePolicies })
    return {}
  },
})

type InlinePage = { readonly PolicyNames: string[] } & Page<string>['rest']

export const listingInline = <Named, Holder extends PolicyHolder>(
  kind: PolicyHolderKind<Named, Holder>,
): IamOperation<Named & PageRequest, InlinePage> => ({
  access: kind.reading(),
  handle: (input, context) => {
    kind.checkName(input)
    const { key, inlinePolicies } = kind.require(context, input)
    const names = Object.keys(inlinePolicies)
    const { items, rest } = page(context, `inline/${kind.noun}/${key}`, names, input, (name) => name)
    return { PolicyNames: [...items], ...rest }
  },
})
