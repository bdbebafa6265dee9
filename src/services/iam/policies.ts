/** Managed policies as operations find and describe them, and what they are used for. */
import type { AttachedPolicy, Policy, PolicyVersion } from '@aws-sdk/client-iam'
import { assert } from '../../kit/assert.ts'
import { dateOf } from '../../kit/timestamps.ts'
import { parseArn, resourceId } from '../../model/arn.ts'
import { AWS_ACCOUNT } from '../../model/aws-managed-policies/define.ts'
import type { PolicyRecord, PolicyVersionRecord } from '../../model/iam-records.ts'
import { managedPolicy } from '../../model/managed-policy.ts'
import type { IamContext } from './context.ts'
import { encodedDocument } from './documents.ts'
import { findEntities, permissionsBoundaryOf } from './entities.ts'
import { accessDenied, invalidInput, noSuchEntity, policyNotAttachable } from './faults.ts'
import { tagsIfAny } from './tags.ts'

/** A policy of the account or of AWS. */
export const getPolicy = ({ tx, account }: IamContext, arn: string): PolicyRecord | undefined => {
  const policy = managedPolicy((stored) => tx.policies.get(stored), arn)
  return policy?.account === account || policy?.account === AWS_ACCOUNT ? policy : undefined
}

/** The account's own. */
export const findPolicies = ({ tx, account }: IamContext): PolicyRecord[] =>
  [...tx.policies.rows()].filter((policy) => policy.account === account)

export const requirePolicy = (context: IamContext, arn = ''): PolicyRecord => {
  checkReachable(context, arn)
  const policy = getPolicy(context, arn)
  if (policy === undefined) throw noSuchEntity(`Policy ${arn} was not found.`)
  return policy
}

/** A policy that the account may change. */
export const requireOwnPolicy = (context: IamContext, arn = ''): PolicyRecord => {
  const policy = requirePolicy(context, arn)
  if (policy.account === AWS_ACCOUNT) throw accessDenied(OUTSIDE)
  return policy
}

/** A policy that users, groups and ordinary roles may have; `what` is how the fault names one that is not there. */
export const requireAttachablePolicy = (context: IamContext, arn = '', what = 'Policy'): PolicyRecord => {
  checkReachable(context, arn)
  const policy = getPolicy(context, arn)
  if (policy === undefined) throw noSuchEntity(`${what} ${arn} does not exist or is not attachable.`)
  if (!isAttachable(policy)) throw policyNotAttachable('Cannot attach a Service Role Policy to a Customer Role.')
  return policy
}

export const requireVersion = (policy: PolicyRecord, versionId: string | undefined): PolicyVersionRecord => {
  const version = policy.versions.find((each) => each.versionId === versionId)
  if (version === undefined)
    throw noSuchEntity(`Policy ${policy.arn} version ${versionId} does not exist or is not attachable.`)
  return version
}

export const defaultVersion = (policy: PolicyRecord): PolicyVersionRecord => {
  const version = policy.versions.find(({ versionId }) => versionId === policy.defaultVersionId)
  assert(version, `${policy.arn} has no version ${policy.defaultVersionId}`)
  return version
}

const OUTSIDE = 'Policy is outside your own account.'

const checkReachable = (context: IamContext, arn: string): void => {
  const { service, account, resource = '' } = parseArn(arn) ?? {}
  if (service !== 'iam' || !resource.startsWith('policy/')) throw invalidInput(`ARN ${arn} is not valid.`)
  if (account !== context.account && account !== AWS_ACCOUNT) throw accessDenied(OUTSIDE)
}

/** AWS: policies of service-linked roles are for these alone. */
const isAttachable = ({ path }: PolicyRecord): boolean => !path.startsWith('/aws-service-role/')

/** How many users, groups and roles have a policy, and how many have it as their boundary. */
export interface PolicyUsage {
  readonly attachments: number
  readonly boundaries: number
}

/** Counts the uses of all policies at once. */
export const policyUsages = (context: IamContext): ((arn: string) => PolicyUsage) => {
  const usages = new Map<string, PolicyUsage>()
  const usageOf = (arn: string): PolicyUsage => usages.get(arn) ?? { attachments: 0, boundaries: 0 }
  const count = (arn: string, { attachments = 0, boundaries = 0 }: Partial<PolicyUsage>): void => {
    const usage = usageOf(arn)
    usages.set(arn, { attachments: usage.attachments + attachments, boundaries: usage.boundaries + boundaries })
  }
  for (const entity of findEntities(context)) {
    for (const arn of entity.record.attachedPolicyArns) count(arn, { attachments: 1 })
    const boundary = permissionsBoundaryOf(entity)
    if (boundary !== undefined) count(boundary, { boundaries: 1 })
  }
  return usageOf
}

/** A policy as lists show it. */
export const describePolicy = (policy: PolicyRecord, { attachments, boundaries }: PolicyUsage): Policy => ({
  PolicyName: policy.policyName,
  PolicyId: policy.policyId,
  Arn: policy.arn,
  Path: policy.path,
  DefaultVersionId: policy.defaultVersionId,
  AttachmentCount: attachments,
  PermissionsBoundaryUsageCount: boundaries,
  IsAttachable: isAttachable(policy),
  CreateDate: dateOf(policy.createdAt),
  UpdateDate: dateOf(policy.updatedAt),
})

/** What only the policy on its own shows beside. */
export const describeDetails = (policy: PolicyRecord): Policy => ({
  ...(policy.description !== undefined && { Description: policy.description }),
  ...tagsIfAny(policy.tags),
})

/** A version as lists show it: without its document. */
export const describeVersion = (policy: PolicyRecord, version: PolicyVersionRecord): PolicyVersion => ({
  VersionId: version.versionId,
  IsDefaultVersion: version.versionId === policy.defaultVersionId,
  CreateDate: dateOf(version.createdAt),
})

export const describeVersionWithDocument = (policy: PolicyRecord, version: PolicyVersionRecord): PolicyVersion => ({
  Document: encodedDocument(version.document),
  ...describeVersion(policy, version),
})

export const describeAttached = (policyArn: string): AttachedPolicy => ({
  PolicyName: resourceId(policyArn),
  PolicyArn: policyArn,
})
