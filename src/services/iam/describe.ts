/**
 * Users, groups, roles and instance profiles as clients see them.
 * AWS: lists leave out tags, permissions boundaries and last uses, which only the operations on a single entity give.
 */
import type { AccessKeyMetadata, Group, InstanceProfile, Role, User } from '@aws-sdk/client-iam'
import { dateOf } from '../../kit/timestamps.ts'
import type { GroupRecord, InstanceProfileRecord, RoleRecord, UserRecord } from '../../model/iam-records.ts'
import type { AccessKeyRecord } from '../../model/records.ts'
import { encodedDocument } from './documents.ts'
import { describeBoundary } from './permissions-boundary.ts'
import type { IamContext } from './context.ts'
import { tagsIfAny } from './tags.ts'

export const describeUserInList = ({ path, userName, userId, arn, createdAt }: UserRecord): User => ({
  Path: path,
  UserName: userName,
  UserId: userId,
  Arn: arn,
  CreateDate: dateOf(createdAt),
})

export const describeUser = (user: UserRecord): User => ({
  ...describeUserInList(user),
  ...describeBoundary(user),
  ...tagsIfAny(user.tags),
})

export const describeGroup = ({ path, groupName, groupId, arn, createdAt }: GroupRecord): Group => ({
  Path: path,
  GroupName: groupName,
  GroupId: groupId,
  Arn: arn,
  CreateDate: dateOf(createdAt),
})

export const describeRoleInList = (role: RoleRecord): Role => ({
  Path: role.path,
  RoleName: role.roleName,
  RoleId: role.roleId,
  Arn: role.arn,
  CreateDate: dateOf(role.createdAt),
  AssumeRolePolicyDocument: encodedDocument(role.assumeRolePolicyDocument),
  ...(role.description !== undefined && { Description: role.description }),
  MaxSessionDuration: role.maxSessionDurationSeconds,
})

export const describeRole = (role: RoleRecord): Role => ({
  ...describeRoleInList(role),
  ...describeBoundary(role),
  ...tagsIfAny(role.tags),
})

/** AWS: of a role that was never used the member is there and empty. */
export const describeLastUse = ({ lastUsed }: RoleRecord): Pick<Role, 'RoleLastUsed'> => ({
  RoleLastUsed: lastUsed === undefined ? {} : { LastUsedDate: dateOf(lastUsed.at), Region: lastUsed.region },
})

export const describeProfileInList = ({ tx }: IamContext, profile: InstanceProfileRecord): InstanceProfile => ({
  Path: profile.path,
  InstanceProfileName: profile.instanceProfileName,
  InstanceProfileId: profile.instanceProfileId,
  Arn: profile.arn,
  CreateDate: dateOf(profile.createdAt),
  Roles: profile.roleKeys.flatMap((key) => tx.roles.get(key) ?? []).map(describeRoleInList),
})

export const describeProfile = (context: IamContext, profile: InstanceProfileRecord): InstanceProfile => ({
  ...describeProfileInList(context, profile),
  ...tagsIfAny(profile.tags),
})

/** `userName` is absent for a key of the root user. */
export const describeAccessKey = (
  { accessKeyId, status, createdAt }: AccessKeyRecord,
  userName: string | undefined,
): AccessKeyMetadata => ({
  ...(userName !== undefined && { UserName: userName }),
  AccessKeyId: accessKeyId,
  Status: status,
  CreateDate: dateOf(createdAt),
})
