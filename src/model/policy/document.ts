/**
 * A policy document as data, after its grammar has been checked.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */

/**
 * What a document is for, which decides what it may say. `managed`: a customer managed policy, for which IAM insists on the newer
 * version; `identity`: any other policy of a user, group or role; `trust`: who may assume a role.
 */
export type DocumentKind = 'identity' | 'managed' | 'resource' | 'trust' | 'boundary' | 'session'

export type PolicyVersion = '2008-10-17' | '2012-10-17'

export type Effect = 'Allow' | 'Deny'

export interface PolicyDocument {
  /** AWS: a document without a version is one of the older version, which knows no policy variables. */
  readonly version: PolicyVersion
  readonly id?: string
  readonly statements: readonly PolicyStatement[]
}

export interface PolicyStatement {
  readonly sid?: string
  readonly effect: Effect
  /** Of policies of resources only. */
  readonly principals?: PrincipalElement
  readonly actions: PatternElement
  /** Absent from trust policies, and where a resource's own policy need not name it. */
  readonly resources?: PatternElement
  /** All of them must hold. */
  readonly conditions: readonly PolicyCondition[]
  readonly start: Position
  /** Of the character behind the statement's last. */
  readonly end: Position
}

/** `Action` or `NotAction`, `Resource` or `NotResource`. */
export interface PatternElement {
  readonly isNegated: boolean
  readonly patterns: readonly string[]
}

/** `Principal` or, of statements that deny, `NotPrincipal`. */
export interface PrincipalElement {
  readonly isNegated: boolean
  /** It is `"*"`, not an object. */
  readonly isEveryone: boolean
  /** Account numbers, ARNs and `*`. */
  readonly aws: readonly string[]
  readonly service: readonly string[]
  readonly federated: readonly string[]
  readonly canonicalUser: readonly string[]
}

export interface PolicyCondition {
  /** As written, e.g. `ForAnyValue:StringLikeIfExists`. */
  readonly operator: string
  /** As written, e.g. `aws:ResourceTag/Stage`. */
  readonly key: string
  readonly values: readonly string[]
}

/** Line and column in the document's text, both from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}
