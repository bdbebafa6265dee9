/** The three kinds of entity that have policies, to the operations that treat them alike. */
import type { GroupRecord, InlinePolicies, RoleRecord, UserRecord } from '../../model/iam-records.ts'
import { GROUP_POLICIES_LENGTH, ROLE_POLICIES_LENGTH, USER_POLICIES_LENGTH } from '../../model/limits.ts'
import { boundaryOfRole, boundaryOfUser, type Extra, type IamAccess, onGroup, onRole, onUser } from './access.ts'
import type { IamContext } from './context.ts'
import { requireGroup, requireModifiableRole, requireRole, requireUser } from './lookups.ts'
import { check, ENTITY_NAME, EXISTING_USER_NAME, ROLE_NAME } from './rules.ts'

export type PolicyHolder = Pick<GroupRecord, 'key' | 'attachedPolicyArns' | 'inlinePolicies'>

export interface PolicyHolderPatch {
  readonly attachedPolicyArns?: readonly string[]
  readonly inlinePolicies?: InlinePolicies
}

/** A kind of entity, which inputs name by a member of its own. */
export interface PolicyHolderKind<Named, Holder extends PolicyHolder = PolicyHolder> {
  /** As faults name it. */
  readonly noun: 'user' | 'group' | 'role'
  /** The managed policies of one, as quotas name them. */
  readonly quota: string
  readonly inlineLength: number
  readonly nameOf: (holder: Holder) => string
  readonly checkName: (input: Named) => void
  readonly require: (context: IamContext, input: Named) => Holder
  /** One that the account may change. */
  readonly requireModifiable: (context: IamContext, input: Named) => Holder
  readonly update: (context: IamContext, holder: Holder, patch: PolicyHolderPatch) => void
  readonly reading: <Input extends Named>() => IamAccess<Input>
  /** To change what it may do; `iam:PermissionsBoundary` tells what limits it. */
  readonly changing: <Input extends Named>(...extras: Extra<NoInfer<Input>>[]) => IamAccess<Input>
}

export interface NamesUser {
  readonly UserName: string | undefined
}

export const users: PolicyHolderKind<NamesUser, UserRecord> = {
  noun: 'user',
  quota: 'PoliciesPerUser',
  inlineLength: USER_POLICIES_LENGTH,
  nameOf: ({ userName }) => userName,
  checkName: ({ UserName }) => check({ UserName }, { UserName: EXISTING_USER_NAME }),
  require: (context, { UserName }) => requireUser(context, UserName),
  requireModifiable: (context, { UserName }) => requireUser(context, UserName),
  update: ({ tx }, { key }, patch) => tx.users.update(key, patch),
  reading: () => onUser(),
  changing: (...extras) => onUser(boundaryOfUser, ...extras),
}

export interface NamesGroup {
  readonly GroupName: string | undefined
}

export const groups: PolicyHolderKind<NamesGroup, GroupRecord> = {
  noun: 'group',
  quota: 'PoliciesPerGroup',
  inlineLength: GROUP_POLICIES_LENGTH,
  nameOf: ({ groupName }) => groupName,
  checkName: ({ GroupName }) => check({ GroupName }, { GroupName: ENTITY_NAME }),
  require: (context, { GroupName }) => requireGroup(context, GroupName),
  requireModifiable: (context, { GroupName }) => requireGroup(context, GroupName),
  update: ({ tx }, { key }, patch) => tx.groups.update(key, patch),
  reading: () => onGroup(),
  changing: (...extras) => onGroup(...extras),
}

export interface NamesRole {
  readonly RoleName: string | undefined
}

export const roles: PolicyHolderKind<NamesRole, RoleRecord> = {
  noun: 'role',
  quota: 'PoliciesPerRole',
  inlineLength: ROLE_POLICIES_LENGTH,
  nameOf: ({ roleName }) => roleName,
  checkName: ({ RoleName }) => check({ RoleName }, { RoleName: ROLE_NAME }),
  require: (context, { RoleName }) => requireRole(context, RoleName),
  requireModifiable: (context, { RoleName }) => requireModifiableRole(context, RoleName),
  update: ({ tx }, { key }, patch) => tx.roles.update(key, patch),
  reading: () => onRole(),
  changing: (...extras) => onRole(boundaryOfRole, ...extras),
}
