/** Users, groups, roles and managed policies with all that decides what they may do, as GetAccountAuthorizationDetails shows them. */
import type {
  AttachedPolicy,
  GroupDetail,
  ManagedPolicyDetail,
  PolicyDetail,
  RoleDetail,
  UserDetail,
} from '@aws-sdk/client-iam'
import { dateOf } from '../../kit/timestamps.ts'
import type { GroupRecord, PolicyRecord, RoleRecord, UserRecord } from '../../model/iam-records.ts'
import type { IamContext } from './context.ts'
import { describeLastUse, describeProfile } from './describe.ts'
import { encodedDocument } from './documents.ts'
import { findProfilesOfRole } from './lookups.ts'
import { describeBoundary } from './permissions-boundary.ts'
import { describeAttached, describePolicy, describeVersionWithDocument, type PolicyUsage } from './policies.ts'
import type { PolicyHolder } from './policy-holders.ts'
import { describeTags } from './tags.ts'

export const detailUser = ({ tx }: IamContext, user: UserRecord): UserDetail => ({
  Path: user.path,
  UserName: user.userName,
  UserId: user.userId,
  Arn: user.arn,
  CreateDate: dateOf(user.createdAt),
  UserPolicyList: inlineOf(user),
  GroupList: user.groupKeys.flatMap((key) => tx.groups.get(key)?.groupName ?? []),
  AttachedManagedPolicies: attachedTo(user),
  ...describeBoundary(user),
  Tags: describeTags(user.tags),
})

export const detailGroup = (group: GroupRecord): GroupDetail => ({
  Path: group.path,
  GroupName: group.groupName,
  GroupId: group.groupId,
  Arn: group.arn,
  CreateDate: dateOf(group.createdAt),
  GroupPolicyList: inlineOf(group),
  AttachedManagedPolicies: attachedTo(group),
})

export const detailRole = (context: IamContext, role: RoleRecord): RoleDetail => ({
  Path: role.path,
  RoleName: role.roleName,
  RoleId: role.roleId,
  Arn: role.arn,
  CreateDate: dateOf(role.createdAt),
  AssumeRolePolicyDocument: encodedDocument(role.assumeRolePolicyDocument),
  InstanceProfileList: findProfilesOfRole(context, role).map((profile) => describeProfile(context, profile)),
  RolePolicyList: inlineOf(role),
  AttachedManagedPolicies: attachedTo(role),
  ...describeBoundary(role),
  Tags: describeTags(role.tags),
  ...describeLastUse(role),
})

export const detailPolicy = (policy: PolicyRecord, usage: PolicyUsage): ManagedPolicyDetail => ({
  ...describePolicy(policy, usage),
  ...(policy.description !== undefined && { Description: policy.description }),
  PolicyVersionList: policy.versions.map((version) => describeVersionWithDocument(policy, version)).toReversed(),
})

const inlineOf = ({ inlinePolicies }: PolicyHolder): PolicyDetail[] =>
  Object.entries(inlinePolicies).map(([name, document]) => ({
    PolicyName: name,
    PolicyDocument: encodedDocument(document),
  }))

const attachedTo = ({ attachedPolicyArns }: PolicyHolder): AttachedPolicy[] => attachedPolicyArns.map(describeAttached)
