/**
 * What the store holds of IAM. Names are unique in an account whatever their case, so keys are `<account>/<name in lower case>`
 * (`iamKey`). Times are milliseconds since the epoch; documents are JSON as they were sent.
 */
import type { Tag } from './records.ts'

/** The key of a user, group, role or instance profile. */
export const iamKey = (account: string, name: string): string => `${account}/${name.toLowerCase()}`

/** Documents of inline policies by their names. */
export type InlinePolicies = Readonly<Record<string, string>>

/** What users, groups and roles have in common. */
interface IamEntity {
  readonly key: string
  readonly arn: string
  readonly account: string
  readonly path: string
  readonly createdAt: number
  readonly attachedPolicyArns: readonly string[]
  readonly inlinePolicies: InlinePolicies
}

export interface UserRecord extends IamEntity {
  readonly userName: string
  /** `AIDA…` */
  readonly userId: string
  /** Keys of the groups that the user is in. */
  readonly groupKeys: readonly string[]
  readonly permissionsBoundaryArn?: string
  readonly tags: readonly Tag[]
}

export interface GroupRecord extends IamEntity {
  readonly groupName: string
  /** `AGPA…` */
  readonly groupId: string
}

export interface RoleRecord extends IamEntity {
  readonly roleName: string
  /** `AROA…` */
  readonly roleId: string
  /** The trust policy: who may assume the role. */
  readonly assumeRolePolicyDocument: string
  readonly maxSessionDurationSeconds: number
  readonly description?: string
  readonly permissionsBoundaryArn?: string
  /** Service name, e.g. `ecs.amazonaws.com`, of a service-linked role. */
  readonly linkedService?: string
  readonly lastUsed?: { readonly at: number; readonly region: string }
  readonly tags: readonly Tag[]
}

export interface PolicyVersionRecord {
  /** `v1`, `v2`, … */
  readonly versionId: string
  readonly document: string
  readonly createdAt: number
}

/** A customer managed policy. AWS's own are not stored. */
export interface PolicyRecord {
  readonly arn: string
  readonly account: string
  readonly policyName: string
  /** `ANPA…` */
  readonly policyId: string
  readonly path: string
  readonly description?: string
  readonly versions: readonly PolicyVersionRecord[]
  readonly defaultVersionId: string
  /** Numbers are never used twice. */
  readonly latestVersionNumber: number
  readonly createdAt: number
  readonly updatedAt: number
  readonly tags: readonly Tag[]
}

export interface InstanceProfileRecord {
  readonly key: string
  readonly arn: string
  readonly account: string
  readonly instanceProfileName: string
  /** `AIPA…` */
  readonly instanceProfileId: string
  readonly path: string
  readonly createdAt: number
  /** Keys of roles; at most one. */
  readonly roleKeys: readonly string[]
  readonly tags: readonly Tag[]
}

export interface OidcProviderRecord {
  readonly arn: string
  readonly account: string
  /** Without its scheme, as in the ARN. */
  readonly url: string
  readonly clientIds: readonly string[]
  readonly thumbprints: readonly string[]
  readonly createdAt: number
  readonly tags: readonly Tag[]
}
