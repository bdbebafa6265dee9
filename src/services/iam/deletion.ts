/** What users, groups and roles must have lost before they can be deleted. */
import type { InlinePolicies } from '../../model/iam-records.ts'
import { deleteConflict } from './faults.ts'

interface HasPolicies {
  readonly attachedPolicyArns: readonly string[]
  readonly inlinePolicies: InlinePolicies
}

export const checkWithoutPolicies = ({ attachedPolicyArns, inlinePolicies }: HasPolicies): void => {
  if (attachedPolicyArns.length > 0) throw deleteConflict('Cannot delete entity, must detach all policies first.')
  if (Object.keys(inlinePolicies).length > 0) throw deleteConflict('Cannot delete entity, must delete policies first.')
}
