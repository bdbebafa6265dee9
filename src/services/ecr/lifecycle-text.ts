/** The text of a lifecycle policy, checked. */
import { InvalidLifecyclePolicy, parseLifecyclePolicy } from '../../model/lifecycle-policy/parse-lifecycle-policy.ts'
import { checkConstraints } from '../constraints.ts'
import { invalidParameter } from './faults.ts'

/** Source: the API reference, PutLifecyclePolicy. */
const TEXT = { min: 100, max: 30_720 } as const

/** Throws `InvalidParameterException`. */
export const checkLifecyclePolicy = (lifecyclePolicyText: string): void => {
  checkConstraints({ lifecyclePolicyText }, { lifecyclePolicyText: TEXT }, invalidParameter)
  try {
    parseLifecyclePolicy(lifecyclePolicyText)
  } catch (error) {
    if (!(error instanceof InvalidLifecyclePolicy)) throw error
    // AWS: the first part of this sentence.
    throw invalidParameter(
      `Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: ${error.message}'`,
    )
  }
}
