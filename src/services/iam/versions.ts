/** Versions of managed policies: which documents they take, and how one is added. */
import { MANAGED_POLICY_LENGTH, VERSIONS_PER_POLICY } from '../../model/limits.ts'
import type { PolicyRecord, PolicyVersionRecord } from '../../model/iam-records.ts'
import { countedLength, readDocument } from './documents.ts'
import { limitExceeded, quotaExceeded } from './faults.ts'

/** The document of a customer managed policy, as it was sent. */
export const checkedManagedDocument = (document = ''): string => {
  readDocument(document, 'managed')
  if (countedLength(document) > MANAGED_POLICY_LENGTH) throw quotaExceeded('PolicySize', MANAGED_POLICY_LENGTH)
  return document
}

export const newVersion = (number: number, document: string, now: number): PolicyVersionRecord => ({
  versionId: `v${number}`,
  document,
  createdAt: now,
})

/** The version that comes next, if there is room for it. */
export const nextVersion = (policy: PolicyRecord, document: string, now: number): PolicyVersionRecord => {
  if (policy.versions.length >= VERSIONS_PER_POLICY)
    throw limitExceeded(
      `A managed policy can have up to ${VERSIONS_PER_POLICY} versions. Before you create a new version, you must delete an existing version.`,
    )
  return newVersion(policy.latestVersionNumber + 1, document, now)
}
