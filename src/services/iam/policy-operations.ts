/** The operations on managed and inline policies, what they are attached to, and simulations of what they allow. */
import type { IamOperationTable } from './context.ts'
import { attachGroupPolicy } from './operations/attach-group-policy.ts'
import { attachRolePolicy } from './operations/attach-role-policy.ts'
import { attachUserPolicy } from './operations/attach-user-policy.ts'
import { createPolicyVersion } from './operations/create-policy-version.ts'
import { createPolicy } from './operations/create-policy.ts'
import { deleteGroupPolicy } from './operations/delete-group-policy.ts'
import { deletePolicyVersion } from './operations/delete-policy-version.ts'
import { deletePolicy } from './operations/delete-policy.ts'
import { deleteRolePermissionsBoundary } from './operations/delete-role-permissions-boundary.ts'
import { deleteRolePolicy } from './operations/delete-role-policy.ts'
import { deleteUserPermissionsBoundary } from './operations/delete-user-permissions-boundary.ts'
import { deleteUserPolicy } from './operations/delete-user-policy.ts'
import { detachGroupPolicy } from './operations/detach-group-policy.ts'
import { detachRolePolicy } from './operations/detach-role-policy.ts'
import { detachUserPolicy } from './operations/detach-user-policy.ts'
import { getAccountAuthorizationDetails } from './operations/get-account-authorization-details.ts'
import { getContextKeysForCustomPolicy } from './operations/get-context-keys-for-custom-policy.ts'
import { getContextKeysForPrincipalPolicy } from './operations/get-context-keys-for-principal-policy.ts'
import { getGroupPolicy } from './operations/get-group-policy.ts'
import { getPolicyVersion } from './operations/get-policy-version.ts'
import { getPolicy } from './operations/get-policy.ts'
import { getRolePolicy } from './operations/get-role-policy.ts'
import { getUserPolicy } from './operations/get-user-policy.ts'
import { listAttachedGroupPolicies } from './operations/list-attached-group-policies.ts'
import { listAttachedRolePolicies } from './operations/list-attached-role-policies.ts'
import { listAttachedUserPolicies } from './operations/list-attached-user-policies.ts'
import { listEntitiesForPolicy } from './operations/list-entities-for-policy.ts'
import { listGroupPolicies } from './operations/list-group-policies.ts'
import { listPolicies } from './operations/list-policies.ts'
import { listPolicyTags } from './operations/list-policy-tags.ts'
import { listPolicyVersions } from './operations/list-policy-versions.ts'
import { listRolePolicies } from './operations/list-role-policies.ts'
import { listUserPolicies } from './operations/list-user-policies.ts'
import { putGroupPolicy } from './operations/put-group-policy.ts'
import { putRolePermissionsBoundary } from './operations/put-role-permissions-boundary.ts'
import { putRolePolicy } from './operations/put-role-policy.ts'
import { putUserPermissionsBoundary } from './operations/put-user-permissions-boundary.ts'
import { putUserPolicy } from './operations/put-user-policy.ts'
import { setDefaultPolicyVersion } from './operations/set-default-policy-version.ts'
import { simulateCustomPolicy } from './operations/simulate-custom-policy.ts'
import { simulatePrincipalPolicy } from './operations/simulate-principal-policy.ts'
import { tagPolicy } from './operations/tag-policy.ts'
import { untagPolicy } from './operations/untag-policy.ts'

export const policyOperations: IamOperationTable = {
  CreatePolicy: createPolicy,
  GetPolicy: getPolicy,
  ListPolicies: listPolicies,
  DeletePolicy: deletePolicy,
  CreatePolicyVersion: createPolicyVersion,
  GetPolicyVersion: getPolicyVersion,
  ListPolicyVersions: listPolicyVersions,
  DeletePolicyVersion: deletePolicyVersion,
  SetDefaultPolicyVersion: setDefaultPolicyVersion,
  TagPolicy: tagPolicy,
  UntagPolicy: untagPolicy,
  ListPolicyTags: listPolicyTags,
  ListEntitiesForPolicy: listEntitiesForPolicy,
  AttachUserPolicy: attachUserPolicy,
  AttachGroupPolicy: attachGroupPolicy,
  AttachRolePolicy: attachRolePolicy,
  DetachUserPolicy: detachUserPolicy,
  DetachGroupPolicy: detachGroupPolicy,
  DetachRolePolicy: detachRolePolicy,
  ListAttachedUserPolicies: listAttachedUserPolicies,
  ListAttachedGroupPolicies: listAttachedGroupPolicies,
  ListAttachedRolePolicies: listAttachedRolePolicies,
  PutUserPermissionsBoundary: putUserPermissionsBoundary,
  PutRolePermissionsBoundary: putRolePermissionsBoundary,
  DeleteUserPermissionsBoundary: deleteUserPermissionsBoundary,
  DeleteRolePermissionsBoundary: deleteRolePermissionsBoundary,
  PutUserPolicy: putUserPolicy,
  PutGroupPolicy: putGroupPolicy,
  PutRolePolicy: putRolePolicy,
  GetUserPolicy: getUserPolicy,
  GetGroupPolicy: getGroupPolicy,
  GetRolePolicy: getRolePolicy,
  DeleteUserPolicy: deleteUserPolicy,
  DeleteGroupPolicy: deleteGroupPolicy,
  DeleteRolePolicy: deleteRolePolicy,
  ListUserPolicies: listUserPolicies,
  ListGroupPolicies: listGroupPolicies,
  ListRolePolicies: listRolePolicies,
  GetAccountAuthorizationDetails: getAccountAuthorizationDetails,
  SimulatePrincipalPolicy: simulatePrincipalPolicy,
  SimulateCustomPolicy: simulateCustomPolicy,
  GetContextKeysForCustomPolicy: getContextKeysForCustomPolicy,
  GetContextKeysForPrincipalPolicy: getContextKeysForPrincipalPolicy,
}
