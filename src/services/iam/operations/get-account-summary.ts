/** GetAccountSummary: how much of everything the account has, and how much it may have. */
import type { GetAccountSummaryResponse } from '@aws-sdk/client-iam'
import { rootArn } from '../../../model/arn.ts'
import { SERVER_CERTIFICATES_PER_ACCOUNT } from '../../../model/certificate-limits.ts'
import {
  ACCESS_KEYS_PER_USER,
  ATTACHED_POLICIES,
  GROUP_POLICIES_LENGTH,
  GROUPS_PER_ACCOUNT,
  GROUPS_PER_USER,
  INSTANCE_PROFILES_PER_ACCOUNT,
  MANAGED_POLICY_LENGTH,
  POLICIES_PER_ACCOUNT,
  ROLE_POLICIES_LENGTH,
  ROLES_PER_ACCOUNT,
  TRUST_POLICY_LENGTH,
  USER_POLICIES_LENGTH,
  USERS_PER_ACCOUNT,
  VERSIONS_PER_POLICY,
} from '../../../model/limits.ts'
import { onAnything } from '../access.ts'
import type { IamContext, IamOperation } from '../context.ts'
import { findGroups } from '../groups.ts'
import { findInstanceProfiles } from '../lookups.ts'
import { findOidcProviders } from '../oidc-providers.ts'
import { findRoles } from '../roles.ts'
import { findServerCertificates } from '../server-certificates.ts'
import { findUsers } from '../users.ts'

type Summary = NonNullable<GetAccountSummaryResponse['SummaryMap']>

export const getAccountSummary: IamOperation<object, GetAccountSummaryResponse> = {
  access: onAnything,
  handle: (_input, context) => ({ SummaryMap: { ...countsOf(context), ...QUOTAS, ...ABSENT } }),
}

const countsOf = (context: IamContext): Summary => {
  const { tx, account } = context
  const policies = [...tx.policies.rows()].filter((policy) => policy.account === account)
  return {
    Users: findUsers(context).length,
    Groups: findGroups(context).length,
    Roles: findRoles(context).length,
    InstanceProfiles: findInstanceProfiles(context).length,
    Providers: findOidcProviders(context).length,
    Policies: policies.length,
    ServerCertificates: findServerCertificates(context).length,
    PolicyVersionsInUse: policies.reduce((sum, { versions }) => sum + versions.length, 0),
    AccountAccessKeysPresent: tx.accessKeys.findSize('byPrincipal', rootArn(account)) > 0 ? 1 : 0,
  }
}

const QUOTAS: Summary = {
  UsersQuota: USERS_PER_ACCOUNT,
  GroupsQuota: GROUPS_PER_ACCOUNT,
  RolesQuota: ROLES_PER_ACCOUNT,
  InstanceProfilesQuota: INSTANCE_PROFILES_PER_ACCOUNT,
  PoliciesQuota: POLICIES_PER_ACCOUNT,
  ServerCertificatesQuota: SERVER_CERTIFICATES_PER_ACCOUNT,
  PolicyVersionsInUseQuota: POLICIES_PER_ACCOUNT * VERSIONS_PER_POLICY,
  VersionsPerPolicyQuota: VERSIONS_PER_POLICY,
  AccessKeysPerUserQuota: ACCESS_KEYS_PER_USER,
  GroupsPerUserQuota: GROUPS_PER_USER,
  AttachedPoliciesPerUserQuota: ATTACHED_POLICIES,
  AttachedPoliciesPerGroupQuota: ATTACHED_POLICIES,
  AttachedPoliciesPerRoleQuota: ATTACHED_POLICIES,
  PolicySizeQuota: MANAGED_POLICY_LENGTH,
  AssumeRolePolicySizeQuota: TRUST_POLICY_LENGTH,
  UserPolicySizeQuota: USER_POLICIES_LENGTH,
  GroupPolicySizeQuota: GROUP_POLICIES_LENGTH,
  RolePolicySizeQuota: ROLE_POLICIES_LENGTH,
}

/** What there is none of here, and can be none of; session tokens of the global endpoint are good in every region (version 2). */
const ABSENT: Summary = {
  AccountMFAEnabled: 0,
  AccountPasswordPresent: 0,
  AccountSigningCertificatesPresent: 0,
  MFADevices: 0,
  MFADevicesInUse: 0,
  SigningCertificatesPerUserQuota: 0,
  GlobalEndpointTokenVersion: 2,
}
