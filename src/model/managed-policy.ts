/** Managed policies wherever they are: customers' own in the store, AWS's in the program. */
import { awsManagedPolicy } from './aws-managed-policies/index.ts'
import type { PolicyRecord } from './iam-records.ts'

export interface ManagedPolicyDocument {
  /** JSON, as it was sent. */
  readonly document: string
  readonly versionId: string
}

/** A managed policy of any kind; `get` looks among the stored ones. */
export const managedPolicy = (get: (arn: string) => PolicyRecord | undefined, arn: string): PolicyRecord | undefined =>
  awsManagedPolicy(arn) ?? get(arn)

/** What a managed policy says: the document of its default version. Undefined if there is no such policy. */
export const managedPolicyDocument = (
  get: (arn: string) => PolicyRecord | undefined,
  arn: string,
): ManagedPolicyDocument | undefined => {
  const policy = managedPolicy(get, arn)
  return policy?.versions.find(({ versionId }) => versionId === policy.defaultVersionId)
}
