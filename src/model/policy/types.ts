/**
 * What policy evaluation works on. A request is one action on one resource in a context; a decision says what became of it and why.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import type { Principal } from '../principal.ts'

/**
 * Values of condition keys by key in lower case, e.g. `aws:resourcetag/stage`; a key that the request does not have is absent. Most
 * keys have one value; those of several (`aws:TagKeys`) have a list of any length.
 */
export type ContextValues = Readonly<Record<string, readonly string[]>>

export interface AccessRequest {
  readonly principal: Principal
  /** `ecs:RunTask` */
  readonly action: string
  /** An ARN, or `*` where the action has no resource. */
  readonly resource: string
  readonly context: ContextValues
}

export type PolicyType = 'identity' | 'resource' | 'boundary' | 'session'

export type Outcome = 'allowed' | 'explicitDeny' | 'implicitDeny'

export interface Decision {
  readonly outcome: Outcome
  /** The kind of policy that decided: one of this type denies, or none of this type allows. Absent if it is allowed. */
  readonly because?: PolicyType
  /** Statements that matched and counted, for simulations and `longshore audit`. */
  readonly matched: readonly MatchedStatement[]
  /** Condition keys that statements asked for and the context does not have. */
  readonly missingContextKeys: readonly string[]
}

export interface MatchedStatement {
  /** Name or ARN of the policy. */
  readonly policyId: string
  readonly policyType: PolicyType
  /** Position in the policy's document, from 0. */
  readonly statement: number
  readonly effect: 'Allow' | 'Deny'
}
