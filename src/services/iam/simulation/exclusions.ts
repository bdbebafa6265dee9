/** PolicyExclusionList: policies of a principal that a simulation leaves out. */
import type { InlinePolicyIdentifierType, PolicyIdentifier } from '@aws-sdk/client-iam'
import { parseArn } from '../../../model/arn.ts'
import { globOf, matcherOf } from '../../../model/policy/glob.ts'
import { invalidInput } from '../faults.ts'
import { refuse, violations } from '../rules.ts'
import type { HeldPolicy } from './held-policies.ts'

export interface Exclusions {
  isExcluded(policy: HeldPolicy): boolean
  readonly isBoundaryExcluded: boolean
}

type Test = (policy: HeldPolicy) => boolean

export const exclusionsOf = (identifiers: readonly PolicyIdentifier[] = []): Exclusions => {
  const tests = identifiers.map(testOf)
  return {
    isExcluded: (policy) => tests.some((test) => test(policy)),
    isBoundaryExcluded: identifiers.some(({ PolicyType: type }) => type === 'permission-boundary'),
  }
}

const POLICY_TYPE = {
  oneOf: ['aws-managed', 'inline', 'permission-boundary', 'rcp', 'scp', 'user-managed'],
}
const ATTACHMENT_TYPE = { oneOf: ['group', 'role', 'user'] }

const testOf = (identifier: PolicyIdentifier, index: number): Test => {
  const member = `policyExclusionList.${index + 1}.member`
  const { PolicyType: type, PolicyArn: arn, InlinePolicyIdentifier: inline } = identifier
  if ([type, arn, inline].filter((each) => each !== undefined).length !== 1)
    throw invalidInput(`${member} must have exactly one of PolicyType, PolicyArn and InlinePolicyIdentifier.`)
  if (type !== undefined) {
    refuse(violations(`${member}.policyType`, POLICY_TYPE, type))
    return (policy) => type === (policy.holder === undefined ? policy.sourceType : 'inline')
  }
  return arn === undefined ? inlineTest(inline as InlinePolicyIdentifierType, member) : arnTest(arn)
}

const arnTest = (arn: string): Test => {
  const { service, resource = '' } = parseArn(arn) ?? {}
  const nameStart = arn.lastIndexOf('/')
  if (service !== 'iam' || !resource.startsWith('policy/') || /[*?]/.test(arn.slice(0, nameStart)))
    throw invalidInput(`ARN ${arn} is not valid.`)
  const matches = wildcardTest(arn)
  return (policy) => policy.arn !== undefined && matches(policy.arn)
}

const inlineTest = (inline: InlinePolicyIdentifierType, member: string): Test => {
  const { PolicyName: policyName, AttachmentType: type = '', AttachmentName: name = '' } = inline
  refuse(violations(`${member}.inlinePolicyIdentifier.attachmentType`, ATTACHMENT_TYPE, type))
  const isHolder = wildcardTest(name)
  return ({ holder, name: own }) => holder?.type === type && own === policyName && isHolder(holder.name)
}

/** One `*` at most, and any number of `?`. */
const wildcardTest = (pattern: string): ((text: string) => boolean) => {
  if (pattern.split('*').length > 2) throw invalidInput(`${pattern} has more than one wildcard *.`)
  return matcherOf(globOf(pattern))
}
