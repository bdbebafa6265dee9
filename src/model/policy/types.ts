/**
 * What policy evaluation works on. A request is one action on one resource in a context; a decision says what became of it and why.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import type { Principal } from '../principal.ts'
import type { Effect } from './document.ts'
import type { PreparedPolicy } from './prepare.ts'

/**
 * Values of condition keys by key in lower case, e.g. `aws:resourcetag/stage`; a key that the request does not have is absent. Most
 * keys have one value; those of several (`aws:TagKeys`) have a list of any length.
 */
export type ContextValues = Readonly<Record<string, readonly string[]>>

/** Answers for condition keys, in lower case, when it is asked. */
export interface ContextSource {
  get(key: string): readonly string[] | undefined
}

/** An AWS service that acts by itself, e.g. `ecs-tasks.amazonaws.com` when it takes a task's role. */
export interface ServicePrincipal {
  readonly service: string
}

/** Someone for whom an identity provider vouches. */
export interface FederatedPrincipal {
  /** ARN of the provider, or its domain where AWS knows it by that. */
  readonly federated: string
}

/** Whoever asks. Services and federated people have no policies of their own: what is asked for decides alone. */
export type Requester = Principal | ServicePrincipal | FederatedPrincipal

export interface AccessRequest {
  readonly principal: Requester
  /** `ecs:RunTask` */
  readonly action: string
  /** An ARN, or `*` where the action has no resource. */
  readonly resource: string
  /** Keys of the service and of the resource. */
  readonly context: ContextValues
  /** Asked for what `context` does not have: the keys that every call has. */
  readonly globals?: ContextSource
}

/** The policies that bear on a request. */
export interface PolicySources {
  /** Of the user and the user's groups, or of the role. */
  readonly identity: readonly PreparedPolicy[]
  readonly boundary?: PreparedPolicy
  /** Of the session, inline and managed: it may do what any of them allows. Absent if the session has none, which limits nothing. */
  readonly session?: readonly PreparedPolicy[]
  readonly resource?: PreparedPolicy
  /** The resource belongs to another account than the principal: both sides must allow. */
  readonly isCrossAccount?: boolean
  /**
   * Nothing is allowed unless the resource's policy says so, as for trust policies and KMS keys. Where it names the account, the
   * account's own policies have to allow as well.
   */
  readonly resourcePolicyMustAllow?: boolean
}

export type PolicyType = 'identity' | 'resource' | 'boundary' | 'session'

export type Outcome = 'allowed' | 'explicitDeny' | 'implicitDeny'

export interface Decision {
  readonly outcome: Outcome
  /** The kind of policy that decided: one of this type denies, or none of this type allows. Absent if it is allowed. */
  readonly because?: PolicyType
  /** What the policies of each type say by themselves; a type without a policy is absent, but for `identity`. */
  readonly outcomes: Readonly<Partial<Record<PolicyType, Outcome>>>
  /** The statements that deny, if one does; otherwise those that allow. For simulations and `longshore audit`. */
  readonly matched: readonly MatchedStatement[]
  /** Condition keys that statements for this action and resource ask for and the context does not have, as they spell them. */
  readonly missingContextKeys: readonly string[]
}

export interface MatchedStatement {
  /** Name or ARN of the policy. */
  readonly policyId: string
  readonly policyType: PolicyType
  /** Position in the policy's document, from 0. */
  readonly statement: number
  readonly effect: Effect
}
