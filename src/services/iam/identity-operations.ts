/** The operations on users, groups, access keys, roles, instance profiles, OIDC providers and the account itself. */
import type { IamOperationTable } from './context.ts'
import { addClientIDToOpenIDConnectProvider } from './operations/add-client-id-to-open-id-connect-provider.ts'
import { addRoleToInstanceProfile } from './operations/add-role-to-instance-profile.ts'
import { addUserToGroup } from './operations/add-user-to-group.ts'
import { createAccessKey } from './operations/create-access-key.ts'
import { createAccountAlias } from './operations/create-account-alias.ts'
import { createGroup } from './operations/create-group.ts'
import { createInstanceProfile } from './operations/create-instance-profile.ts'
import { createOpenIDConnectProvider } from './operations/create-open-id-connect-provider.ts'
import { createRole } from './operations/create-role.ts'
import { createServiceLinkedRole } from './operations/create-service-linked-role.ts'
import { createUser } from './operations/create-user.ts'
import { deleteAccessKey } from './operations/delete-access-key.ts'
import { deleteAccountAlias } from './operations/delete-account-alias.ts'
import { deleteGroup } from './operations/delete-group.ts'
import { deleteInstanceProfile } from './operations/delete-instance-profile.ts'
import { deleteOpenIDConnectProvider } from './operations/delete-open-id-connect-provider.ts'
import { deleteRole } from './operations/delete-role.ts'
import { deleteServiceLinkedRole } from './operations/delete-service-linked-role.ts'
import { deleteUser } from './operations/delete-user.ts'
import { getAccessKeyLastUsed } from './operations/get-access-key-last-used.ts'
import { getAccountSummary } from './operations/get-account-summary.ts'
import { getGroup } from './operations/get-group.ts'
import { getInstanceProfile } from './operations/get-instance-profile.ts'
import { getOpenIDConnectProvider } from './operations/get-open-id-connect-provider.ts'
import { getRole } from './operations/get-role.ts'
import { getServiceLinkedRoleDeletionStatus } from './operations/get-service-linked-role-deletion-status.ts'
import { getUser } from './operations/get-user.ts'
import { listAccessKeys } from './operations/list-access-keys.ts'
import { listAccountAliases } from './operations/list-account-aliases.ts'
import { listGroupsForUser } from './operations/list-groups-for-user.ts'
import { listGroups } from './operations/list-groups.ts'
import { listInstanceProfileTags } from './operations/list-instance-profile-tags.ts'
import { listInstanceProfilesForRole } from './operations/list-instance-profiles-for-role.ts'
import { listInstanceProfiles } from './operations/list-instance-profiles.ts'
import { listOpenIDConnectProviderTags } from './operations/list-open-id-connect-provider-tags.ts'
import { listOpenIDConnectProviders } from './operations/list-open-id-connect-providers.ts'
import { listRoleTags } from './operations/list-role-tags.ts'
import { listRoles } from './operations/list-roles.ts'
import { listUserTags } from './operations/list-user-tags.ts'
import { listUsers } from './operations/list-users.ts'
import { removeClientIDFromOpenIDConnectProvider } from './operations/remove-client-id-from-open-id-connect-provider.ts'
import { removeRoleFromInstanceProfile } from './operations/remove-role-from-instance-profile.ts'
import { removeUserFromGroup } from './operations/remove-user-from-group.ts'
import { tagInstanceProfile } from './operations/tag-instance-profile.ts'
import { tagOpenIDConnectProvider } from './operations/tag-open-id-connect-provider.ts'
import { tagRole } from './operations/tag-role.ts'
import { tagUser } from './operations/tag-user.ts'
import { untagInstanceProfile } from './operations/untag-instance-profile.ts'
import { untagOpenIDConnectProvider } from './operations/untag-open-id-connect-provider.ts'
import { untagRole } from './operations/untag-role.ts'
import { untagUser } from './operations/untag-user.ts'
import { updateAccessKey } from './operations/update-access-key.ts'
import { updateAssumeRolePolicy } from './operations/update-assume-role-policy.ts'
import { updateGroup } from './operations/update-group.ts'
import { updateOpenIDConnectProviderThumbprint } from './operations/update-open-id-connect-provider-thumbprint.ts'
import { updateRoleDescription } from './operations/update-role-description.ts'
import { updateRole } from './operations/update-role.ts'
import { updateUser } from './operations/update-user.ts'

export const identityOperations: IamOperationTable = {
  CreateUser: createUser,
  GetUser: getUser,
  ListUsers: listUsers,
  UpdateUser: updateUser,
  DeleteUser: deleteUser,
  TagUser: tagUser,
  UntagUser: untagUser,
  ListUserTags: listUserTags,
  CreateGroup: createGroup,
  GetGroup: getGroup,
  ListGroups: listGroups,
  UpdateGroup: updateGroup,
  DeleteGroup: deleteGroup,
  AddUserToGroup: addUserToGroup,
  RemoveUserFromGroup: removeUserFromGroup,
  ListGroupsForUser: listGroupsForUser,
  CreateAccessKey: createAccessKey,
  ListAccessKeys: listAccessKeys,
  UpdateAccessKey: updateAccessKey,
  DeleteAccessKey: deleteAccessKey,
  GetAccessKeyLastUsed: getAccessKeyLastUsed,
  CreateRole: createRole,
  GetRole: getRole,
  ListRoles: listRoles,
  UpdateRole: updateRole,
  UpdateRoleDescription: updateRoleDescription,
  UpdateAssumeRolePolicy: updateAssumeRolePolicy,
  DeleteRole: deleteRole,
  TagRole: tagRole,
  UntagRole: untagRole,
  ListRoleTags: listRoleTags,
  CreateServiceLinkedRole: createServiceLinkedRole,
  DeleteServiceLinkedRole: deleteServiceLinkedRole,
  GetServiceLinkedRoleDeletionStatus: getServiceLinkedRoleDeletionStatus,
  CreateInstanceProfile: createInstanceProfile,
  GetInstanceProfile: getInstanceProfile,
  DeleteInstanceProfile: deleteInstanceProfile,
  ListInstanceProfiles: listInstanceProfiles,
  ListInstanceProfilesForRole: listInstanceProfilesForRole,
  AddRoleToInstanceProfile: addRoleToInstanceProfile,
  RemoveRoleFromInstanceProfile: removeRoleFromInstanceProfile,
  TagInstanceProfile: tagInstanceProfile,
  UntagInstanceProfile: untagInstanceProfile,
  ListInstanceProfileTags: listInstanceProfileTags,
  CreateOpenIDConnectProvider: createOpenIDConnectProvider,
  GetOpenIDConnectProvider: getOpenIDConnectProvider,
  ListOpenIDConnectProviders: listOpenIDConnectProviders,
  DeleteOpenIDConnectProvider: deleteOpenIDConnectProvider,
  AddClientIDToOpenIDConnectProvider: addClientIDToOpenIDConnectProvider,
  RemoveClientIDFromOpenIDConnectProvider: removeClientIDFromOpenIDConnectProvider,
  UpdateOpenIDConnectProviderThumbprint: updateOpenIDConnectProviderThumbprint,
  TagOpenIDConnectProvider: tagOpenIDConnectProvider,
  UntagOpenIDConnectProvider: untagOpenIDConnectProvider,
  ListOpenIDConnectProviderTags: listOpenIDConnectProviderTags,
  CreateAccountAlias: createAccountAlias,
  ListAccountAliases: listAccountAliases,
  DeleteAccountAlias: deleteAccountAlias,
  GetAccountSummary: getAccountSummary,
}
