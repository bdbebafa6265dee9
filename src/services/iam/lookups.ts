/** Finds what a request names: users, groups, roles, instance profiles, OIDC providers, and the user who calls. */
import { resourceId, rootArn, userArn } from '../../model/arn.ts'
import {
  type GroupRecord,
  iamKey,
  type InstanceProfileRecord,
  type OidcProviderRecord,
  type RoleRecord,
  type UserRecord,
} from '../../model/iam-records.ts'
import type { IamContext } from './context.ts'
import { noSuchEntity, unmodifiableEntity, validationError } from './faults.ts'

export const getUser = ({ tx, account }: IamContext, userName: string): UserRecord | undefined =>
  tx.users.get(iamKey(account, userName))

export const requireUser = (context: IamContext, userName: string | undefined): UserRecord => {
  const user = getUser(context, userName ?? '')
  if (user === undefined) throw noSuchEntity(`The user with name ${userName} cannot be found.`)
  return user
}

export const getGroup = ({ tx, account }: IamContext, groupName: string): GroupRecord | undefined =>
  tx.groups.get(iamKey(account, groupName))

export const requireGroup = (context: IamContext, groupName: string | undefined): GroupRecord => {
  const group = getGroup(context, groupName ?? '')
  if (group === undefined) throw noSuchEntity(`The group with name ${groupName} cannot be found.`)
  return group
}

export const getRole = ({ tx, account }: IamContext, roleName: string): RoleRecord | undefined =>
  tx.roles.get(iamKey(account, roleName))

export const requireRole = (context: IamContext, roleName: string | undefined): RoleRecord => {
  const role = getRole(context, roleName ?? '')
  if (role === undefined) throw noSuchEntity(`The role with name ${roleName} cannot be found.`)
  return role
}

/** A role that its account may change: service-linked ones are their service's. */
export const requireModifiableRole = (context: IamContext, roleName: string | undefined): RoleRecord => {
  const role = requireRole(context, roleName)
  if (role.linkedService === undefined) return role
  throw unmodifiableEntity(
    `Cannot perform the operation on the protected role '${role.roleName}' - this role is only modifiable by AWS`,
  )
}

export const getInstanceProfile = ({ tx, account }: IamContext, name: string): InstanceProfileRecord | undefined =>
  tx.instanceProfiles.get(iamKey(account, name))

export const requireInstanceProfile = (context: IamContext, name: string | undefined): InstanceProfileRecord => {
  const profile = getInstanceProfile(context, name ?? '')
  if (profile === undefined) throw noSuchEntity(`Instance Profile ${name} cannot be found.`)
  return profile
}

export const findInstanceProfiles = ({ tx, account }: IamContext): InstanceProfileRecord[] =>
  [...tx.instanceProfiles.rows()].filter((profile) => profile.account === account)

/** The instance profiles that hold the role. */
export const findProfilesOfRole = (context: IamContext, { key }: RoleRecord): InstanceProfileRecord[] =>
  findInstanceProfiles(context).filter(({ roleKeys }) => roleKeys.includes(key))

export const requireOidcProvider = (
  { tx, account }: IamContext,
  providerArn: string | undefined,
): OidcProviderRecord => {
  const provider = tx.oidcProviders.get(providerArn ?? '')
  if (provider === undefined || provider.account !== account)
    throw noSuchEntity(`OpenIDConnect Provider not found for arn ${providerArn}`)
  return provider
}

/** The user of an ARN like `arn:aws:iam::<account>:user/<path><name>`. */
export const getUserOfArn = (context: IamContext, arn: string): UserRecord | undefined =>
  arn.startsWith(userArn(context.account, '')) ? getUser(context, resourceId(arn)) : undefined

/** The IAM user whose own or temporary credentials signed the call; undefined for the root user and for roles. */
export const getCaller = (context: IamContext): UserRecord | undefined => getUserOfArn(context, context.principal.arn)

/** AWS: the root user is no IAM user, so it has no name; this is what credential reports call it. */
export const ROOT_USER_NAME = '<root_account>'

/** The root user's own or temporary credentials signed the call. */
export const isRootCalling = ({ principal, account }: IamContext): boolean => principal.arn === rootArn(account)

/** The user that an operation means which leaves out the name, if the root user cannot be meant. */
export const requireCaller = (context: IamContext): UserRecord => {
  const user = getCaller(context)
  if (user === undefined) throw validationError('Must specify userName when calling with non-User credentials')
  return user
}
